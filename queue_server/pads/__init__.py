"""The pad line: call pads, window screens and evaluators on one RS-485 wire, and the program that owns the wire.

`python -m queue_server.pads run` is a program of its own, a client of the queue server like a kiosk or a display; the
server itself never touches a serial port.
"""
