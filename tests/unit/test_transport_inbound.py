"""What a client may say: packets of our clients pass, everything else is refused and nothing raises anything else."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.transport.inbound import MalformedPacket, TextPacket, WireJson, read_packet


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "1",
        "40",
        "40/hall,",
        '40/hall,{"token":"t"}',
        "41/hall,",
        '42/hall,["speak",{}]',
        '42["a"]',
        "43/hall,1[{}]",
    ],
)
def test_packets_of_our_clients_pass(text: str) -> None:
    said = read_packet(text)
    assert said is not None
    assert not said.ack_wanted


def test_an_event_with_a_number_wants_an_acknowledgement() -> None:
    said = read_packet('42/hall,17["speak",{"text":"你好"}]')
    assert said is not None
    assert said.ack_wanted


@pytest.mark.parametrize("text", ["2", "2probe", "5", "6"])
def test_packets_of_polling_clients_mean_nothing(text: str) -> None:
    assert read_packet(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "9",
        "0{}",
        "1more",
        "bAAAA",
        "4",
        "44/hall,{}",
        '451-/hall,["speak",{"_placeholder":true,"num":0}]',
        "461-/hall,1[]",
        "49",
        "42",
        "42{}",
        "42[]",
        "42[1]",
        '42[["speak"]]',
        "42/hall,",
        "42[",
        '42["speak",NaN]',
        '42["speak",Infinity]',
        "42" + "[" * 60_000,
        "42[" + "9" * 60_000 + "]",
        '42["connect",{}]',
        '42/hall,["disconnect"]',
        '42["*"]',
        "40/hall,[]",
        '40/hall,"token"',
        "43/hall,[]",
        "43/hall,1",
        "4" + "2" + "1" * 200 + '["speak"]',
        '421-["speak"]',
    ],
)
def test_other_packets_are_refused(text: str) -> None:
    with pytest.raises(MalformedPacket):
        read_packet(text)


@given(
    st.one_of(
        st.text(), st.text().map(lambda text: "42" + text), st.text(st.sampled_from('0123456789-/,{}[]":a'))
    )
)
def test_nothing_but_a_refusal_is_raised(text: str) -> None:
    with suppress(MalformedPacket):
        read_packet(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values)
def test_what_goes_out_comes_back(value: object) -> None:
    encoded = TextPacket(2, namespace="/hall", data=["news", value]).encode()
    assert TextPacket(encoded_packet=encoded).data == ["news", value]


def test_chinese_is_sent_as_it_is() -> None:
    assert WireJson.dumps(["请A012号到3号窗口"]) == '["请A012号到3号窗口"]'
    assert json.loads(WireJson.dumps(["请"])) == ["请"]
