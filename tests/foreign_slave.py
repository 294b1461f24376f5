"""A Modbus slave that is not ours: libmodbus, the C library mbpoll stands on, driven through its own interface.

`python -m tests.foreign_slave PORT BAUD ADDRESS`.  One JSON object a line on stdin: `{"inputs": {"4": 1}}` sets input
registers, `{"holding": [0, 7]}` tells seven holding registers from 0 on.  Every line is answered by one.
"""

from __future__ import annotations

import ctypes
import json
import sys
import threading

HOLDING, INPUTS = 320, 11


class Mapping(ctypes.Structure):
    """`modbus_mapping_t` of libmodbus 3.1."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("nb_bits", "start_bits", "nb_input_bits", "start_input_bits")),
        *((name, ctypes.c_int) for name in ("nb_inputs", "start_inputs", "nb_holding", "start_holding")),
        ("bits", ctypes.POINTER(ctypes.c_uint8)),
        ("input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("inputs", ctypes.POINTER(ctypes.c_uint16)),
        ("holding", ctypes.POINTER(ctypes.c_uint16)),
    )


def main(port: str, baud: int, address: int) -> None:
    """Answer until killed."""
    library = ctypes.CDLL("libmodbus.so.5")
    library.modbus_new_rtu.restype = ctypes.c_void_p
    library.modbus_new_rtu.argtypes = [
        *(ctypes.c_char_p, ctypes.c_int, ctypes.c_char, ctypes.c_int, ctypes.c_int)
    ]
    library.modbus_mapping_new.restype = ctypes.POINTER(Mapping)
    library.modbus_set_slave.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.modbus_connect.argtypes = [ctypes.c_void_p]
    library.modbus_receive.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.modbus_reply.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(Mapping)]
    context = library.modbus_new_rtu(port.encode(), baud, b"N", 8, 1)
    mapping = library.modbus_mapping_new(0, 0, HOLDING, INPUTS)
    if library.modbus_set_slave(context, address) or library.modbus_connect(context):
        sys.exit(f"libmodbus cannot open {port}")
    threading.Thread(target=_obey, args=(mapping.contents,), daemon=True).start()
    query = ctypes.create_string_buffer(512)
    while True:
        size = library.modbus_receive(context, query)
        if size > 0:
            library.modbus_reply(context, query, size, mapping)


def _obey(mapping: Mapping) -> None:
    print("{}", flush=True)
    for line in sys.stdin:
        match json.loads(line):
            case {"inputs": inputs}:
                for place, value in inputs.items():
                    mapping.inputs[int(place)] = value
                print("{}", flush=True)
            case {"holding": [first, count]}:
                print(
                    json.dumps([mapping.holding[place] for place in range(first, first + count)]), flush=True
                )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
