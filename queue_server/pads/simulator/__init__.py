"""The simulator of a whole pad line: `python -m queue_server.pads simulate`, or `LineSimulator` inside a test.

Faults: noise, loss, delay, silence, reboot (in mid-frame), repeated, half, wrong_baud for a device or the whole line;
duplicate_address, stuck_key, tamper, low_voltage, power_cut for a device; unplug for the line.
"""

from queue_server.pads.simulator.simulator import DEVICE_FAULTS, LINE_FAULTS, LineSimulator

__all__ = ["DEVICE_FAULTS", "LINE_FAULTS", "LineSimulator"]
