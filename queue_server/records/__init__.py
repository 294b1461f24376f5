"""Records: rows folded from the journal, for questions and reports.  They can be thrown away and rebuilt (B1).

Written in the same transaction as the events they come from; nothing is ever decided from them.
"""
