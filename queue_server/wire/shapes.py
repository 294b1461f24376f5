"""The envelope of every message, the one error shape, and text in two languages."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A message model: frozen, and an unknown field is a refusal with its path."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Shape):
    """What a customer or a member of staff reads, in both languages of the branch."""

    zh: str
    en: str

    def read(self, language: str) -> str:
        """The text in `language` ("zh", "zh_CN", "en"); anything else reads as Chinese."""
        return self.en if language.startswith("en") else self.zh


class ErrorShape(Shape):
    """How every refusal and every fault is told, on HTTP and on sockets."""

    ok: Literal[False] = False
    code: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


class Accepted(Shape):
    """The acknowledgement of an event the server acted upon.  `position`: the journal position afterwards."""

    ok: Literal[True] = True
    position: int


class Snapshot(Shape):
    """Everything a role may see, true at `position`."""

    position: int
    sections: dict[str, Any]


class Delta(Shape):
    """What changed between `previous` and `position`: whole sections, and happenings in order.

    A client at a position other than `previous` has missed something and asks with `resume`; one already at
    `position` or beyond has seen it and ignores it.
    """

    position: int
    previous: int
    sections: dict[str, Any] = Field(default_factory=dict)
    happenings: list[dict[str, Any]] = Field(default_factory=list)


class Resume(Shape):
    """A client's question after a gap: it has everything up to `have`."""

    have: int | None = None


class WaitBand(Shape):
    """An expected wait, in minutes, as a band; promises are bands, never single figures."""

    lo_min: int
    hi_min: int
