"""The lobby display as a process of its own, against a small server that speaks the wire: picture, voice, reports.

Tests 6 and 7 of "What others got wrong", and "Must show" 5, on the display's side.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import socketio
from werkzeug.serving import make_server

from display.screen.stream import Message, StreamReceiver
from display.voice import pack as packs
from display.voice.make import make_voice
from display.voice.pack import VoicePack
from display.voice.phrase import phrase
from tests.cable import Cable
from tests.waiting import until

TOKEN = "a-display-token"
CALLED_AT = datetime(2025, 11, 24, 2, 0, tzinfo=UTC).isoformat()


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def announcement(position: int, number: str, counter: str, kind: str = "call") -> dict[str, Any]:
    return {
        "announcement_id": position,
        "kind": kind,
        "number": number,
        "counter": counter,
        "counter_name": words(f"{counter}号窗口", f"Counter {counter}"),
        "called_at": CALLED_AT,
        "languages": ["zh"],
        "times": 1,
    }


def row(position: int, number: str, counter: str) -> dict[str, Any]:
    found = announcement(position, number, counter)
    return {k: found[k] for k in ("number", "counter", "counter_name", "called_at")} | {
        "position": position,
        "is_open": True,
    }


class WireServer:
    """A fake queue server: tells displays what the test says, and remembers what they report."""

    def __init__(self, port: int = 0) -> None:
        self.socket = socketio.Server(async_mode="threading", transports=["websocket"])
        self.connects: list[dict[str, Any]] = []
        self.shown: list[dict[str, Any]] = []
        self.spoken: list[dict[str, Any]] = []
        self.resumed: list[Any] = []
        self.refusals: list[str] = []
        self.position = 10
        self.rows: list[dict[str, Any]] = []
        self.pending: list[dict[str, Any]] = []
        on = {
            "connect": self._connect,
            "shown": lambda sid, data: self._keep(self.shown, data),
            "spoken": lambda sid, data: self._keep(self.spoken, data),
            "resume": self._resume,
        }
        for event, handler in on.items():
            self.socket.on(event, handler, namespace="/display")
        self._server = make_server("127.0.0.1", port, socketio.WSGIApp(self.socket), threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _connect(self, sid: str, environ: object, auth: dict[str, Any]) -> None:
        if auth.get("token") != TOKEN:
            raise socketio.exceptions.ConnectionRefusedError({"ok": False, "code": "unidentified"})
        self.connects.append(auth)
        self.socket.start_background_task(self.snapshot, sid)

    def _resume(self, sid: str, data: Any) -> dict[str, Any]:
        self.resumed.append(data)
        self.snapshot(sid)
        return {"ok": True, "position": self.position}

    def _keep(self, kept: list[dict[str, Any]], data: dict[str, Any]) -> dict[str, Any]:
        if self.refusals:
            return {"ok": False, "code": self.refusals.pop(0), "message": "", "details": {}}
        kept.append(data)
        return {"ok": True, "position": self.position}

    def snapshot(self, to: str | None = None) -> None:
        sections = {
            "branch": {
                "bank": words("示例银行", "Example Bank"),
                "branch": words("城中支行", "City Branch"),
                "hotline": "95500",
                "zone": "Asia/Shanghai",
                "languages": ["zh", "en"],
                "announce_times": 1,
            },
            "calls": self.rows,
            "missed": [],
            "get_ready": [],
            "waiting": [],
            "notices": [],
            "pending": self.pending,
        }
        message = {"position": self.position, "sections": sections}
        self.socket.emit("snapshot", message, to=to, namespace="/display")

    def call(self, number: str, counter: str, kind: str = "call", is_lost: bool = False) -> int:
        """Call a ticket; `is_lost`: the message never reaches the displays."""
        previous, self.position = self.position, self.position + 1
        self.rows = [row(self.position, number, counter), *self.rows]
        message = {
            "position": self.position,
            "previous": previous,
            "sections": {"calls": self.rows},
            "happenings": [announcement(self.position, number, counter, kind)],
        }
        if not is_lost:
            self.socket.emit("delta", message, namespace="/display")
        return self.position

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for sid in [s for s, _ in self.socket.manager.get_participants("/display", None)]:
            self.socket.disconnect(sid, namespace="/display")


class Supervisor:
    """Listens on a unix socket, as the virtual branch does."""

    def __init__(self, path: Path) -> None:
        self.messages: list[Message] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        receiver = StreamReceiver()
        while data := connection.recv(1 << 16):
            self.messages += receiver.feed(data)

    def connections(self) -> list[str]:
        return [str(m.header["connection"]) for m in self.of("note")]

    def of(self, kind: str) -> list[Message]:
        return [m for m in self.messages if m.type == kind]


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    make_voice(folder)
    return folder


@pytest.fixture
def server() -> Iterator[WireServer]:
    server = WireServer()
    yield server
    server.close()


class Display:
    """The real program."""

    def __init__(self, folder: Path, port: int, voice: Path, token: str = TOKEN) -> None:
        self.pcm = folder / "sound.pcm"
        self.supervisor = Supervisor(folder / "stream.sock")
        command = [sys.executable, "-m", "display", "run", "--server", f"http://127.0.0.1:{port}"]
        command += ["--token", token, "--size", "1280x720", "--voice", str(voice)]
        command += ["--stream", str(folder / "stream.sock"), "--sound-record", str(self.pcm)]
        # The recording "device" takes a buffer every 2 ms instead of every 46, so that nobody waits for speech.
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_DISKAUDIODELAY": "2"}
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(command, env=environment, stderr=self.log)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0, "the display did not stop cleanly"
        self.log.close()


@pytest.fixture
def display(tmp_path: Path, server: WireServer, voice: Path) -> Iterator[Display]:
    display = Display(tmp_path, server.port, voice)
    until(lambda: server.connects, 30, "the display's connection")
    until(lambda: display.supervisor.connections() == ["live"], 30, "the first snapshot")
    yield display
    display.close()


def ids(reports: list[dict[str, Any]]) -> list[int]:
    return [report["announcement_id"] for report in reports]


def sounds(path: Path) -> array[int]:
    data = path.read_bytes()
    return array("h", data[: len(data) // 2 * 2])


def find(recorded: array[int], sound: array[int], start: int = 0) -> int:
    return recorded.tobytes().find(sound.tobytes(), 2 * start) // 2


def test_a_call_is_shown_and_spoken_and_both_are_reported_once(server: WireServer, display: Display) -> None:
    position = server.call("A012", "3")
    until(lambda: server.spoken, 20, "the report that it was spoken")
    assert ids(server.shown) == [position]
    assert ids(server.spoken) == [position]
    assert server.shown[0]["shown_at"] <= server.spoken[0]["spoken_at"]


def test_a_report_the_server_cannot_take_now_is_sent_again_and_one_it_refuses_is_not(
    server: WireServer, display: Display
) -> None:
    server.refusals = ["too_busy"]
    position = server.call("A012", "3")
    until(lambda: server.spoken and server.shown, 30, "both reports, one of them the second time")
    assert (ids(server.shown), ids(server.spoken)) == ([position], [position])
    server.refusals = ["unknown_announcement"]
    following = server.call("A013", "3")
    until(lambda: following in ids(server.spoken), 30, "the next call's report")
    assert following not in ids(server.shown)


def test_the_recorded_pcm_of_a_call_starts_with_the_chime_and_has_the_length_of_its_clips(
    server: WireServer, display: Display, voice: Path
) -> None:
    pack: VoicePack = packs.load(voice, ["zh"])
    server.call("A012", "3")
    until(lambda: server.spoken, 20, "the report that it was spoken")
    expected = pack.utter(phrase("A012", "3"))
    recorded = sounds(display.pcm)
    start = find(recorded, pack.chime.samples)
    assert start > 0, "the chime was not recorded"
    assert not any(recorded[:start]), "something was heard before the chime"
    assert recorded[start : start + len(expected.sound.samples)] == expected.sound.samples
    assert not any(recorded[start + len(expected.sound.samples) :]), "something was heard after the last clip"


def test_06_two_calls_100_ms_apart_are_both_announced_in_order_and_a_recall_is_announced_again(
    server: WireServer, display: Display, voice: Path
) -> None:
    pack = packs.load(voice, ["zh"])
    first, second = server.call("A001", "1"), server.call("A002", "2")
    recall = server.call("A001", "1", "recall")
    until(lambda: len(server.spoken) == 3, 30, "three announcements spoken")
    assert ids(server.spoken) == [first, second, recall]
    assert sorted(ids(server.shown)) == [first, second, recall]
    recorded = sounds(display.pcm)
    end = 0
    for clips in (phrase("A001", "1"), phrase("A002", "2"), phrase("A001", "1", is_recall=True)):
        sound = pack.utter(clips).sound.samples
        start = find(recorded, sound, end)
        assert start >= end, "spoken over each other, or out of order"
        end = start + len(sound)


def test_07_a_lost_message_is_noticed_and_the_call_in_it_is_announced(
    server: WireServer, display: Display
) -> None:
    missed = server.call("A001", "1", is_lost=True)
    server.pending = [announcement(missed, "A001", "1"), announcement(missed + 1, "A002", "2")]
    heard = server.call("A002", "2")
    until(lambda: len(server.spoken) == 2, 30, "both calls spoken")
    assert server.resumed == [{"have": 10}]
    assert sorted(ids(server.spoken)) == [missed, heard]


def test_after_a_lost_network_the_display_says_so_comes_back_and_announces_what_is_still_open(
    tmp_path: Path, voice: Path
) -> None:
    server = WireServer()
    display = Display(tmp_path, server.port, voice)
    try:
        until(lambda: server.connects, 30, "the display's connection")
        until(lambda: display.supervisor.connections() == ["live"], 30, "the first snapshot")
        frames = len(display.supervisor.of("frame"))
        server.close()
        until(lambda: display.supervisor.connections() == ["live", "lost"], 30, "the loss")
        until(lambda: len(display.supervisor.of("frame")) > frames, 30, "the picture with the banner")
        again = WireServer(server.port)
        again.position = 20
        again.rows = [row(20, "B007", "4")]
        again.pending = [announcement(20, "B007", "4")]
        until(lambda: again.spoken, 30, "the open call spoken after coming back")
        assert ids(again.spoken) == [20]
        assert display.supervisor.connections() == ["live", "lost", "live"]
        assert again.connects[0] == {"token": TOKEN, "have": 10}
        again.close()
    finally:
        display.close()


def test_07_a_cable_pulled_without_a_word_is_noticed_and_the_truth_is_back_after_it(
    tmp_path: Path, server: WireServer, voice: Path
) -> None:
    cable = Cable(server.port)
    display = Display(tmp_path, cable.port, voice)
    try:
        until(lambda: display.supervisor.connections() == ["live"], 30, "the first snapshot")
        cable.pull()
        until(lambda: display.supervisor.connections() == ["live", "lost"], 30, "the silence noticed")
        missed = server.call("A001", "1")
        server.pending = [announcement(missed, "A001", "1")]
        cable.plug()
        until(lambda: missed in ids(server.spoken), 30, "the call made meanwhile")
        assert ids(server.spoken).count(missed) == 1
    finally:
        display.close()


def test_14_a_counter_and_a_section_nobody_knows_keep_it_running(
    server: WireServer, display: Display
) -> None:
    server.position += 1
    strange = {"position": server.position, "previous": server.position - 1, "sections": {"weather": [1]}}
    server.socket.emit("delta", strange | {"happenings": [{"kind": "fireworks"}]}, namespace="/display")
    server.call("贵-7", "贵宾室")
    until(lambda: server.spoken, 20, "the strange call spoken")
    plain = server.call("A001", "1")
    until(lambda: plain in ids(server.spoken), 20, "the next call spoken")


def test_the_stream_carries_the_picture_and_the_sound(
    server: WireServer, display: Display, voice: Path
) -> None:
    pack = packs.load(voice, ["zh"])
    position = server.call("A012", "3")
    sound = until(lambda: display.supervisor.of("sound"), 20, "the sound")[0]
    assert sound.header["id"] == str(position)
    assert sound.payload.startswith(b"RIFF")
    assert len(sound.payload) == 44 + 2 * len(pack.utter(phrase("A012", "3")).sound.samples)
    frame = display.supervisor.of("frame")[-1]
    assert (frame.header["width"], frame.header["height"]) == (1280, 720)
    assert frame.payload.startswith(b"\xff\xd8")


def test_a_display_with_a_foreign_token_shows_that_it_is_not_enrolled(
    tmp_path: Path, server: WireServer, voice: Path
) -> None:
    display = Display(tmp_path, server.port, voice, token="foreign")
    try:
        until(lambda: "refused" in (tmp_path / "log").read_text(), 30, "the refusal in the log")
        assert server.connects == []
    finally:
        display.close()


def test_when_nothing_changes_nothing_is_drawn_and_next_to_no_processor_time_is_used(
    server: WireServer, display: Display
) -> None:
    process = psutil.Process(display.process.pid)

    def used_s() -> float:
        times = process.cpu_times()
        return times.user + times.system

    def ticks() -> int:
        return psutil.Process().num_ctx_switches().voluntary

    def idle(switches: int) -> int:
        """How many pictures come while this test's own process gives up the processor so many times."""
        frames, started = len(display.supervisor.of("frame")), ticks()
        until(lambda: ticks() - started > switches, 60, "some idling")
        return len(display.supervisor.of("frame")) - frames

    until(lambda: idle(100) == 0, 30, "the last picture")
    start_s = used_s()
    # The clock may turn a minute meanwhile, which is one picture.
    assert idle(300) <= 1
    assert used_s() - start_s < 0.5


def test_a_broken_voice_pack_is_refused_at_start_naming_the_clip(tmp_path: Path, voice: Path) -> None:
    manifest = (voice / "manifest.yaml").read_text("utf-8").replace("  zh/请: zh/qing.wav\n", "")
    assert "zh/请" not in manifest
    (tmp_path / "manifest.yaml").write_text(manifest, "utf-8")
    command = [sys.executable, "-m", "display", "run", "--server", "http://127.0.0.1:1", "--token", "x"]
    done = subprocess.run([*command, "--voice", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "zh/请 is missing" in done.stderr
    assert "zh/A: zh/a.wav: No such file" in done.stderr
