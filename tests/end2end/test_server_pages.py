"""Every page of the server in a real browser: for everybody, at every width, in both themes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser
from selenium.webdriver.common.by import By
from served import PASSWORD, USER, Served
from server_scenes import Scenes, live
from server_screenshots import size, theme

pytestmark = pytest.mark.end2end

# Vendored, MPL-2.0: one file that runs inside the page. Taking it from npm at every run would
# make the tests need a network and a second package system.
AXE = Path(__file__).parents[1] / "samples" / "axe-core" / "axe.min.js"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with live(tmp_path / "data") as one:
        yield one


def complaints(page: Browser) -> list[str]:
    """What axe finds on the page that is shown."""
    page.driver.execute_script(AXE.read_text("utf-8"))
    found = page.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations));"
    )
    return [
        f"{one['id']} ({one['impact']}): {json.dumps([node['html'][:120] for node in one['nodes']])}"
        for one in found
    ]


def overflow(page: Browser) -> int:
    """How far the page can be scrolled to the side."""
    across = page.driver.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return int(across)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.timeout(600)
def test_every_page_for_everybody(served: Served, chromium: Browser, language: str) -> None:
    wrong: list[str] = []
    names = []
    # 360: a small telephone; 640: an ordinary window at 200 %.
    for name in Scenes(served, chromium, language).all():
        names.append(name)
        for dark in (False, True):
            theme(chromium, dark)
            look = "dark" if dark else "light"
            wrong += [f"{name}, {look}: {one}" for one in complaints(chromium)]
        for across in (360, 640):
            size(chromium, across, 700)
            if overflow(chromium):
                wrong.append(f"{name} is {overflow(chromium)} px too wide at {across}")
        size(chromium, 1000, 900)
        errors = [one for one in chromium.driver.get_log("browser") if _matters(one)]
        wrong += [f"{name}: {one['message']}" for one in errors]
    assert not wrong, "\n".join(wrong)
    assert len(names) == 36


def _matters(entry: dict[str, str]) -> bool:
    # Answers of 4xx are reported too; those pages mean to give them.
    return entry["level"] == "SEVERE" and "status of 4" not in entry["message"]


def test_the_theme_is_chosen_and_remembered(served: Served, chromium: Browser) -> None:
    light, dark = "rgb(245, 246, 248)", "rgb(17, 20, 25)"

    def choose(name: str, value: str, background: str) -> None:
        # A click returns before the page it asks for is there, so each choice is another than
        # the one before, and is waited for.
        chromium.press(name)
        chromium.find(f"button[value={value}][aria-current]")
        assert shown() == background

    def shown() -> str:
        return str(chromium.driver.execute_script("return getComputedStyle(document.documentElement).backgroundColor"))  # fmt: skip

    chromium.go(f"{served.site.origin}/sign-in")
    for system_is_dark in (False, True):
        theme(chromium, system_is_dark)
        choose("Dark", "dark", dark)
        choose("Light", "light", light)
        choose("Automatic", "system", dark if system_is_dark else light)
    choose("Light", "light", light)
    chromium.go(f"{served.site.origin}/forgotten")
    assert shown() == light


def test_all_of_it_without_scripts(served: Served, chromium: Browser) -> None:
    owner = served.browser()
    owner.sign_in()
    device = owner.enrol()
    owner.post("/sign-out")
    served.clock.advance(60)
    chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    chromium.go(f"{served.site.origin}/sign-in")
    chromium.press("Deutsch")
    chromium.press("Dunkel")
    chromium.find("button[value=dark][aria-current]")  # else the page goes while it is typed into
    chromium.find("#name").send_keys(USER)
    chromium.find("#password").send_keys(PASSWORD)
    chromium.press("Weiter")
    chromium.find("summary").click()
    chromium.find("#code").send_keys(device.otp())
    chromium.press("Anmelden")
    chromium.wait_for_text("Sie sind angemeldet")
    chromium.press("Geräte und Sicherheit")
    chromium.press("Zehn neue Codes erstellen")
    chromium.wait_for_text("Ihre Backup-Codes")
    assert len(chromium.driver.find_elements(By.CSS_SELECTOR, "#codes li")) == 10
    assert not chromium.driver.find_element(By.ID, "copy").is_displayed()
    assert chromium.driver.find_element(
        By.CSS_SELECTOR, "form[action$=file] button"
    ).is_displayed()


def test_codes_are_copied_and_printed_alone(served: Served, chromium: Browser) -> None:
    owner = served.browser()
    owner.sign_in()
    owner.enrol()
    chromium.driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    scenes = Scenes(served, chromium)
    chromium.go(f"{served.site.origin}/sign-in")
    cookie = owner.client.cookies["watchword-session"]
    chromium.driver.add_cookie({"name": "watchword-session", "value": cookie})
    scenes.go("/security")
    scenes.send("/security/backup-codes")
    codes = [one.text for one in chromium.driver.find_elements(By.CSS_SELECTOR, "#codes li")]
    assert len(codes) == 10
    chromium.press("Copy")
    chromium.wait_for_text("Copied")
    pasted = chromium.driver.execute_async_script(
        "navigator.clipboard.readText().then(arguments[arguments.length - 1])"
    )
    assert pasted.splitlines() == codes
    chromium.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = chromium.text()
    assert all(code in shown for code in codes)
    assert "Kalos Club" in shown
    for button in ("Copy", "Print", "Sign out", "Deutsch"):
        assert button not in shown


def test_a_moment_is_that_of_the_readers_clock(served: Served) -> None:
    with browser() as page:
        owner = served.browser()
        owner.sign_in()
        page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
        page.go(f"{served.site.origin}/sign-in")
        cookie = owner.client.cookies["watchword-session"]
        page.driver.add_cookie({"name": "watchword-session", "value": cookie})
        page.go(f"{served.site.origin}/security/activity")
        page.wait_for_text("23 Nov 2025 21:13")  # 12:13 UTC
