"""What is wrong with one device, worst first, told when it changes.  Pure."""

from __future__ import annotations

from typing import Final

from queue_server.pads.heard import DeviceState, PadFault, Seen

_WORST_FIRST: Final[tuple[PadFault, ...]] = (
    "duplicate_address",
    "no_answer",
    "stuck_key",
    "tamper",
    "low_voltage",
)


class Condition:
    """Collects faults with their words and what the device runs; `seen` is what there is to tell, if anything."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._faults: dict[PadFault, str] = {}
        self._told: Seen | None = None
        self.firmware: str | None = None
        self.config: str | None = None

    def mark(self, fault: PadFault, is_on: bool, detail: str = "") -> None:
        """`fault` is there or not; the first words for it stay."""
        if is_on:
            self._faults.setdefault(fault, detail)
        else:
            self._faults.pop(fault, None)

    def forget(self) -> None:
        """Nobody could hear the device: how it stands is news again."""
        self._told = None

    def seen(self) -> list[Seen]:
        """How the device stands, if that has not been told yet."""
        fault = next((fault for fault in _WORST_FIRST if fault in self._faults), None)
        state: DeviceState = "offline" if "no_answer" in self._faults else "fault" if fault else "online"
        detail = "; ".join(self._faults[other] for other in _WORST_FIRST if self._faults.get(other))
        seen = Seen(self._device, state, fault, detail, self.firmware, self.config)
        if seen == self._told:
            return []
        self._told = seen
        return [seen]
