"""Where simulated devices are made: new ones, spares, and twins with an address that is taken."""

from __future__ import annotations

from pathlib import Path
from random import Random

from queue_server.pads.heard import Installed
from queue_server.pads.simulator.bus import Bus
from queue_server.pads.simulator.device import Device, Tell
from queue_server.pads.simulator.ff68_device import Ff68Device
from queue_server.pads.simulator.modbus_device import ModbusDevice
from queue_server.pads.simulator.station import Station


class Workshop:
    """Makes devices for one line.  `seed`: of all that is left to chance; the same seed gives the same devices."""

    def __init__(self, baud: int, seed: int, state_dir: Path | None, tell: Tell) -> None:
        self._baud = baud
        self._seed = seed
        self._state_dir = state_dir
        self._tell = tell
        self._serials = self.chance("serial")

    def chance(self, name: str) -> Random:
        """A generator of one's own."""
        return Random(f"{self._seed}:{name}")

    def station(self, installed: Installed, bus: Bus, boot_s: float) -> Station:
        """A device in its place on the line."""
        device = self._device(installed, self._tell, self._state_dir, None)
        return Station(installed.id, device, bus, self._baud, self.chance(installed.id), boot_s)

    def twin(self, installed: Installed, bus: Bus, boot_s: float) -> Station:
        """Another device with the same address.  It keeps nothing and tells nobody: it is only there."""
        name = f"{installed.id}~twin"
        chance = self.chance(name)
        device = self._device(installed, lambda event: None, None, chance)
        return Station(name, device, bus, self._baud, chance, boot_s)

    def spare(self, installed: Installed) -> Device:
        """As the factory made it, in the place of one whose memory went with it."""
        if self._state_dir is not None:
            for kept in (".json", ".flash"):
                (self._state_dir / f"{installed.id}{kept}").unlink(missing_ok=True)
        device = self._device(installed, self._tell, self._state_dir, None)
        if isinstance(device, ModbusDevice):
            # A later start must not find the old one again.
            device.latch.keep()
        return device

    def _device(
        self, installed: Installed, tell: Tell, state_dir: Path | None, late: Random | None
    ) -> Device:
        if installed.profile.protocol == "modbus":
            serial = self._serials.getrandbits(32)
            return ModbusDevice(installed, self._baud, tell, serial, state_dir, late)
        return Ff68Device(installed, self._baud, tell, self.chance(f"{installed.id}:firmware"), late)
