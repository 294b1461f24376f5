"""Carries out what is asked of a running line program through its control socket (F2, F3)."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import TypeVar

from firmware_config.pad_block import BLOCK_BYTES
from queue_server.pads import jobs
from queue_server.pads.control import (
    ConfigRead,
    ConfigState,
    ConfigsVerified,
    ConfigWritten,
    DeviceStatus,
    LineStatus,
    Refused,
)
from queue_server.pads.program import Program

PATIENCE_S = 20.0
"""A block at 2400 baud on a busy line takes less."""

Result = TypeVar("Result")


class Orders:
    """The orders of one program.  Called on any thread but the program's; may block."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def status(self) -> LineStatus:
        """Everything a technician may want to know."""
        program, setup = self._program, self._program.setup
        health = program.health
        expected = setup.expected_crcs
        devices = []
        for installed in setup.wire.devices:
            seen = health.of(installed.id)
            devices.append(
                DeviceStatus(
                    device=installed.id,
                    role=installed.profile.role,
                    address=installed.address,
                    counter=setup.stands[installed.id].counter,
                    state=seen.state,
                    fault=seen.fault,
                    detail=seen.detail,
                    firmware=seen.firmware,
                    config=seen.config,
                    expected_config=expected.get(installed.id),
                )
            )
        return LineStatus(
            line=setup.id,
            port=setup.wire.port,
            state=health.line.state,
            fault=health.line.fault,
            detail=health.line.detail,
            is_connected=program.is_connected,
            version=setup.version,
            server_version=program.server_version,
            problem=health.problem,
            unanswered=program.unanswered,
            in_doubt=program.in_doubt,
            devices=devices,
        )

    def read_config(self, device: str) -> ConfigRead:
        """What a device runs.  Raises Refused: unknown_device, no_configuration, no_answer, not_taken."""
        self._require(device)
        block = _result(self._program.line.read_config(device))
        seen = self._program.health.of(device)
        if seen.config is None:
            raise Refused("no_answer", f"{device} has not said yet what it runs")
        return ConfigRead(device=device, crc=seen.config, block=block.hex(), firmware=seen.firmware)

    def write_config(self, device: str, block: bytes) -> ConfigWritten:
        """Have a device run `block`.  Raises Refused as reading does."""
        self._require(device)
        if len(block) != BLOCK_BYTES:
            raise Refused("invalid_request", f"block: expected {BLOCK_BYTES} bytes, found {len(block)}")
        crc = _result(self._program.line.configure(device, block))
        self._program.configured(device, crc)
        return ConfigWritten(device=device, crc=f"{crc:04X}")

    def verify(self, device: str | None) -> ConfigsVerified:
        """Whether devices run what they should.  Raises Refused."""
        expected = self._program.setup.expected_crcs
        if device is not None:
            self._require(device)
        states = []
        for name, crc in expected.items():
            if device in (None, name):
                running = self._program.health.of(name).config
                is_drifted = running is not None and running != crc
                states.append(ConfigState(device=name, expected=crc, running=running, is_drifted=is_drifted))
        return ConfigsVerified(devices=states)

    def _require(self, device: str) -> None:
        setup = self._program.setup
        if device not in setup.stands:
            raise Refused("unknown_device", f"line {setup.id} has no device {device}")
        if device not in setup.expected:
            raise Refused("no_configuration", f"{device} is of a model that holds no configuration")


def _result(future: Future[Result]) -> Result:
    try:
        return future.result(PATIENCE_S)
    except (jobs.NoAnswer, jobs.NotTaken) as fault:
        raise Refused(fault.code, str(fault)) from fault
    except NotInTime:
        future.cancel()
        raise Refused("no_answer", f"not done within {PATIENCE_S:.0f} s") from None
