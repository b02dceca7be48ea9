"""A new vault's last question: asked where there is a keyring, answered either way, undone never."""

import threading
from pathlib import Path

from fake_clock import FakeClock
from pytestqt.qtbot import QtBot
from settings_steps import PASSWORD, Memory, shown

from watchword.desktop.application import Desktop
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.keyring_offer_page import KeyringOfferPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.vault import LockedVault, keyring_slot


def make_vault(qtbot: QtBot, desktop: Desktop, keyring: Memory) -> None:
    """Go from the welcome past the recovery key, once it is known whether there is a keyring."""
    desktop.start()
    shown(qtbot, desktop, WelcomePage).create_button.click()
    page = shown(qtbot, desktop, CreatePage)
    page.password.set_text(PASSWORD)
    page.again.set_text(PASSWORD)
    page.button.click()
    recovery = shown(qtbot, desktop, RecoveryPage)
    qtbot.waitUntil(lambda: desktop._create()._offer._is_there is keyring.there)
    recovery.later.click()


def session_of(qtbot: QtBot, desktop: Desktop) -> Session:
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def test_accepted_the_keyring_opens_the_new_vault(
    qtbot: QtBot, desktop: Desktop, keyring: Memory, path: Path, clock: FakeClock
) -> None:
    make_vault(qtbot, desktop, keyring)
    offer = shown(qtbot, desktop, KeyringOfferPage)
    assert not keyring.kept  # nothing before it is asked for
    assert offer.decline_button.hasFocus()  # Enter alone weakens nothing
    offer.accept_button.click()
    session_of(qtbot, desktop)
    desktop.lock()
    desktop.jobs.stop()
    keyring_slot.unlock(LockedVault(path), keyring, clock).lock()


def test_declined_or_without_a_keyring_only_the_password_and_the_key_open_it(
    qtbot: QtBot, desktop: Desktop, keyring: Memory
) -> None:
    make_vault(qtbot, desktop, keyring)
    shown(qtbot, desktop, KeyringOfferPage).decline_button.click()
    session = session_of(qtbot, desktop)
    assert not keyring.kept
    assert {slot.kind for slot in session._vault.slots} == {"password", "recovery"}


def test_where_there_is_no_keyring_nothing_is_asked(
    qtbot: QtBot, desktop: Desktop, keyring: Memory
) -> None:
    keyring.there = False
    make_vault(qtbot, desktop, keyring)
    session_of(qtbot, desktop)


def test_a_prompt_that_nobody_answers_can_be_left(
    qtbot: QtBot, desktop: Desktop, keyring: Memory
) -> None:
    make_vault(qtbot, desktop, keyring)
    offer = shown(qtbot, desktop, KeyringOfferPage)
    keyring.prompt = threading.Event()
    offer.accept_button.click()
    assert not offer.decline_button.isEnabled()
    qtbot.waitUntil(offer.waiting.cancel.isVisible)
    offer.waiting.cancel.click()
    assert offer.decline_button.isEnabled()
    offer.decline_button.click()
    session_of(qtbot, desktop)
    keyring.prompt.set()
    assert not keyring.kept
