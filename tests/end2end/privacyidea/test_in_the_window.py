"""The app's own pages against a real privacyIDEA: link, choose, type a code, decline, two steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import server_certificate
from privacyidea import NUMBERS, Login, PrivacyIdea
from privacyidea_accounts import OTHER_PIN, linked_by, picture_of
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from settings_steps import Memory
from window_fixtures import nothing_left_behind, own_home, theme

from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.desktop.approvals.request_page import RequestPage
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.enrolment.linking_page import LinkingPage
from watchword.desktop.look.widgets.number_choice import NumberButton
from watchword.desktop.shell.session import Session
from watchword.otp.code import code_at
from watchword.remote import pins
from watchword.vault import CHEAPEST, LockedVault, create_vault, keyring_slot
from watchword.vault.account import Account

__all__ = ["nothing_left_behind", "own_home", "theme"]

VAULT_PASSWORD = "four words or so"
LONG = 20_000  # ms; the server and a key of 4096 bits take their time


@pytest.fixture
def desktop(qapp: QApplication, tmp_path: Path) -> Iterator[Desktop]:
    path = tmp_path / "data" / "vault"
    vault, _ = create_vault(
        path, VAULT_PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )
    one = Desktop(qapp, path, make_source=NoSource, keyring=Memory())
    one.start()
    one._begin(vault)
    yield one
    one.stop()
    one.window.close()
    one.window.deleteLater()


def session_of(desktop: Desktop) -> Session:
    assert desktop.session is not None
    return desktop.session


def scanned(qtbot: QtBot, desktop: Desktop, picture: bytes, folder: Path) -> AddPages:
    """Read a QR code that the server drew, as a picture file, up to the preview."""
    file = folder / "code.png"
    file.write_bytes(picture)
    session_of(desktop).adding.open_scan()
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    pages.open_files([str(file)])
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page, timeout=LONG)
    return pages


def asked(qtbot: QtBot, desktop: Desktop) -> RequestPage:
    """Open the login request that came, and wait until it may be answered."""
    session = session_of(desktop)
    session.desk.watching.woke()
    qtbot.waitUntil(session.desk.strips.banner.isVisible, timeout=LONG)
    session.desk.strips.banner.click()
    page = session.desk.page
    assert desktop.window.page is page
    return page


def button_of(page: RequestPage, *, right: bool, login: Login) -> NumberButton:
    """Return the button of the number that the login page shows, or of another one."""
    assert page.form is not None
    assert page.form.choices is not None
    return next(
        each
        for each in page.form.choices.buttons
        if (each.number == login.choice) is right and each.isEnabled()
    )


def can_choose(page: RequestPage) -> bool:
    choices = page.form.choices if page.form is not None else None
    return choices is not None and choices.buttons[0].isEnabled()


def leave(qtbot: QtBot, desktop: Desktop) -> None:
    session = session_of(desktop)
    session.desk.page.outcome.done_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)


def test_from_the_servers_picture_to_every_kind_of_answer(
    qtbot: QtBot, desktop: Desktop, school: PrivacyIdea, tmp_path: Path
) -> None:
    session = session_of(desktop)
    made = school.make("push", pin=OTHER_PIN)
    pages = scanned(qtbot, desktop, picture_of(made["pushurl"]), tmp_path)
    assert f"127.0.0.1:{school.port}" in pages.preview_page.heading()
    pages.preview_page.confirm_button.click()
    page = pages.linking_page
    qtbot.waitUntil(page.done_button.isVisible, timeout=LONG)
    assert page.heading.text() == "This computer is linked"
    page.done_button.click()
    assert desktop.window.page is session.place
    assert session.place.list.bell.isVisible()

    with school.with_policy("choosing", "authentication", NUMBERS):
        login = school.login(OTHER_PIN)
        request = asked(qtbot, desktop)
        qtbot.waitUntil(lambda: can_choose(request), timeout=LONG)
        assert request._expires.text().startswith("Expires in about")
        button_of(request, right=True, login=login).click()
        qtbot.waitUntil(request.outcome.isVisible, timeout=LONG)
        assert request.outcome.title.text() == "Approved"
        assert login.is_in()
        leave(qtbot, desktop)

        guess = school.login(OTHER_PIN)
        asked(qtbot, desktop)
        qtbot.waitUntil(lambda: can_choose(request), timeout=LONG)
        button_of(request, right=False, login=guess).click()
        qtbot.waitUntil(lambda: request.notice.isVisible() and can_choose(request), timeout=LONG)
        button_of(request, right=False, login=guess).click()
        qtbot.waitUntil(request.outcome.isVisible, timeout=LONG)
        assert request.outcome.title.text() == "Denied after two wrong numbers"
        assert not guess.is_in()
        leave(qtbot, desktop)

    with school.with_policy("codes", "authentication", "push_code_to_phone"):
        login = school.login(OTHER_PIN)
        asked(qtbot, desktop)
        qtbot.waitUntil(request.approve.isEnabled, timeout=LONG)
        request.approve.click()
        qtbot.waitUntil(request.outcome.display.isVisible, timeout=LONG)
        code = request.outcome.display.accessibleName().replace(" ", "")
        assert not login.is_in()
        assert login.is_in(code)
        leave(qtbot, desktop)

    login = school.login(OTHER_PIN)
    asked(qtbot, desktop)
    request.not_me.click()
    qtbot.waitUntil(request.outcome.isVisible, timeout=LONG)
    assert request.outcome.title.text().startswith("Denied")
    assert not login.is_in()
    school.remove(made["serial"])
    desktop.lock()
    desktop.jobs.stop()
    kept = LockedVault(tmp_path / "data" / "vault").unlock(VAULT_PASSWORD, clock=SystemClock())
    answers = [(entry.decision, entry.result) for entry in kept.history]
    assert answers == [
        ("approve", "approved"),
        ("approve", "wrong_code"),
        ("approve", "wrong_code"),
        ("approve", "approved"),
        ("not_me", "denied"),
    ]
    kept.lock()


def test_where_the_server_wants_it_the_password_or_the_keyring_is_asked_before_each_approval(
    qtbot: QtBot, desktop: Desktop, school: PrivacyIdea
) -> None:
    session, keyring = session_of(desktop), desktop._keyring
    assert keyring is not None
    with school.with_policy("locked", "enrollment", "push_app_force_unlock=any"):
        made = school.make("push", pin=OTHER_PIN)
    link = linked_by(made["pushurl"]["value"])
    keyring_slot.turn_on(session._vault, keyring, SystemClock())
    session._vault.add([Account(id="a" * 16, issuer="School", account="ann", otp=None, link=link)])
    session._take_links()

    for by_keyring in (False, True):
        login = school.login(OTHER_PIN)
        request = asked(qtbot, desktop)
        assert request.form is not None
        assert request.form.again is not None
        if by_keyring:
            request.form.again.other_way.click()
        else:
            request.form.again.password.set_text("not this one")
            qtbot.waitUntil(request.approve.isEnabled, timeout=LONG)
            request.approve.click()
            qtbot.waitUntil(request.notice.isVisible)
            assert "password is wrong" in request.notice.text()
            request.form.again.password.set_text(VAULT_PASSWORD)
        qtbot.waitUntil(request.approve.isEnabled, timeout=LONG)
        request.approve.click()
        qtbot.waitUntil(request.outcome.isVisible, timeout=LONG)
        assert request.outcome.title.text() == "Approved"
        assert login.is_in()
        leave(qtbot, desktop)
    school.remove(made["serial"])


def accounts_of(desktop: Desktop) -> tuple[Account, ...]:
    return session_of(desktop)._vault.accounts


def confirmed(qtbot: QtBot, desktop: Desktop, text: str) -> LinkingPage:
    """Open a link and confirm its server; return the page that links."""
    desktop.open_text(text)
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page)
    pages.preview_page.confirm_button.click()
    return pages.linking_page


def test_a_server_is_compared_by_its_key_and_a_linking_that_came_to_nothing_leaves_no_account(
    qtbot: QtBot, desktop: Desktop, school: PrivacyIdea, tmp_path: Path
) -> None:
    context, _, certificate = server_certificate(tmp_path)
    with school.behind_a_gate(context) as before:
        with school.with_policy("unchecked", "enrollment", "push_ssl_verify=0"):
            made = school.make("push", pin=OTHER_PIN)
        text = made["pushurl"]["value"]
        page = confirmed(qtbot, desktop, text)
        qtbot.waitUntil(page.same_button.isVisible, timeout=LONG)
        page.cancel_button.click()

        # As if the server had wanted its certificate to be checked, which most do.
        page = confirmed(qtbot, desktop, text.replace("sslverify=0", "sslverify=1"))
        qtbot.waitUntil(page.compare_button.isVisible, timeout=LONG)
        assert "certificate was refused" in page.notice.text()
        page.compare_button.click()
        qtbot.waitUntil(page.same_button.isVisible, timeout=LONG)
        shown = page.fingerprint.accessibleName().replace(" ", "")
        assert bytes.fromhex(shown) == pins.key_pin(certificate)
        assert before.heard == b""
        before.when_answered = before.mend
        page.same_button.click()
        qtbot.waitUntil(page.notice.isVisible, timeout=LONG)
        assert page.heading.text() == "This computer was not linked"
        assert "got lost on the way" in page.notice.text()
        qtbot.waitUntil(lambda: accounts_of(desktop) == (), timeout=LONG)
    school.remove(made["serial"])


@pytest.mark.parametrize("kind", ["totp", "hotp", "daypassword"])
def test_codes_of_other_tokens_are_accepted_after_a_second_step_where_there_is_one(
    qtbot: QtBot, desktop: Desktop, school: PrivacyIdea, kind: str, tmp_path: Path
) -> None:
    in_two = kind != "daypassword"  # which the server rolls out in one
    more = {"2stepinit": "1"} if in_two else {}
    with school.with_policy("twosteps", "admin", "totp_2step=allow, hotp_2step=allow"):
        made = school.make(kind, pin=OTHER_PIN, **more)
    pages = scanned(qtbot, desktop, picture_of(made["googleurl"]), tmp_path)
    pages.preview_page.confirm_button.click()
    if in_two:
        qtbot.waitUntil(lambda: pages.currentWidget() is pages.second_step_page, timeout=LONG)
        (answer,) = pages.second_step_page.answers()
        school.done(
            "/token/init",
            type=kind,
            serial=made["serial"],
            otpkey=answer,
            otpkeyformat="base32check",
        )
        pages.second_step_page.done_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session_of(desktop).place, timeout=LONG)
    (account,) = accounts_of(desktop)
    assert account.otp is not None
    assert school.accepts(code_at(account.otp, SystemClock().now()).value, pin=OTHER_PIN)
    school.remove(made["serial"])
