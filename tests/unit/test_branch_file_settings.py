"""What the server makes of a branch file: the domain's branch, who holds which token, and who may listen where."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import (
    Branch,
    CustomerClass,
    Device,
    HallRules,
    MissedKind,
    MissedPolicy,
    Text,
)
from queue_server.settings import BranchSetup, PublishedTokens, load_branch, load_settings
from tests.conftest import BRANCHES, TweakedBranch

SMALLEST = Path(__file__).parents[1] / "golden" / "broken_branches" / "good.yaml"


def test_the_example_branch_has_what_a_hall_needs(example_branch: Branch) -> None:
    assert [group.name.zh for group in example_branch.groups] == ["个人业务", "对公业务"]
    assert {service.series for service in example_branch.services} == {"A", "B", "C"}
    assert [counter.code for counter in example_branch.counters] == ["1", "2", "3"]
    assert all(example_branch.counters_by_service.values())
    assert {service.missed.kind for service in example_branch.services} == set(MissedKind)
    cash = example_branch.service_by_code["cash"]
    assert cash.question is not None
    assert "大额取款" in cash.question.text.zh
    assert cash.diversion is not None
    assert cash.missed == MissedPolicy(
        MissedKind.POSTPONE, places=3, times=2, crowded_waiting=15, crowded=MissedPolicy(MissedKind.VOID)
    )


def test_the_words_on_the_ticket_agree_with_every_services_missed_policy(example_branch: Branch) -> None:
    for service in example_branch.services:
        words = service.missed_rule
        assert words is not None, service.code
        for said in (words.zh, words.en):
            assert [int(figure) for figure in re.findall(r"\d+", said)] == figures(service.missed), (
                service.code
            )


def figures(policy: MissedPolicy) -> list[int]:
    """Every figure of the policy that a customer must know, with those of the rule for a crowded hall."""
    match policy.kind:
        case MissedKind.POSTPONE:
            own = [policy.places, policy.times]
        case MissedKind.HOLD:
            own = [policy.hold_minutes]
        case _:
            own = []
    if policy.crowded is not None and policy.crowded_waiting is not None:
        own += [policy.crowded_waiting, *figures(policy.crowded)]
    return own


def test_the_words_on_the_ticket_leave_room_for_the_ticket(example_branch: Branch) -> None:
    for service in example_branch.services:
        words = example_branch.missed_rule_of(service.code)
        assert len(words.zh.encode("gb18030")) <= 100
        assert len(words.en.encode("ascii")) <= 100


def test_the_example_standard_says_that_it_is_an_example(example_branch: Branch) -> None:
    for standard in example_branch.standards:
        assert standard.is_example
        assert "示例" in standard.version
        assert "示例" in standard.document.zh
        assert {limit.service for limit in standard.limits} == set(example_branch.service_by_code)


def test_the_virtual_branch_is_the_example_open_at_any_hour(
    virtual_branch: Branch, example_branch: Branch
) -> None:
    assert [s.code for s in virtual_branch.services] == [s.code for s in example_branch.services]
    assert all(s.opens == time(0) for s in virtual_branch.services)
    assert all(s.closes > time(23, 59, 59) for s in virtual_branch.services)
    assert virtual_branch.standards == example_branch.standards
    assert virtual_branch.bank == example_branch.bank
    assert virtual_branch.name != example_branch.name


def test_hours_of_a_service_go_before_hours_of_the_branch(example_branch: Branch) -> None:
    opening, cash = (example_branch.service_by_code[code] for code in ("corporate_opening", "cash"))
    assert (opening.opens, opening.closes) == (time(9), time(15, 30))
    assert (cash.opens, cash.closes) == (time(9), time(16, 45))


def test_what_a_file_leaves_out_has_the_default_of_the_domain() -> None:
    branch = load_branch(SMALLEST, environ={}).branch
    assert branch.rules == HallRules()
    assert branch.policy.label == "head-start-with-cap@1"
    assert branch.policy.head_start_s[CustomerClass.VIP] == 480
    assert branch.counters[0].classes == frozenset(CustomerClass)
    assert branch.services[0].missed == MissedPolicy()


def test_every_token_finds_its_holder(virtual_setup: BranchSetup) -> None:
    identify = virtual_setup.identities.identify
    assert identify("example-virtual-teller-2") == Actor("li_qiang", Role.TELLER, "2")
    assert identify("example-virtual-lobby-manager") == Actor("chen_jie", Role.LOBBY_MANAGER)
    assert identify("example-virtual-kiosk-1") == Actor("kiosk_1", Role.KIOSK)
    assert identify("example-virtual-display-1") == Actor("display_1", Role.LOBBY_DISPLAY)
    assert identify("example-virtual-pad-line-1") == Actor("line_1", Role.PAD_LINE)
    assert len(virtual_setup.identities) == 9


@pytest.mark.parametrize(
    "token", ["", "example-virtual-kiosk-", "example-virtual-kiosk-11", "王", "\ud800", "a" * 5000]
)
def test_a_token_nobody_holds_finds_nobody(virtual_setup: BranchSetup, token: str) -> None:
    assert virtual_setup.identities.identify(token) is None


def test_what_the_example_overrides_is_gone(virtual_setup: BranchSetup) -> None:
    assert virtual_setup.identities.identify("example-teller-wang-fang") is None


def test_no_token_stays_in_memory_in_words(virtual_setup: BranchSetup) -> None:
    kept = vars(virtual_setup.identities)
    assert "example-virtual" not in repr(kept)
    assert all(isinstance(hashed, bytes) for hashed, _ in kept["_actors"])


def test_people_have_names_and_devices_have_none(virtual_setup: BranchSetup) -> None:
    assert virtual_setup.name_of("wang_fang") == Text("王芳", "Wang Fang")
    assert virtual_setup.name_of("kiosk_1") is None


def test_a_kiosk_knows_its_printer_and_the_printer_its_model(virtual_setup: BranchSetup) -> None:
    devices = {device.id: device for device in virtual_setup.devices}
    printer = devices[devices["kiosk_1"].printer or ""]
    assert (printer.kind, printer.profile, printer.port) == ("printer", "generic_80mm", "ports/printer_1")


def test_what_hangs_on_a_line_is_known_by_line_and_counter(virtual_setup: BranchSetup) -> None:
    devices = virtual_setup.branch.device_by_code
    assert devices["line_1"] == Device("line_1", "pad_line")
    assert devices["pad_1"] == Device("pad_1", "call_pad", "line_1", "1")
    assert devices["pad_2"] == Device("pad_2", "call_pad", "line_1", "2", implied_start=True)
    assert devices["window_3"] == Device("window_3", "window_screen", "line_1", "3")
    assert devices["evaluator_2"] == Device("evaluator_2", "evaluator", "line_1", "2")
    assert virtual_setup.branch.counters_of("line_1") == ("1", "2", "3")


def test_a_service_has_a_code_to_type_and_a_counter_somebody_who_usually_sits_there(
    virtual_branch: Branch,
) -> None:
    assert [service.pad_code for service in virtual_branch.services] == list(range(101, 108))
    assert [counter.usual_teller for counter in virtual_branch.counters] == [
        "wang_fang",
        "li_qiang",
        "zhao_min",
    ]


def test_only_devices_that_hold_a_configuration_have_one_to_expect(virtual_setup: BranchSetup) -> None:
    programs = {"kiosk_1", "printer_1", "display_1"}
    assert programs < set(virtual_setup.expected_configs)
    expected = {code: one for code, one in virtual_setup.expected_configs.items() if code not in programs}
    assert set(expected) == {
        "pad_1",
        "pad_3",
        "window_1",
        "window_2",
        "window_3",
        "evaluator_1",
        "evaluator_3",
    }
    assert all(re.fullmatch(r"[0-9A-F]{4}", checksum) for checksum in expected.values())
    # Their addresses differ, so their blocks do.
    assert len(set(expected.values())) == len(expected)


def test_the_version_is_of_all_the_file_says_but_its_tokens(tmp_path: Path) -> None:
    def version(**changes: str) -> tuple[str, BranchSetup]:
        for name in ("example.yaml", "virtual.yaml"):
            words = (BRANCHES / name).read_text(encoding="utf-8")
            for before, after in changes.items():
                words = words.replace(before, after)
            (tmp_path / name).write_text(words, encoding="utf-8")
        setup = load_branch(tmp_path / "virtual.yaml", environ={})
        return setup.version, setup

    first, setup = version()
    same, other_token = version(**{"virtual-teller-1": "virtual-teller-9"})
    assert same == first
    assert not setup.identities.is_same(other_token.identities)
    assert setup.identities.is_same(version()[1].identities)
    other, changed = version(**{"address: 41": "address: 44"})
    assert other != first
    assert [key for key in setup.values if setup.values[key] != changed.values[key]] == [
        "devices.window_screens[window_1].address"
    ]
    assert not any("token" in key for key in setup.values)


def test_published_tokens_are_taken_on_the_machine_itself_only(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        assert load_settings(BRANCHES / "virtual.yaml", tmp_path, host).host == host
    with pytest.raises(PublishedTokens) as fault:
        load_settings(BRANCHES / "example.yaml", tmp_path, "0.0.0.0")
    assert "wang_fang" in fault.value.message


def test_the_branch_of_the_container_takes_every_secret_from_the_environment(tmp_path: Path) -> None:
    people = ["WANG_FANG", "LI_QIANG", "ZHAO_MIN", "CHEN_JIE", "LIU_WEI", "SUN_LEI"]
    names = [*people, "KIOSK_1", "DISPLAY_1", "LINE_1"]
    environ = {f"JIAOHAO_TOKEN_{name}": f"secret-of-{name.lower()}-0001" for name in names}
    settings = load_settings(BRANCHES / "container.yaml", tmp_path, "0.0.0.0", environ=environ)
    assert settings.setup.published_ids == ()
    assert settings.setup.identities.identify("secret-of-kiosk_1-0001") == Actor("kiosk_1", Role.KIOSK)


def test_a_test_can_tweak_the_virtual_branch(virtual_branch: Branch, tweaked_branch: TweakedBranch) -> None:
    branch = tweaked_branch(hotline="12345", announcement_gap_s=0)
    assert (branch.hotline, branch.rules.announcement_gap_s) == ("12345", 0)
    assert branch.rules.announcements_required == virtual_branch.rules.announcements_required
