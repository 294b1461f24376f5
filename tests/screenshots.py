"""`python -m tests.screenshots` (`make screenshots`): plays a small scene in the virtual branch and takes the README's
pictures of it.  Everything on them happened; nothing is drawn for the picture.
"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.branch_server import LOBBY, ROOT, TECHNICIAN, TELLERS
from tests.e2e.chromium import LOBBY_SCREEN, PHONE, TELLER_SCREEN, chromium
from tests.virtual_branch import ALL, VirtualBranch
from tests.virtual_page import LATE_MS, leave_ticket, press, take_ticket, workplace
from tests.waiting import until

PICTURES = ROOT / "queue_server" / "virtual" / "pictures"
DESK = (1440, 900)
HARDWARE = (1024, 640)
LARGEST_BYTES = 400_000
SEEN_WITHIN_S = 240
INCIDENTS = {"missed_number", "queue_jump", "unheard_call"}


def main() -> None:
    """Take every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        branch = VirtualBranch(Path(folder) / "data").until_all_there()
        try:
            scene(branch, browser)
        finally:
            branch.stop()


def scene(branch: VirtualBranch, browser: Browser) -> None:
    """A customer takes a number, the hall fills, things go wrong, a number is called."""
    page = opened(browser, branch.url, DESK)
    expect(page.locator('[data-life-is="running"]')).to_have_count(len(ALL), timeout=LATE_MS)
    # Nobody hears a call: the first incident.
    press(page, "open")
    take_ticket(branch, page)
    expect(page.locator("#paper .slip")).to_be_visible(timeout=LATE_MS)
    branch.switch("display_cable", True)
    press(page, "call")
    until(lambda: "unheard_call" in kinds(branch), 30, "the unheard call")
    branch.switch("display_cable", False)
    press(page, "start")
    press(page, "finish")
    leave_ticket(page)

    status, _ = branch.ask("POST", "/busy", {"is_on": True, "speed": 10, "tellers": ["2", "3"]})
    assert status == 200
    until(lambda: kinds(branch) >= INCIDENTS, SEEN_WITHIN_S, "a missed number and a queue jump")
    kiosk_start = branch.ask("GET", "/screens/kiosk.jpg")[1]
    take_ticket(branch, page)
    expect(page.locator("#tray .slip").first).to_be_visible(timeout=LATE_MS)
    kiosk_ticket = branch.ask("GET", "/screens/kiosk.jpg")[1]
    slip = page.locator("#paper .slip img").get_attribute("src")
    assert slip
    paper = branch.ask("GET", slip)[1]

    page.locator("#paper .slip").click()
    address = page.locator("#phone iframe").get_attribute("src")
    assert address
    page.keyboard.press("Escape")
    phone = opened(browser, address, PHONE)
    expect(phone.locator("body")).to_contain_text("排队中", timeout=LATE_MS)
    keep("phone", phone.screenshot(), 390)
    phone.close()

    server = f"http://127.0.0.1:{branch.server_port}"
    lobby = opened(browser, f"{server}/lobby#token={LOBBY}&lang=zh", LOBBY_SCREEN)
    expect(lobby.locator("body")).to_contain_text("过号", timeout=LATE_MS)
    lobby.wait_for_load_state("networkidle")
    keep("lobby", lobby.screenshot(), LOBBY_SCREEN[0])
    lobby.close()

    # For the picture of a call nobody else calls.
    branch.ask("POST", "/busy", {"is_on": False})
    expect(page.locator("#spoken")).not_to_have_class(re.compile("is-spoken"), timeout=4 * LATE_MS)
    press(page, "call")
    expect(page.locator("#spoken")).to_contain_text("1 号窗口", timeout=LATE_MS)
    keep("display", branch.ask("GET", "/screens/display.jpg")[1], 1280)
    expect(workplace(page).locator('[data-key="start"]')).to_have_attribute("aria-disabled", "false")
    keep("virtual-branch", page.screenshot(), DESK[0])
    press(page, "start")
    teller = opened(browser, f"{server}/teller#token={TELLERS['1']}&lang=zh", TELLER_SCREEN)
    expect(teller.locator('[data-key="finish"]')).to_have_attribute("aria-disabled", "false", timeout=LATE_MS)
    keep("teller", teller.screenshot(), TELLER_SCREEN[0])
    teller.close()

    hardware = opened(browser, f"{branch.url}pads?lang=zh", HARDWARE)
    expect(hardware.locator('[data-device="window_1"] .led')).to_contain_text("正在办理", timeout=LATE_MS)
    keep("pads", hardware.screenshot(), HARDWARE[0])
    hardware.close()

    devices = opened(browser, f"{server}/devices#token={TECHNICIAN}&lang=zh", LOBBY_SCREEN)
    branch.switch("pad_silent", True)
    expect(devices.get_by_text("1 台离线")).to_be_visible(timeout=LATE_MS)
    keep("devices", devices.screenshot(), LOBBY_SCREEN[0])
    branch.switch("pad_silent", False)
    devices.close()

    english = opened(browser, f"{branch.url}?lang=en", DESK)
    english.locator("#tab-lobby").click()
    expect(workplace(english).locator("body")).to_contain_text("Missed", timeout=LATE_MS)
    expect(english.locator("#paper .slip")).to_be_visible()
    keep("virtual-branch-en", english.screenshot(), DESK[0])

    keep("kiosk", beside(kiosk_start, kiosk_ticket), 860)
    keep("ticket", paper, 400)


def kinds(branch: VirtualBranch) -> set[str]:
    """The kinds of incidents logged so far."""
    return {str(incident["kind"]) for incident in branch.api("incidents")}


def opened(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    """A page of its own, in that size."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(address)
    return page


def beside(left: bytes, right: bytes) -> bytes:
    """Two screens next to each other."""
    pictures = [Image.open(io.BytesIO(one)).convert("RGB") for one in (left, right)]
    width, height = pictures[0].size
    gap = width // 20
    both = Image.new("RGB", (2 * width + gap, height), "white")
    for place, picture in zip((0, width + gap), pictures, strict=True):
        both.paste(picture, (place, 0))
    out = io.BytesIO()
    both.save(out, "PNG")
    return out.getvalue()


def keep(name: str, picture: bytes, width: int) -> None:
    """Save a picture, not wider than `width`."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    path = PICTURES / f"{name}.png"
    # 256 colours that cover the small lamps too, then moved to where most pixels are: smooth, and a quarter the size.
    image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    size = path.stat().st_size
    assert size < LARGEST_BYTES, f"{path} has {size} bytes"
    print(f"{path.relative_to(ROOT)}  {image.width}×{image.height}  {size // 1000} kB")


if __name__ == "__main__":
    main()
