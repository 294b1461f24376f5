"""The page of the virtual branch and the little it needs: pictures, paper, sounds, taps, switches, the busy hour.

Loopback only.  It hands out the tokens of the virtual branch to whoever opens it; that is what it is for, and why it
refuses to listen anywhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.support import Translations
from flask import Flask, Response, abort, jsonify, render_template, request, send_file, send_from_directory
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pylopdf_fonts_zh_cn import sans_path

from queue_server.virtual.supervisor import Supervisor, UnknownSwitch

ROOM = Path(__file__).parent
LOCALE = ROOM.parent / "locale"
DESIGN = ROOM.parent / "web" / "static" / "design"
LONGEST_BODY = 4096
OUR_NAMES = ("127.0.0.1", "localhost")


class Order(BaseModel):
    """What the page may ask for; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Tap(Order):
    """A touch, in pixels of the picture."""

    x: int = Field(ge=0, le=8000)
    y: int = Field(ge=0, le=8000)


class Switch(Order):
    """On = the fault is there."""

    is_on: bool


class Busy(Order):
    """The busy hour: on or off, how fast, and which counters have simulated tellers (None: where nobody sits)."""

    is_on: bool
    speed: float = Field(default=5, ge=1, le=20)
    tellers: list[str] | None = Field(default=None, max_length=50)


class Restart(Order):
    """Politely, or as a power cut does it (kill −9)."""

    is_power_cut: bool = False


def words(language: str) -> dict[str, str]:
    """The page's catalogue: English → what the language says."""
    catalogue = Translations.load(str(LOCALE), [language], domain="virtual")
    return {
        key: text
        for key, text in getattr(catalogue, "_catalog", {}).items()
        if isinstance(key, str) and key and text
    }


def create_page(supervisor: Supervisor) -> Flask:
    """The supervisor's web application."""
    app = Flask("virtual", template_folder=str(ROOM / "templates"), static_folder=str(ROOM / "static"))
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY

    @app.before_request
    def from_here() -> Response | None:
        """Pages of other sites can reach loopback too; they may neither read tokens here nor throw switches."""
        if urlsplit(f"//{request.host}").hostname not in OUR_NAMES:
            return _error(421, "not_our_name", "open this page at 127.0.0.1 or localhost")
        if request.method == "POST" and not request.is_json:
            return _error(415, "json_expected", "the body must be application/json")
        return None

    def said(shape: type[Order]) -> Any:
        try:
            return shape.model_validate_json(request.get_data() or b"{}")
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or "body"
            abort(_error(422, "invalid_request", f"{where}: {first['msg']}"))

    @app.get("/")
    def page() -> str:
        language = "en" if request.args.get("lang") == "en" else "zh"
        branch = supervisor.setup.branch
        facts = {
            "language": language,
            "id": supervisor.id,
            "server": f"http://127.0.0.1:{supervisor.server_port}",
            # The workplaces hang on a cable too.
            "workplaces": f"http://127.0.0.1:{supervisor.cables['counters'].port}",
            "bank": {"zh": branch.bank.zh, "en": branch.bank.en},
            "branch": {"zh": branch.name.zh, "en": branch.name.en},
            "counters": [
                {
                    "code": counter.code,
                    "name": {"zh": counter.name.zh, "en": counter.name.en},
                    "token": supervisor.tokens.tellers[counter.code][1],
                }
                for counter in branch.counters
                if counter.code in supervisor.tokens.tellers
            ],
            "lobby_token": supervisor.tokens.lobby_manager,
            "words": words("zh_CN") if language == "zh" else {},
        }
        said_in = facts["words"]
        assert isinstance(said_in, dict)
        return render_template(
            "virtual.html", facts=facts, language=language, say=lambda text: said_in.get(text, text)
        )

    @app.get("/healthz")
    def health() -> ResponseReturnValue:
        status, answer = supervisor.server_health()
        return jsonify(answer), status

    @app.get("/events")
    def events() -> Response:
        stream = supervisor.feed.follow(supervisor.state())
        return Response(stream, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/screens/<name>.jpg")
    def screen(name: str) -> ResponseReturnValue:
        found = supervisor.screens.get(name)
        if found is None or not found.frame:
            return _error(404, "not_found", f"no picture of {name} yet")
        return Response(found.frame, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})

    @app.post("/screens/<name>/taps")
    def tap(name: str) -> ResponseReturnValue:
        found = supervisor.screens.get(name)
        if found is None:
            return _error(404, "not_found", f"no screen {name}")
        touch = said(Tap)
        return jsonify({"ok": True, "is_felt": found.tap(touch.x, touch.y)})

    @app.get("/sounds/<sound_id>.wav")
    def sound(sound_id: str) -> ResponseReturnValue:
        wav = supervisor.screens["display"].sounds.get(sound_id)
        if wav is None:
            return _error(404, "not_found", "that sound is no longer kept")
        return Response(wav, mimetype="audio/wav")

    @app.get("/paper/<slip>.png")
    def paper(slip: str) -> ResponseReturnValue:
        png = supervisor.paper.slips.get(slip)
        if png is None:
            return _error(404, "not_found", "that ticket is no longer kept")
        return Response(png, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})

    @app.get("/static/fonts/noto-sans-sc.otf")
    def font() -> ResponseReturnValue:
        # Only a machine without any Chinese font asks for it; the design's style sheet names it so.
        return send_file(sans_path(), mimetype="font/otf", max_age=3600)

    @app.get("/scripts/fonts.js")
    def fonts_script() -> ResponseReturnValue:
        return send_from_directory(DESIGN.parent, "fonts.js")

    @app.get("/design/<path:name>")
    def design(name: str) -> ResponseReturnValue:
        return send_from_directory(DESIGN, name)

    @app.post("/switches/<name>")
    def switch(name: str) -> ResponseReturnValue:
        order = said(Switch)
        try:
            supervisor.switch(name, order.is_on)
        except UnknownSwitch:
            return _error(404, "not_found", f"no switch {name}")
        return jsonify({"ok": True, "switches": supervisor.switches()})

    @app.post("/server/restart")
    def restart() -> ResponseReturnValue:
        supervisor.restart_server(said(Restart).is_power_cut)
        return jsonify({"ok": True})

    @app.post("/busy")
    def busy() -> ResponseReturnValue:
        order = said(Busy)
        if order.is_on:
            supervisor.crowd.start(order.speed, order.tellers)
        else:
            supervisor.crowd.stop()
        return jsonify({"ok": True, **supervisor.crowd.state()})

    return app


def _error(status: int, code: str, message: str) -> Response:
    answer = jsonify({"ok": False, "code": code, "message": message, "details": {}})
    answer.status_code = status
    return answer
