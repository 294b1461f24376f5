"""What many tests share: the example branch, and how hard Hypothesis looks.  Nothing of one room alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from queue_server.domain.branch import Branch
from queue_server.settings import BranchSetup, load_branch

ROOT = Path(__file__).resolve().parents[1]
BRANCHES = ROOT / "firmware_config" / "branches"

# No deadline: the machines that run this are shared, and time passed says nothing about a rule.
# A temporary file written anew for each example is not state that leaks from one to the next.
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

TweakedBranch = Callable[..., Branch]


@pytest.fixture(scope="session")
def virtual_setup() -> BranchSetup:
    """The shipped virtual branch: open at any hour, three counters, seven services."""
    return load_branch(BRANCHES / "virtual.yaml", environ={})


@pytest.fixture(scope="session")
def example_branch() -> Branch:
    """The shipped example branch, with the hours of a real one."""
    return load_branch(BRANCHES / "example.yaml", environ={}).branch


@pytest.fixture(scope="session")
def virtual_branch(virtual_setup: BranchSetup) -> Branch:
    """The virtual branch as the domain knows it."""
    return virtual_setup.branch


@pytest.fixture(scope="session")
def tweaked_branch(virtual_branch: Branch) -> TweakedBranch:
    """`tweaked_branch(hotline="…", announcement_gap_s=0)`: the virtual branch with fields of it or its rules changed."""

    def tweak(**changes: Any) -> Branch:
        of_rules = {key: changes.pop(key) for key in list(changes) if hasattr(virtual_branch.rules, key)}
        return replace(virtual_branch, rules=replace(virtual_branch.rules, **of_rules), **changes)

    return tweak
