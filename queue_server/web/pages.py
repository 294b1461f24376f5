"""The pages' addresses: templates as they are.  Their tokens stay in the address's fragment and never come here."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, render_template, send_file
from markupsafe import Markup

from queue_server.domain.branch import Branch
from queue_server.web.words import chinese

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parent.parent

# One entry per file that a page really loads: nothing else of node_modules can be asked for.
_FROM_NPM = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "socket.io.esm.min.js.map": "socket.io-client/dist/socket.io.esm.min.js.map",
}
_KEPT_S = 3600

_POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)


def pages(branch: Callable[[], Branch]) -> Blueprint:
    """The blueprint: start, teller, lobby manager, devices and ticket page, and the files they load."""
    routes = Blueprint(
        "pages",
        __name__,
        template_folder=str(_HERE / "templates"),
        static_folder=str(_HERE / "static"),
        static_url_path="/static",
    )

    def page(template: str, **more: Any) -> Response:
        words = chinese()
        response = Response(
            render_template(
                template,
                branch=branch(),
                catalogue=words,
                say=lambda key: _say(words, key),
                label=lambda key: _label(words, key),
                **more,
            )
        )
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @routes.get("/")
    def start() -> Response:
        return page("start.html")

    @routes.get("/teller")
    def teller() -> Response:
        return page("teller.html")

    @routes.get("/lobby")
    def lobby() -> Response:
        return page("lobby.html")

    @routes.get("/devices")
    def devices() -> Response:
        return page("devices.html")

    @routes.get("/t/<string:link>")
    def ticket(link: str) -> Response:
        return page("ticket.html", link=link)

    @routes.get("/static/npm/<string:name>")
    def npm(name: str) -> Response:
        found = _FROM_NPM.get(name)
        path = _ROOT / "node_modules" / found if found is not None else None
        if path is None or not path.is_file():
            abort(404)
        return send_file(path, max_age=_KEPT_S)

    @routes.get("/static/fonts/noto-sans-sc.otf")
    def font() -> Response:
        return send_file(_font(), mimetype="font/otf", max_age=_KEPT_S)

    return routes


def _say(words: dict[str, str], key: str) -> Markup:
    """A sentence that the page can say again in its other language."""
    return Markup('<span data-say="{}">{}</span>').format(key, words.get(key, key))


def _label(words: dict[str, str], key: str) -> Markup:
    """The same for what a screen reader reads."""
    return Markup('data-say-label="{}" aria-label="{}"').format(key, words.get(key, key))


def _font() -> Path:
    """The font of screens and pages, from its package."""
    return Path(str(files("pylopdf_fonts_zh_cn"))) / "NotoSansSC-Regular.otf"
