"""The kiosk: a customer taps, reads what to bring, and leaves with a ticket number (K1–K8, P2, P4, P5).

This room shows, asks the queue server, prints and reports.  It decides nothing about the queue: numbers, hours,
quotas and waits come from the server, and nothing is printed that the server has not committed.
"""
