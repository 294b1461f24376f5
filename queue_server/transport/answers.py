"""The one error shape, as this module must write it itself: for requests that never reach the application."""

from __future__ import annotations

from queue_server.wire.shapes import ErrorShape


def error_body(code: str, message: str) -> bytes:
    """The shape as JSON text."""
    return ErrorShape(code=code, message=message).model_dump_json().encode("utf-8")


def error_response(status: str, code: str, message: str) -> bytes:
    """A whole HTTP/1.1 response that ends the connection; `status` is like `413 Content Too Large`."""
    body = error_body(code, message)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body
