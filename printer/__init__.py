"""The ticket printer: from what a ticket says to paper in a hand, and an honest word about whether it got there.

Layout, codec and status are pure; one thread of `driver` owns the port; `simulator` is the printer on the wire.
Nothing here decides who gets a ticket or when: a face is handed in, a result is handed out.
"""
