"""From what a branch file says to what its devices run: planned, applied, verified, probed and taken back.

A device is a `target.Target`; what is done to one is done so that a power cut at any byte leaves it on its old or on
its new configuration.  Restarting programs is left to the people who know when a hall is empty.
"""
