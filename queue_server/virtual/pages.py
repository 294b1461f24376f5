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

from queue_server.virtual.pads import CounterDevice
from queue_server.virtual.supervisor import Supervisor, UnknownSwitch

ROOM = Path(__file__).parent
LOCALE = ROOM.parent / "locale"
DESIGN = ROOM.parent / "web" / "static" / "design"
LONGEST_BODY = 4096
OUR_NAMES = ("127.0.0.1", "localhost")

KEYS = {
    "open": "Open",
    "close": "Close",
    "call_next": "Call next",
    "recall": "Recall",
    "start": "Start",
    "finish": "Finish",
    "no_show": "No-show",
    "hold": "Hold",
    "resume": "Resume",
    "transfer": "Transfer",
    "pause": "Pause",
    "ask_rating": "Rate",
    "leave_seat": "Leave seat",
    "call_supervisor": "Supervisor",
    "call_number": "Call number",
    "press": "Press",
    "long": "Press long",
    "double": "Press twice",
    "very_satisfied": "Very satisfied",
    "satisfied": "Satisfied",
    "neutral": "Neutral",
    "dissatisfied": "Dissatisfied",
}
"""What stands on the keys of pads and evaluators."""

FAULTS_SAID = {
    "silence": "Does not answer",
    "stuck_key": "A key is stuck",
    "duplicate_address": "Shares its address",
}
"""What stands under a device that was made to fail."""

MOUTHS = {
    "very_satisfied": "M9 18a7.500 7.500 0 0 0 14 0z",
    "satisfied": "M10.500 19.500a7 7 0 0 0 11 0",
    "neutral": "M11 21.500h10",
    "dissatisfied": "M10.500 22.500a7 7 0 0 1 11 0",
}
"""The face on each key of an evaluator, as the path of its mouth."""


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


class Press(Order):
    """A key of a pad, after the digits typed before it."""

    key: str = Field(max_length=30)
    argument: str = Field(default="", max_length=8, pattern=r"^[0-9]*$")


class Score(Order):
    """A key of an evaluator."""

    rating: str = Field(max_length=30)


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
            "technician_token": supervisor.tokens.technician,
            "words": words("zh_CN") if language == "zh" else {},
        }
        said_in = facts["words"]
        assert isinstance(said_in, dict)
        return render_template(
            "virtual.html", facts=facts, language=language, say=lambda text: said_in.get(text, text)
        )

    @app.get("/pads")
    def pads() -> str:
        language = "en" if request.args.get("lang") == "en" else "zh"
        said_in = words("zh_CN") if language == "zh" else {}
        facts = {
            "language": language,
            "words": said_in,
            "faults": FAULTS_SAID,
            "counters": [
                {
                    "name": {"zh": counter.name.zh, "en": counter.name.en},
                    **{
                        role: _device(found)
                        for role, found in (
                            (role, _of_counter(supervisor.pads.devices, counter.code, kind))
                            for role, kind in (
                                ("window", "window_screen"),
                                ("pad", "call_pad"),
                                ("evaluator", "evaluator"),
                            )
                        )
                        if found is not None
                    },
                }
                for counter in supervisor.setup.branch.counters
            ],
        }
        return render_template(
            "pads.html",
            facts=facts,
            language=language,
            say=lambda text: said_in.get(text, text),
            words=KEYS,
            mouths=MOUTHS,
        )

    @app.post("/pads/<device>/press")
    def press(device: str) -> ResponseReturnValue:
        order = said(Press)
        try:
            is_felt = supervisor.pads.press(device, order.key, order.argument)
        except KeyError:
            return _error(404, "not_found", f"no key {order.key} on {device}")
        return jsonify({"ok": True, "is_felt": is_felt})

    @app.post("/pads/<device>/rate")
    def rate(device: str) -> ResponseReturnValue:
        order = said(Score)
        try:
            is_felt = supervisor.pads.rate(device, order.rating)
        except KeyError:
            return _error(404, "not_found", f"no score {order.rating} on {device}")
        return jsonify({"ok": True, "is_felt": is_felt})

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


def _of_counter(devices: tuple[CounterDevice, ...], counter: str, role: str) -> CounterDevice | None:
    return next((one for one in devices if one.counter == counter and one.role == role), None)


def _device(one: CounterDevice) -> dict[str, Any]:
    """A device as its picture needs it."""
    model, button = one.profile, one.profile.one_button
    return {
        "id": one.id,
        "protocol": {"modbus": "Modbus RTU", "ff68": "FF 68"}[model.protocol],
        "display": model.display.kind,
        "has_lamp": model.has_lamp,
        "key_names": list(model.keys.values()),
        "ratings": list(model.scores.values()),
        "one_button": (
            {"long_ms": int(button.long_s * 1000), "double_ms": int(button.double_s * 1000)}
            if button
            else None
        ),
    }


def _error(status: int, code: str, message: str) -> Response:
    answer = jsonify({"ok": False, "code": code, "message": message, "details": {}})
    answer.status_code = status
    return answer
