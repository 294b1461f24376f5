"""The voice of the hall: which words an announcement is made of, where their sounds come from, how they are joined.

`phrase` (words) and `pcm` (samples) are pure; `pack` reads a folder of clips; `make` writes one with a speech
synthesiser.  Nothing here plays a sound: `display.announcer` does, through `display.screen.speaker`.
"""
