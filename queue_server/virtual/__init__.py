"""The virtual branch: the real programs on one computer, with switches for everything that fails in a real one.

A supervisor starts queue server, kiosk, lobby display and printer simulator as processes of their own, lays "cables"
between them that can be pulled, receives the pictures and sounds the screens stream, and shows it all on one page.
It holds no rules and no state of the branch: pulled out, everything else is what a real branch runs.
"""
