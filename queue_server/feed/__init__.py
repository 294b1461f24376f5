"""A client's side of the queue server, shared by kiosk, display and pad line: the feed followed, commands posted.

`connection` keeps a Socket.IO line up · `following` keeps a copy of the sections sent over it · `client` posts a
command over HTTP.  Knows the wire and no other room of the server, which never loads it; decides nothing.
"""
