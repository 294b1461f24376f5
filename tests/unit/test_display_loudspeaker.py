"""What a display says of its loudspeaker: how it stands, with which voice, and whether it is there (H1, H2)."""

from __future__ import annotations

from display.loudspeaker import Fault, Loudspeaker
from queue_server.wire.devices import DeviceReport


def test_each_state_is_told_with_the_voice_and_only_a_speaker_switched_off_is_not_there() -> None:
    told: list[DeviceReport] = []
    speaker = Loudspeaker("display_1", told.append, "espeak-ng 1.52.0", "0a1b2c3d")
    assert not speaker.is_there
    faults: tuple[Fault | None, ...] = (None, "sound_stopped", "no_sound_device", "switched_off")
    is_there = []
    for fault in faults:
        speaker.heard(fault)
        is_there.append(speaker.is_there)
    # A mute one still answers: not to be heard of would hide what is wrong with it.
    assert is_there == [True, True, True, False]
    assert [(one.state, one.fault) for one in told] == [
        ("online", None),
        ("fault", "sound_stopped"),
        ("fault", "no_sound_device"),
        ("offline", "switched_off"),
    ]
    assert {(one.device, one.kind, one.firmware, one.config) for one in told} == {
        ("display_1-speaker", "speaker", "espeak-ng 1.52.0", "0a1b2c3d")
    }
    assert len({one.command_id for one in told}) == len(told)
