"""The ticket printer without the printer: the same bytes on a pseudo-terminal, paper as pictures, faults on demand."""

from printer.simulator.paper import Slip
from printer.simulator.simulator import FAULTS, PrintedTicket, PrinterSimulator

__all__ = ["FAULTS", "PrintedTicket", "PrinterSimulator", "Slip"]
