"""The hash chain: each row's hash covers the row and the hash before it, so no row can be changed unnoticed (S4)."""

from __future__ import annotations

from hashlib import sha256

GENESIS = bytes(32)
"""What the first row is chained to."""


def link(
    previous: bytes,
    branch: str,
    position: int,
    at: int,
    kind: str,
    version: int,
    body: str,
    by_id: str,
    by_role: str,
    command_id: str,
) -> bytes:
    """The hash of one row; `at` in milliseconds since 1970.

    The texts stand with their lengths, so that no two different rows are the same bytes.
    """
    head = (
        f"{position} {at} {version} {len(branch)} {len(kind)} {len(by_id)} {len(by_role)} {len(command_id)} "
    )
    return sha256(previous + f"{head}{branch}{kind}{by_id}{by_role}{command_id}{body}".encode()).digest()
