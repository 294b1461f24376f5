"""The journal: everything that happened, append-only, hash-chained, in SQL.

Knows events by their form only; what they mean is the domain's.  The only place, with `records`, that knows SQLAlchemy.
"""
