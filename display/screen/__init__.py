"""The door to pygame, shared by the lobby display and the kiosk.

`shapes` and `theme` are pure values; `fonts`, `canvas`, `window` and `speaker` are the only modules of the whole
project that import pygame; `stream` carries the picture to another program and imports no pygame, so that a
supervisor can read it cheaply.  Nothing is imported here for the same reason.
"""

import os

# pygame greets on standard output otherwise.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
