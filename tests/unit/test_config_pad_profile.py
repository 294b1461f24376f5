"""Profiles of pads, window screens and evaluators: those shipped load, fit their role and speak the server's words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from firmware_config.pad_profile import (
    PadKey,
    PadProfile,
    Rating,
    load_pad_profile,
    pad_profile_names,
)
from queue_server.wire import pads as wire


def test_keys_and_ratings_are_those_of_the_servers_wire() -> None:
    assert set(get_args(PadKey)) == set(get_args(wire.PadKey))
    assert get_args(Rating) == get_args(wire.Rating)


@pytest.mark.parametrize("name", pad_profile_names())
def test_every_shipped_profile_loads_under_its_own_name(name: str) -> None:
    assert load_pad_profile(name).name == name


def test_every_role_is_shipped_for_both_protocols() -> None:
    shipped = {(one.protocol, one.role) for one in map(load_pad_profile, pad_profile_names())}
    assert shipped == {
        (protocol, role)
        for protocol in ("modbus", "ff68")
        for role in ("call_pad", "window_screen", "evaluator")
    }


def test_the_sixteen_keys_are_all_there_is_to_press_on_a_call_pad() -> None:
    keys = load_pad_profile("modbus_16key").keys
    assert set(keys.values()) == set(get_args(PadKey)) - {"press", "long", "double"}
    assert list(keys) == list(range(1, 16))


def test_the_codes_of_ff68_pads_are_those_of_installed_ones() -> None:
    assert load_pad_profile("ff68_pad").keys == {
        0x0C: "call_next",
        0x0D: "recall",
        0x0B: "ask_rating",
        0x12: "pause",
        0x13: "transfer",
        0x060F: "no_show",
        0x000F: "hold",
        0x030F: "resume",
    }


def test_pads_without_a_start_key_have_it_implied() -> None:
    for profile in map(load_pad_profile, pad_profile_names()):
        if profile.role == "call_pad":
            assert profile.implied_start == ("start" not in profile.keys.values())


def test_an_own_profile_inherits_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "counter_pad.yaml"
    own.write_text(
        "inherits: modbus_16key\nname: counter_pad\ndisplay: {characters: 16}\nkeys: {16: call_next}\n",
        encoding="utf-8",
    )
    profile: PadProfile = load_pad_profile(own)
    assert (profile.display.lines, profile.display.characters) == (2, 16)
    assert (profile.keys[1], profile.keys[16]) == ("call_next", "call_next")
