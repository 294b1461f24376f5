"""What the server is asked when a key was pressed or a score given (C1, H4)."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from queue_server.pads.asking import Question
from queue_server.pads.heard import Pressed, Rated
from queue_server.pads.presses import Lives
from queue_server.wire.pads import PressRequest, RateRequest


def question_of(heard: Pressed | Rated, lives: Lives, now_s: float) -> Question:
    """The request this press leads to; its command id is made where it is asked, for that may write to the disk."""
    match heard:
        case Pressed(key=key, argument=argument):
            path, content = f"pads/{heard.device}/press", f"{key} {argument}"

            def body(command_id: str) -> str:
                return PressRequest(command_id=command_id, key=key, argument=argument).model_dump_json()
        case Rated(rating=rating):
            path, content = f"evaluators/{heard.device}/rate", rating

            def body(command_id: str) -> str:
                return RateRequest(command_id=command_id, rating=rating).model_dump_json()
        case _:
            assert_never(heard)
    identify = partial(lives.command_id, heard.device, heard.sequence, content, heard.uptime_s, heard.serial)
    return Question(heard.device, heard.press_id, path, identify, body, now_s)
