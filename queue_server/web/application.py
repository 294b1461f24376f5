"""The Flask application: blueprints, identity, the one error shape and the documents, put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify
from flask_openapi3.openapi import OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]

from queue_server.web import documents as doc
from queue_server.web.bodies import refuse, require_objects
from queue_server.web.branch import branch_api
from queue_server.web.config import config_api
from queue_server.web.counters import counters_api
from queue_server.web.devices import devices_api, prints_api
from queue_server.web.door import Door
from queue_server.web.health import health_api
from queue_server.web.identity import Tokens, require_tokens
from queue_server.web.incidents import incidents_api
from queue_server.web.metrics import Metrics
from queue_server.web.notices import notices_api
from queue_server.web.pads import evaluators_api, pads_api
from queue_server.web.pages import pages
from queue_server.web.problems import catch_all
from queue_server.web.public_ticket import public_ticket_api
from queue_server.web.reports import reports_api
from queue_server.web.tickets import tickets_api
from queue_server.wire.shapes import ErrorShape

BODY_BYTES = 64 * 1024


def make_application(
    door: Door, tokens: Tokens, metrics: Metrics, is_writable: Callable[[], bool]
) -> OpenAPI:
    """The application of one branch.  It answers every request, also one that nothing here expects."""
    app = OpenAPI(
        "queue_server.web",
        info=doc.INFO,
        security_schemes=doc.SECURITY_SCHEMES,
        validation_error_model=ErrorShape,
        validation_error_callback=refuse,
        doc_ui=False,
        static_folder=None,
    )
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    catch_all(app, lambda: door.scene().names)
    require_tokens(app, tokens)
    require_objects(app)
    for make in (
        tickets_api,
        counters_api,
        devices_api,
        prints_api,
        pads_api,
        evaluators_api,
        config_api,
        incidents_api,
        notices_api,
        reports_api,
        branch_api,
        public_ticket_api,
    ):
        app.register_api(make(door))
    app.register_api(health_api(door, is_writable, metrics))
    app.register_blueprint(pages(lambda: door.service.branch))
    _documents(app)
    app.after_request(_guard)
    return app


def _documents(app: OpenAPI) -> None:
    """`/api/openapi.json`, and `/api/docs` to browse it."""
    app.register_blueprint(RegisterPlugin.register(doc_url="openapi.json"), url_prefix="/api")

    @app.route("/api/openapi.json")
    def openapi() -> Response:
        for model in doc.NAMED_ONLY:
            app.components_schemas.update(doc.schemas_of(model))
        return jsonify(app.api_doc)

    app.add_url_rule("/api/docs", view_func=app.view_functions["swagger.swagger"], endpoint="docs")


def _guard(response: Any) -> Any:
    """What a browser must not do with an answer: guess its type, keep it, or tell others where it came from."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    if response.mimetype == "application/json":
        headers.setdefault("Cache-Control", "no-store")
    return response
