"""`/api/v1/config`: the branch file is read again while the server runs (F1)."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from queue_server.web import documents as doc
from queue_server.web.answers import ReloadAnswer
from queue_server.web.door import Door, events_json
from queue_server.web.identity import actor
from queue_server.web.problems import language
from queue_server.web.requests import Asked


def config_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "config",
        __name__,
        url_prefix="/api/v1/config",
        abp_tags=[doc.CONFIG],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.post("/reload", responses={"200": ReloadAnswer, **doc.CONFLICT})
    def reload(body: Asked) -> Response:
        """Check the branch file whole and let it take effect, as SIGHUP does; or refuse it whole, and nothing changes.

        422 `configuration_refused` has every problem with file:line:column; 409 `restart_needed` names what only a
        restart changes (the branch's code and zone; data folder, address and port are not in the file), 409
        `configuration_in_use` the tickets and counters that need what the file takes away.
        """
        loaded = door.reload(body.command_id, actor(), language())
        return jsonify(
            ok=True,
            position=loaded.outcome.position,
            is_repeat=loaded.outcome.is_repeat,
            version=loaded.version,
            changed=list(loaded.changed),
            restarts=list(loaded.restarts),
            events=events_json(loaded.outcome),
        )

    return api
