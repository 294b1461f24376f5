"""What every map of a branch file is made of: strictness, names and sentences in both languages, and who bears a token."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from firmware_config import scalars as s


class Part(BaseModel):
    """A map of a branch file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Part):
    """A name in both languages: at most 40 characters, it must fit a key of a kiosk and a line of a ticket."""

    zh: s.Name
    en: s.Name


class Words(Part):
    """A sentence in both languages."""

    zh: s.Sentence
    en: s.Sentence


class Bearer(Part):
    """Somebody or something known by a token: written here, or read from the environment variable `token_env`."""

    id: s.Code
    token: s.Token | None = None
    token_env: s.Variable | None = None
