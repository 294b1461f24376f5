"""The Socket.IO edge: who may come in, what each room is told after a commit, and the timer that asks for what is due.

No rule lives here, and nothing is sent that is not in the journal.
"""
