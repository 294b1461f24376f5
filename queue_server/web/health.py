"""`/healthz` and `/metrics`: is it alive, is the journal writable, and how much of everything (H1).

`/healthz` writes to the data folder and waits for the disk: a full disk or a folder that has become read-only is found
before a customer finds it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.web import documents as doc
from queue_server.web.answers import HealthAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.metrics import Metrics


def health_api(door: Door, is_writable: Callable[[], bool], metrics: Metrics) -> APIBlueprint:
    """The blueprint.  `is_writable` tries it."""
    api = APIBlueprint("health", __name__, abp_tags=[doc.HEALTH])

    @api.get("/healthz", responses={"200": HealthAnswer, "503": HealthAnswer})
    def healthz() -> Response:
        """Alive, and the journal was writable just now; 503 when it was not."""
        writable = is_writable()
        service = door.service
        answer = HealthAnswer(
            ok=writable,
            alive=True,
            journal_writable=writable,
            position=service.day.position,
            branch=service.branch.code,
        )
        return shaped(answer, status=200 if writable else 503)

    @api.get("/metrics")
    def figures() -> Response:
        """Everything counted, for Prometheus."""
        return Response(metrics.exposition(), content_type=metrics.content_type)

    return api
