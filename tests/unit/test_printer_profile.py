"""Printer profiles inherit, override, and name file, line and key of every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware_config.printer_profile import (
    PrinterProfile,
    ProfileFault,
    load_printer_profile,
    printer_profile_names,
)


def test_the_shipped_profiles_load() -> None:
    assert printer_profile_names() == ("epson_tm_t20iii", "generic_80mm", "kiosk_58mm")
    for name in printer_profile_names():
        assert load_printer_profile(name).name == name


def test_a_profile_has_what_it_inherits_and_what_it_overrides() -> None:
    generic, epson = load_printer_profile("generic_80mm"), load_printer_profile("epson_tm_t20iii")
    assert epson.paper == generic.paper
    assert epson.completion.method == "gs_h"
    assert epson.completion.within_s == generic.completion.within_s


@pytest.mark.parametrize(("name", "cells"), [("generic_80mm", 48), ("kiosk_58mm", 32)])
def test_cells_follow_from_dots(name: str, cells: int) -> None:
    assert load_printer_profile(name).paper.cells == cells


@pytest.mark.parametrize(("parity", "bits"), [("N", 10), ("E", 11)])
def test_a_byte_takes_all_its_bits_on_the_wire(parity: str, bits: int) -> None:
    profile = load_printer_profile("generic_80mm", {"serial": {"parity": parity}})
    assert profile.serial.byte_s == pytest.approx(bits / 9600)


def test_a_branch_overrides_one_key_and_keeps_the_rest() -> None:
    profile = load_printer_profile("generic_80mm", {"serial": {"baud": 115200}})
    assert (profile.serial.baud, profile.serial.flow) == (115200, "none")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "inherits: kiosk_58mm\nname: mine\nqr:\n  method: nativ\n  modul: 3\nserial: {baud: 9601}\n",
            [
                "mine.yaml:4:11: qr.method: expected one of native, raster, found nativ",
                "mine.yaml:5:3: qr.modul: unknown key",
                "mine.yaml:6:16: serial.baud: expected one of 2400",
            ],
        ),
        ("inherits: nobody\nname: mine\n", ["mine.yaml:1:11: inherits: there is no printer profile nobody"]),
        ("inherits: [a]\nname: mine\n", ["mine.yaml:1:11: inherits: expected the name of a profile"]),
        ("inherits: mine\nname: mine\n", ["mine.yaml:1:11: inherits: mine -> mine is a circle"]),
        (
            "inherits: generic_80mm\nname: mine\nname: mine\n",
            ["mine.yaml:3:1: name: written twice, first at mine.yaml:2"],
        ),
        ("name: [\n", ["mine.yaml:2:1: file: not YAML"]),
        ("- a\n", ["mine.yaml:1:1: file: expected keys and values"]),
        ("", ["mine.yaml:1:1: file: expected keys and values"]),
        (
            "inherits: generic_80mm\nname: mine\nqr: {method: raster, module_dots: 5}\n",
            ["mine.yaml:3:35: qr.module_dots: "],
        ),
        ("inherits: generic_80mm\nname: mine\nqr: native\n", ["mine.yaml:3:5: qr: "]),
    ],
)
def test_every_mistake_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problems: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileFault) as refused:
        load_printer_profile(path)
    assert len(refused.value.problems) == len(problems)
    for problem, start in zip(refused.value.problems, problems, strict=True):
        assert str(problem).startswith(start)


def test_a_missing_key_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text("name: bare\ntitle: Bare\n", encoding="utf-8")
    with pytest.raises(ProfileFault, match=r"bare\.yaml:1:1: paper: missing"):
        load_printer_profile(tmp_path / "bare.yaml")
    with pytest.raises(ProfileFault, match="there is no such file"):
        load_printer_profile(tmp_path / "gone.yaml")
    with pytest.raises(ProfileFault, match="no printer profile gone, expected one of epson"):
        load_printer_profile("gone")


def test_a_profile_cannot_be_changed_behind_the_drivers_back() -> None:
    profile: PrinterProfile = load_printer_profile("generic_80mm")
    with pytest.raises(ValueError, match="frozen"):
        profile.serial.baud = 2400  # type: ignore[misc]
