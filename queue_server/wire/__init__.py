"""What travels between the queue server and its devices and pages: shapes and their reading, nothing else.

Kiosk and display import this room and no other room of the server.  No I/O, no clock, no third party but pydantic.

A namespace (`/display`, `/kiosk`, `/teller`, `/lobby`, `/ticket`) sends

* `snapshot`  `Snapshot`: everything the role may see, at a journal position;
* `delta`     `Delta`: the sections that changed since `previous`, whole, and what happened (announcements).

A client tells in its connect `auth` who it is: `{"token": …, "have": position | None}`.  It follows with
`follow.Follower`: a repeat is ignored, a gap is answered with the event `resume` (`Resume`), upon which the server
sends a snapshot.  Every other client event is answered with an acknowledgement: `{"ok": true, …}` or the one error
shape `ErrorShape`.
"""
