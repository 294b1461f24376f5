"""Every file a branch PC gets, by its path below /: units, rules, the account, its folders, limits of the log."""

from __future__ import annotations

from pathlib import Path

from firmware_config.models import BranchFile
from firmware_config.units.names import ACCOUNT, CONFIGURATION, STATE
from firmware_config.units.systemd import units
from firmware_config.units.udev import rules

_MADE = "# Made by `python -m firmware_config units` from the branch file.\n"

_SYSUSERS = f"""\
{_MADE}
u {ACCOUNT} - "Queue management 叫号" {STATE} -
m {ACCOUNT} audio
m {ACCOUNT} dialout
m {ACCOUNT} input
m {ACCOUNT} render
m {ACCOUNT} video
"""

_TMPFILES = f"""\
{_MADE}
# What `apply` writes belongs to whom the folder belongs to: the programs may read their tokens, nobody else may.
d {CONFIGURATION} 0750 {ACCOUNT} {ACCOUNT} -
d {STATE} 0750 {ACCOUNT} {ACCOUNT} -
"""

_JOURNALD = f"""\
{_MADE}
# Logs may fill a small disk's spare room, not the room of the journal of tickets.
[Journal]
Storage=persistent
SystemMaxUse=1G
SystemKeepFree=2G
MaxRetentionSec=90day
"""


def machine_files(branch: BranchFile, home: Path) -> dict[Path, str]:
    """Path below / → text."""
    found = {Path("etc/systemd/system", name): text for name, text in units(branch, home).items()}
    return {
        **found,
        Path("etc/udev/rules.d/70-jiaohao.rules"): rules(branch),
        Path("etc/sysusers.d/jiaohao.conf"): _SYSUSERS,
        Path("etc/tmpfiles.d/jiaohao.conf"): _TMPFILES,
        Path("etc/systemd/journald.conf.d/jiaohao.conf"): _JOURNALD,
    }
