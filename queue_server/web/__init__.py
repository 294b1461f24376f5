"""The HTTP edge: one blueprint per noun, each route thin: parse, dispatch, answer.

No rule lives here.  Who may do what is decided by the domain; what is said about a refusal is in `views/problems.py`.
"""
