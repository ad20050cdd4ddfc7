"""Photograph every tab of a Space in both languages at two widths, and list the hosts it asks.

    python scripts/screenshots.py docs/screenshots
    python scripts/screenshots.py docs/screenshots --space vision_basics

Starts the Space on a free port and drives a headless Chromium with selenium (extra `dev`). Fails
where a page asked another host than the Space. PHOCLIP_MODEL and the other variables of the Space
count here too.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

FOLDER = Path(__file__).resolve().parent.parent / "spaces"
LANGUAGES = ("vi", "en")
WIDTHS = (1280, 390)
# Space → its tabs in order, and what shows that a tab has answered.
SPACES = {
    "phoclip": {
        "classify": ".confidence-set",
        "search": "#results img",
        "describe": "#captions .confidence-set",
    },
    "vision_basics": {
        "edges": ".picture-canny img",
        "fourier": ".picture-filtered img",
        "denoise": ".picture-bilateral img",
        "histograms": ".picture-clahe img",
        "keypoints": ".picture-orb img",
    },
    "butterflies": {"butterflies": "#answer li"},  # one page without tabs
}
# Chromium's own traffic would look like the page's.
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)


def main() -> None:
    """Write `{tab}-{language}-{width}.png` for every combination and print the hosts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--space", choices=SPACES, default="phoclip")
    parser.add_argument("--url", help="this Space, where it runs already")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tabs = SPACES[arguments.space]
    with served(arguments.space, arguments.url) as url, tempfile.TemporaryDirectory() as profile:
        hosts: set[str] = set()
        for width in WIDTHS:
            browser = open_browser(width, profile)
            try:
                for language in LANGUAGES:
                    for index, (tab, answer) in enumerate(tabs.items()):
                        name = f"{tab}-{language}-{width}.png"
                        path = arguments.folder / name
                        place = index if len(tabs) > 1 else None
                        photograph(browser, f"{url}?lang={language}", place, answer, path)
                        print(name, flush=True)
                hosts |= requested_hosts(browser)
            finally:
                browser.quit()
    print("hosts asked:", ", ".join(sorted(hosts)))
    others = hosts - {urlsplit(url).netloc}
    if others:
        sys.exit(f"the page asked other hosts than {url}: {', '.join(sorted(others))}")


@contextmanager
def served(space: str, url: str | None) -> Iterator[str]:
    """The address of a running Space, started here where none is given."""
    if url:
        yield url
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=FOLDER / space, env=environment)
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(lambda: urllib.request.urlopen(url, timeout=5), 300)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def open_browser(width: int, profile: str) -> Chrome:
    """A headless Chromium of this width that keeps a log of its requests."""
    options = ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}/{width}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if Path(path).exists():
            options.binary_location = path
    driver = Path("/usr/bin/chromedriver")
    browser = Chrome(options, Service(str(driver)) if driver.exists() else None)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return browser


def photograph(browser: Chrome, url: str, index: int | None, answer: str, path: Path) -> None:
    """Open a tab, run its first example, wait for the answer and keep the whole page."""
    browser.get(url)
    if index is not None:
        wait_for(lambda: browser.find_elements(By.CSS_SELECTOR, "button[role=tab]"), 120)
        select_tab(browser, index)
    first = wait_for(lambda: displayed(browser, ".gallery-item, tbody tr"), 180)[0]
    browser.execute_script("arguments[0].click()", first)
    wait_for(
        lambda: any(
            e.tag_name != "textarea" or e.get_property("value") for e in displayed(browser, answer)
        ),
        180,
    )
    # Pictures further down load when they come into sight, and fade in.
    browser.execute_script("window.scrollTo(0, document.documentElement.scrollHeight)")
    time.sleep(1)
    browser.execute_script("window.scrollTo(0, 0)")
    time.sleep(1)
    wider = browser.execute_script(
        "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
    )
    if wider > 0:
        print(f"  {path.name}: {wider} pixels wider than the screen", flush=True)
    height = browser.execute_script("return document.documentElement.scrollHeight")
    width = browser.execute_script("return document.documentElement.clientWidth")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
    )
    path.write_bytes(b64decode(shot["data"]))


def select_tab(browser: Chrome, index: int) -> None:
    """Show a tab; those that do not fit wait in a menu behind the others."""
    tabs = displayed(browser, "button[role=tab]")
    if index >= len(tabs):
        menu = displayed(browser, ".overflow-menu > button")[0]
        browser.execute_script("arguments[0].click()", menu)
        tabs += wait_for(lambda: displayed(browser, ".overflow-dropdown button"), 10)
    browser.execute_script("arguments[0].click()", tabs[index])
    time.sleep(1)


def displayed(browser: Chrome, selector: str) -> list[WebElement]:
    """The elements that can be seen."""
    return [e for e in browser.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]


def requested_hosts(browser: Chrome) -> set[str]:
    """Host and port of every request in the browser's log, its own pages left out."""
    hosts = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            parameters = message["params"]
            address = urlsplit(parameters.get("request", parameters)["url"])
            if address.scheme in ("http", "https", "ws", "wss"):
                hosts.add(address.netloc)
    return hosts


def wait_for(question, seconds: float):
    """The first true answer; TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = question()
            if answer:
                return answer
        except Exception as error:
            answer = error
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s; last answer: {answer!r}")
        time.sleep(0.3)


if __name__ == "__main__":
    main()
