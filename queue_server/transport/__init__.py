"""HTTP and Socket.IO as this server needs them: the faults of the stock stack, cured in one place.

Nothing else has to know how.  README.md here lists each fault, how to see it, and the test that keeps it away.
"""

from queue_server.transport.limits import Figures, HttpLimits, SocketLimits
from queue_server.transport.listener import HttpListener
from queue_server.transport.namespace import REFUSED_EVENT, Admission, Client, Hello, RoomNamespace
from queue_server.transport.rooms import Broadcaster, RoomMissing
from queue_server.transport.server import SeamMissing, figures, make_socketio
from queue_server.transport.threads import WrongThread, thread_pool_call

__all__ = [
    "REFUSED_EVENT",
    "Admission",
    "Broadcaster",
    "Client",
    "Figures",
    "Hello",
    "HttpLimits",
    "HttpListener",
    "RoomMissing",
    "RoomNamespace",
    "SeamMissing",
    "SocketLimits",
    "WrongThread",
    "figures",
    "make_socketio",
    "thread_pool_call",
]
