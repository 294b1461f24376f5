"""The apology on the lobby displays while a device that customers need is out of order (H2, D1).

It comes and goes with the fault, and nobody has to put it up or take it down.  It says what to do instead, never what
is broken inside.
"""

from __future__ import annotations

from queue_server.domain.day import Outage
from queue_server.views.language import notice_words
from queue_server.views.scene import Scene
from queue_server.wire.display import Notice
from queue_server.wire.shapes import Text

_OTHER_KIOSK = "We are sorry: a ticket kiosk is out of order. Please use another one."
_NO_KIOSK = "We are sorry: the ticket kiosk is out of order. Please ask the lobby manager for a number."
_DISPLAY = "We are sorry: a display is out of order. Please listen for your number."
_SPEAKER = "We are sorry: numbers are not spoken at the moment. Please watch the display."
_LINE = "We are sorry: some equipment is being put right. Calling may take a little longer."


def apologies(scene: Scene) -> list[Notice]:
    """One notice for each sort of device that is out of order and that customers notice, in a fixed order."""
    outages = [outage for outage in scene.day.outages if not outage.works]
    kinds = {outage.kind for outage in outages}
    found = []
    if kinds & {"kiosk", "ticket_printer"}:
        found.append(_notice("kiosk", _NO_KIOSK if _no_kiosk_left(scene, outages) else _OTHER_KIOSK))
    if "lobby_display" in kinds:
        found.append(_notice("display", _DISPLAY))
    if "speaker" in kinds:
        found.append(_notice("speaker", _SPEAKER))
    if "pad_line" in kinds:
        found.append(_notice("pad_line", _LINE))
    return found


def _no_kiosk_left(scene: Scene, outages: list[Outage]) -> bool:
    """Every kiosk is out of order, itself or by its printer."""
    out = {outage.device for outage in outages} | {outage.part_of for outage in outages}
    return all(device.code in out for device in scene.branch.devices if device.kind == "kiosk")


def _notice(group: str, said: str) -> Notice:
    words = Text(zh=str(notice_words("zh").gettext(said)), en=said)
    return Notice(notice_id=f"apology-{group}", text=words, is_apology=True)
