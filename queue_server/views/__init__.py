"""What each role sees of the day: `(branch, day, now, names)` in, wire sections out.

Pure: no I/O, no clock, no framework.  A `Scene` holds what the views of one moment share, so that thirty rooms cost
one look at the queues.
"""
