"""The first lines of a configuration file: whose it is, and the checksum of all that follows.

A change by hand, or a byte that fell over, no longer fits the checksum: that is how drift is told from a mere old file.
"""

from __future__ import annotations

import re
from hashlib import sha256

from firmware_config.rollout.target import Configuration

_HEAD = re.compile(rb"\A# jiaohao ([a-z0-9_.-]+) config ([0-9a-f]{12})\n")
_HINT = b"# Made by `python -m firmware_config apply`. Change the branch file, not this one.\n"


def stamped(device: str, body: bytes) -> Configuration:
    """`body` as the configuration file of `device`."""
    checksum = _checksum(_HINT + body)
    return Configuration(checksum, f"# jiaohao {device} config {checksum}\n".encode() + _HINT + body)


def parsed(device: str, content: bytes) -> Configuration:
    """What stands in a file; not ours when its checksum, or whose it is, does not fit.

    Such a file is known by the checksum of everything in it, so that two different ones are told apart.
    """
    head = _HEAD.match(content)
    if head and head[1].decode() == device and head[2].decode() == _checksum(content[head.end() :]):
        return Configuration(head[2].decode(), content)
    return Configuration(_checksum(content), content, is_ours=False)


def _checksum(data: bytes) -> str:
    """48 bits: enough to tell configurations apart, few enough to compare by eye.  Not a signature."""
    return sha256(data).hexdigest()[:12]
