"""The pure heart: `decide` says what happens, `evolve` remembers it.

No clock, no port, no framework, no third party but `immutables`.  The time comes in with the call.
"""
