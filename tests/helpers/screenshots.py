"""`make screenshots`: every place of the window, light and dark, into docs/images.

The widgets are the real ones, on a vault made in a temporary folder; only the clock stands still,
and the servers are made up. Look at the pictures after every change to the screen.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_SCALE_FACTOR", "2")
os.environ["TZ"] = "UTC"
sys.path.insert(0, str(Path(__file__).parent))

from fake_clock import FakeClock
from help_scenes import take_about, take_demo, take_keyring_offer
from outside_pictures import TrayIcons
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QFontDatabase,
    QImage,
    QLinearGradient,
    QPainter,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_accounts import sample_accounts
from transfer_files import links

from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
from watchword.desktop.accounts.edit_page import EditPage
from watchword.desktop.accounts.model import Role
from watchword.desktop.approvals.request_page import RequestPage
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import Camera, FrameSource, NoSource, SourceState
from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.keyboard.palette_sheet import PaletteSheet
from watchword.desktop.look.texts import tr
from watchword.desktop.look.theme import Theme
from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.desktop.settings.appearance_section import AppearanceSection
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.closing_page import ClosingPage
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.settings.system_section import SystemSection
from watchword.desktop.shell.clipboard import SecretClipboard
from watchword.desktop.shell.key_list import show_keys
from watchword.desktop.shell.main_window import HEIGHT, WIDTH, MainWindow
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.recovering import Recovering, why_not
from watchword.desktop.shell.session import Session
from watchword.desktop.transfer.export_page import ExportPage
from watchword.desktop.transfer.file_password_page import FilePasswordPage
from watchword.desktop.transfer.import_page import ImportPage
from watchword.desktop.transfer.new_file_password_page import NewFilePasswordPage
from watchword.desktop.transfer.qr_page import QrPage
from watchword.desktop.unlock.copies_page import CopiesPage
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.folder_page import FolderPage
from watchword.desktop.unlock.patience import Patience
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.rejoin_page import RejoinPage
from watchword.desktop.unlock.replaced_page import ReplacedPage
from watchword.desktop.unlock.rescue_page import RescuePage
from watchword.desktop.unlock.restore_page import RestorePage
from watchword.desktop.unlock.start_over_page import StartOverPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.unsaved_page import UnsavedPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.enrolment.preview import Addition
from watchword.errors import RemoteError, WrongPassword
from watchword.otp import otpauth, two_step
from watchword.otp.migration_export import export
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.errors import KeyWithoutProof, SignInRefused
from watchword.protocol.origin import Origin
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Polled, Result
from watchword.providers.provider import Linked, Provider, Providers
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.remote.fingerprint import shown_fingerprint
from watchword.settings import FILE_NAME
from watchword.transfer import registry, watchword_backup
from watchword.transfer.format import Protection
from watchword.vault import (
    CHEAPEST,
    ContentsDamaged,
    HistoryEntry,
    NotSaved,
    OpenVault,
    create_vault,
    slots,
)
from watchword.vault.account import Account, ServerLink
from watchword.vault.keyring_slot import PasswordDue, turn_on

NOW = 1_699_999_996.0  # one account's code is about to change, the others' are not
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LINK = (
    "otpauth://totp/Nextcloud:ana@cloud.example?secret=NBSWY3DPEB3W64TMMQQGC5LUNAQQ"
    "&issuer=Nextcloud&period=30"
)
LONG_LINK = (
    "otpauth://totp/The%20Society%20for%20the%20Preservation%20of%20Very%20Long%20Service%20Names"
    ":ana.maria.keller@a-very-long-host.example?secret=NBSWY3DPEB3W64TMMQQGC5LUNAQB"
)
UNPROVED = KeyWithoutProof(
    "No change that the server publishes leads from the old key to this one"
)
PUSH_LINK = (
    "otpauth://pipush/a.ferrer%40unibas?url=https%3A//login.unibas.example/ttype/push&ttl=10"
    f"&issuer=privacyIDEA%20%C2%B7%20Uni%20Basel&enrollment_credential={'ab' * 20}&v=1"
    "&serial=PIPU00012A4F&sslverify=0"
)
PIN_LINK = "otpauth://yaotp/ana@yandex.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&name=ana"

REQUEST_LINK = f"watchword://request/1?o=https://login.kalos.ch&r={'A' * 22}&h={'A' * 22}"


class Asking:
    """A server at which one login waits, or more, or none; its clock may be ahead, or it fails."""

    def __init__(
        self, waiting: int, *, ahead: float = 0.0, failure: RemoteError | None = None
    ) -> None:
        self.waiting = waiting
        self.ahead = ahead
        self.failure = failure

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        asks = self.waiting if link.origin == "https://login.kalos.ch" else 0
        if self.failure is not None and link.origin == "https://login.kalos.ch":
            raise self.failure
        requests = tuple(self._request(account_id, link, n) for n in range(asks))
        return Polled(requests=requests, server_time=NOW + self.ahead, interval=3600)

    def _request(self, account_id: str, link: ServerLink, number: int) -> LoginRequest:
        return LoginRequest(
            id=f"r{number + 1}",
            account_id=account_id,
            service="Kalos Club",
            account="ana@kalos.ch",
            origin=link.origin,
            ip="185.12.64.9",
            place="Geneva, Switzerland",
            user_agent="Firefox on Windows",
            issued_at=NOW - 12 - 9 * number,
            expires_at=NOW + 108 - 9 * number,
            match=Match.TYPE4,
            login=to_base64url(bytes([number] * 16)),
        )

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        approves = decision is Decision.APPROVE
        return Answer(id=request.id, result=Result.APPROVED if approves else Result.DENIED)

    def unlink(self, link: ServerLink) -> None: ...

    def close(self) -> None: ...


class InTheBrowser:
    """A sign-in whose person takes their time in the browser, or says no there."""

    def __init__(self, origin: Origin, *, denied: bool = False) -> None:
        self.host = origin.authority
        self.denied = denied
        self.over = threading.Event()

    def begin(self) -> str:
        return "https://login.kalos.ch/authorise"

    def wait(self) -> str:
        if not self.denied:
            self.over.wait(60)
        raise SignInRefused(denied=True)

    def cancel(self) -> None:
        self.over.set()

    def close(self) -> None: ...


class Numbers(Asking):
    """A privacyIDEA: numbers to choose from, 52 is right, and a code to type in the end."""

    def __init__(self, *, password: bool = False) -> None:
        super().__init__(1)
        self.password = password

    def _request(self, account_id: str, link: ServerLink, number: int) -> LoginRequest:
        return replace(
            super()._request(account_id, link, number),
            service="privacyIDEA · Uni Basel",
            account="a.ferrer@unibas.example",
            origin="https://login.unibas.example",
            ip="",
            place="",
            user_agent="",
            text="Staff network: someone signs in to the computing centre from Firefox on Linux",
            expiry_estimated=True,
            match=Match.CHOOSE,
            choices=("37", "52", "88"),
            ask_password=self.password,
        )

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        if decision is not Decision.APPROVE:
            return Answer(id=request.id, result=Result.DENIED)
        if code != "52":
            return Answer(id=request.id, result=Result.WRONG_CODE)
        return Answer(id=request.id, result=Result.APPROVED, display_code="482913")


class PushLinking:
    """A linking to a server that nobody vouches for; it takes its time, and then is lost."""

    host = "login.unibas.example"
    needs_fingerprint = False

    def __init__(self) -> None:
        self.answers = threading.Event()

    def fingerprint(self) -> str:
        return shown_fingerprint(sha256(b"a key"))

    def confirm_fingerprint(self, text: str) -> None: ...

    def contact(self) -> str:
        if not self.needs_fingerprint:
            self.needs_fingerprint = True
            raise TlsRefused(
                "login.unibas.example could not prove who it is",
                "Its certificate was refused: self-signed certificate",
                "Nothing was sent. On a public network sign in to it first; else tell the service",
            )
        return ""

    def wait(self) -> Linked:
        account = Account(
            id="e" * 16, issuer="privacyIDEA · Uni Basel", account="a.ferrer@unibas", otp=None
        )
        return Linked(account, first_device=False)

    def acknowledge(self) -> None:
        self.answers.wait(5)
        raise AnswerLost(
            "No answer came from login.unibas.example",
            "The connection ended before it was whole",
            "Look at your network",
        )

    def cancel(self) -> None: ...

    def close(self) -> None: ...


class Still(FrameSource):
    """A camera that shows a desk on which a sheet with a code comes into view."""

    def start(self) -> None:
        self._set_state(SourceState.ON)
        QTimer.singleShot(0, self, self._show)

    def stop(self) -> None:
        self._set_state(SourceState.OFF)

    def cameras(self) -> tuple[Camera, ...]:
        return (Camera("one", "Integrated Camera"),)

    def chosen(self) -> str:
        return "one"

    def _show(self) -> None:
        from PySide6.QtMultimedia import QVideoFrame

        self.frame_arrived.emit(QVideoFrame(desk()))


def desk() -> QImage:
    import qrcode

    image = QImage(960, 720, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    slope = QLinearGradient(0, 0, 960, 720)
    slope.setColorAt(0, QColor("#4a5564"))
    slope.setColorAt(0.6, QColor("#252b35"))
    slope.setColorAt(1, QColor("#343c49"))
    painter.fillRect(image.rect(), slope)
    painter.translate(480, 372)
    painter.rotate(-5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#dfe3e8"))
    painter.drawRoundedRect(QRectF(-190, -190, 380, 380), 14, 14)
    code = qrcode.QRCode(border=0)
    code.add_data("otpauth://totp/example")
    code.make()
    rows = code.get_matrix()
    step = 320 / len(rows)
    painter.setBrush(QColor("#20252d"))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            # The hand that holds it covers a corner: it cannot be read yet.
            if dark and not (x < 9 and y > len(rows) - 10):
                painter.drawRect(QRectF(-160 + x * step, -160 + y * step, step + 0.3, step + 0.3))
    painter.end()
    return image


class HasKeyring:
    """A computer's keyring that is there."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def available(self) -> bool:
        return True

    def store(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    def fetch(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


def demo_vault(
    folder: Path, clock: FakeClock, *, empty: bool = False, with_key: bool = True
) -> OpenVault:
    vault, _ = create_vault(
        folder / "vault", "four words or so", recovery_key=with_key, cost=CHEAPEST, clock=clock
    )
    slots.confirm_recovery_key(vault, slots.unconfirmed_recovery_key(vault))
    vault.save()
    if empty:
        return vault
    vault.add(replace(account, id=f"{account.id:0>16}") for account in sample_accounts())
    past = (
        ("not_me", "denied", "Unknown browser", "São Paulo", 10 * 86_400 + 19_200),
        ("approve", "approved", "Mail app", "Lausanne", 86_400 + 15_300),
        ("approve", "approved", "Chrome on Windows", "Geneva", 46_800),
    )
    for number, (decision, result, browser, place, before) in enumerate(past):
        vault.record(
            HistoryEntry(
                at=NOW - before,
                account_id="a1".rjust(16, "0"),
                service="Kalos Club",
                account="ana@kalos.ch",
                place=place,
                user_agent=browser,
                decision=decision,
                result=result,
                request_id=f"past{number}",
            )
        )
    vault.save()
    return vault


class Studio:
    """Takes the pictures of one colour scheme."""

    def __init__(self, application: QApplication, scheme: str) -> None:
        self.application = application
        self.scheme = scheme
        self.clock = FakeClock(time=NOW)
        self.jobs = Jobs()
        self.window = MainWindow()
        self.clipboard = SecretClipboard(application.clipboard())

    def wait(self, until: Callable[[], bool] = lambda: False, seconds: float = 0.4) -> None:
        from time import monotonic

        end = monotonic() + seconds
        while not until() and monotonic() < end:
            self.application.processEvents()

    def take(self, name: str, *, wide: bool = False) -> None:
        self.window.resize(*((1000, 700) if wide else (WIDTH, HEIGHT)))
        self.window.show()
        self.wait()
        picture = self.window.grab().toImage()
        IMAGES.mkdir(parents=True, exist_ok=True)
        path = IMAGES / f"{name}-{self.scheme}.png"
        picture.save(str(path))
        # An indexed picture is a third of the size, and the eye sees no difference.
        with Image.open(path) as whole:
            small = whole.convert("RGB").quantize(
                256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
        small.save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KiB")

    def pages(self) -> None:
        self.window.show_page(WelcomePage())
        self.take("welcome")
        create = CreatePage(self.jobs)
        self.window.show_page(create)
        create.password.set_text("violet otter morning 9")
        self.wait(lambda: create.strength_words() == tr("Very good."), 5)
        self.take("create")
        self.window.show_page(RecoveryPage("GXDY-Z8M2-MC8G-K5TM-MGJ3-2GND-SCHG"))
        self.take("recovery-key")
        home = "/home/ana/.local/share/watchword"
        self.window.show_page(FolderPage("/home/ana/Dropbox/Watchword", program="Dropbox"))
        self.take("folder-synced")
        here = "/var/tmp/watchword-1000/backups-3f9a1c52d07be846"
        self.window.show_page(FolderPage(home, kind="NFS", backups=here))
        self.take("folder-network")
        unlock = UnlockPage()
        self.window.show_page(unlock)
        unlock.password.set_text("four words or so")
        self.take("unlock")
        self.unlocking()

    def unlocking(self) -> None:
        """Take what unlocking looks like when the keyring helps, refuses, or takes its time."""
        page = UnlockPage()
        self.window.show_page(page)
        page.offer_keyring()
        self.take("unlock-keyring")
        page.show_waiting(1)
        self.take("unlock-login-waits")
        page.show_waiting(0)
        page.show_reason(
            PasswordDue(
                "It is time for your password",
                "It was not given here for 14 days, and what is never typed is forgotten",
                "Type it, or use the recovery key",
            )
        )
        self.take("unlock-due")
        page.show_asking()
        self.wait(page.waiting.cancel.isVisible, 3)
        self.take("unlock-waiting")
        page = UnlockPage()
        self.window.show_page(page)
        page.password.set_text("four words or no")
        page.show_error(
            WrongPassword(
                "The password is wrong",
                "The vault itself is sound",
                "Try again, or use the recovery key",
            )
        )
        page.hold(lambda: 5.0)
        self.take("unlock-pause")
        page.hold(lambda: 0.0)

    def questions(self) -> None:
        """Take what is asked when a save meets something else on disk."""
        page = RejoinPage()
        self.window.show_page(page)
        page.password.set_text("four new words")
        self.take("rejoin")
        replaced = ReplacedPage(
            "An older copy of the vault lies in its place",
            here="7 accounts, with your latest changes",
            on_disk="5 accounts · saved yesterday 22:28",
            is_there=True,
        )
        self.window.show_page(replaced)
        self.take("replaced")
        self.take("replaced-wide", wide=True)
        replaced.use_disk.click()
        self.take("replaced-sure")
        self.window.show_page(UnsavedPage(full_disk()))
        self.take("unsaved")

    def rescuing(self, folder: Path) -> None:
        """Take the rescue of a vault whose key fits and whose contents are damaged."""
        folder.mkdir()
        demo_vault(folder, self.clock).lock()
        shown = Recovering(folder / "vault", self.clock, self.jobs, Patience(self.clock))
        shown.page_wanted.connect(self.window.show_page)
        shown.show_copies(
            ContentsDamaged(
                "The vault's contents are damaged",
                "The key fits, but account 3 of 7 cannot be read",
                "Nothing was changed. Restore a backup, or rescue what can still be read",
            )
        )
        self.take("copies-rescue")
        page = RescuePage()
        self.window.show_page(page)
        page.password.set_text("four words or so")
        self.take("rescue")
        names = ["Kalos Club", "GitHub", "PostFinance", "AWS", "Home router", "Fastmail"]
        page.show_found(names, ["account 3 of 7 cannot be read: digits are not 5 to 10"])
        self.take("rescue-found")
        self.take("rescue-wide", wide=True)

    def recovering(self, folder: Path) -> None:
        """Take the ways back to a vault that was damaged."""
        folder.mkdir()
        path = folder / "vault"
        made = demo_vault(folder, self.clock)
        for days in (9, 2, 1):
            self.clock.time = NOW - 86_400 * days + 900 * days
            made.add([replace(sample_accounts()[1], id=f"{days:0>16}")])
            made.save()
        self.clock.time = NOW
        made.lock()
        path.write_bytes(path.read_bytes()[:-40])
        shown = Recovering(path, self.clock, self.jobs, Patience(self.clock))
        shown.page_wanted.connect(self.window.show_page)
        shown.show_copies(why_not(path))
        self.take("copies")
        page = self.window.page
        assert isinstance(page, CopiesPage)
        page.cards()[0].click()
        page = self.window.page
        assert isinstance(page, RestorePage)
        page.password.set_text("four words or so")
        self.take("restore")
        self.window.show_page(StartOverPage("~/.local/share/watchword"))
        self.take("start-over")

    def session(
        self,
        folder: Path,
        *,
        empty: bool = False,
        waiting: int = 0,
        ahead: float = 0.0,
        with_key: bool = True,
        made_days_ago: int = 0,
        elsewhere: bool = False,
        failure: RemoteError | None = None,
        server: Provider | None = None,
    ) -> Session:
        folder.mkdir()
        self.clock.time = NOW - made_days_ago * 86_400
        vault = demo_vault(folder, self.clock, empty=empty, with_key=with_key)
        self.clock.time = NOW
        if elsewhere:
            vault.set_setting("installation", "another one")
        session = Session(
            vault,
            clock=self.clock,
            jobs=self.jobs,
            window=self.window,
            clipboard=self.clipboard,
            preferences=Preferences(folder / FILE_NAME),
            make_source=Still if can_show_video() else NoSource,
            providers=Providers(
                self.clock,
                {"native": lambda _: server or Asking(waiting, ahead=ahead, failure=failure)},
            ),
            cost=CHEAPEST,
            keyring=HasKeyring(),
        )
        session.start()
        return session

    def editing(self, folder: Path) -> None:
        """Take what can be done to an account."""
        session = self.session(folder)
        kalos = "a1".rjust(16, "0")
        session.accounts.edit(kalos)
        page = self.window.page
        assert isinstance(page, EditPage)
        page.note.set_text("The second key lies in the drawer, with Ben’s phone.")
        self.take("edit")
        page.icon.button.click()
        page.icon.search.set_text("git")
        self.take("edit-icon")
        page.icon.close_list()
        session.accounts.open_link(kalos)
        self.wait(lambda: session.desk.watching.contact_of(kalos).at is not None, 3)
        self.take("link")
        session.accounts.open_codes(kalos)
        self.take("backup-codes-password")
        self.give_password()
        self.wait(lambda: isinstance(self.window.page, BackupCodesPage), 5)
        page = self.window.page
        assert isinstance(page, BackupCodesPage)
        page.cells[0].click()
        page.cells[3].click()
        self.take("backup-codes")
        session.accounts.remove(kalos)
        self.take("remove")
        session.accounts._leave()
        for number in (2, 4):
            session.accounts.remove(f"a{number}".rjust(16, "0"))
            self.wait(
                lambda: self.window.said().endswith(tr("{name} is in the trash").format(name="")),
                3,
            )
        self.take("undo")
        session.accounts.open_trash()
        self.take("trash")
        session.accounts._leave()
        session.linked.note_removed(kalos)
        self.wait(session.linked.strip.isVisible, 3)
        self.take("removed-list")
        session.place.select(kalos)
        self.take("removed-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        session.linked.strip.click()
        self.take("removed")
        session.close()

    def give_password(self) -> None:
        asked = self.window.page
        assert isinstance(asked, PasswordAgainPage)
        asked.password.set_text("four words or so")
        asked.button.click()

    def settings(self, folder: Path) -> None:
        """Take the settings, and what is asked before and after a change."""
        session = self.session(folder, made_days_ago=95)
        session.open_settings()
        page = self.window.page
        assert isinstance(page, SettingsPage)
        self.wait(page.keyring.isEnabled, 3)
        self.take("settings")
        self.take("settings-wide", wide=True)
        self.settings_of_computer(page)
        bar = page.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.take("settings-outside")
        bar.setValue(0)
        self.settings_asked(page)
        session.close()
        session = self.session(folder.with_name("no-key"), with_key=False, made_days_ago=3)
        self.take("no-recovery-key")
        session.settings.make_recovery_key()
        asked = self.window.page
        assert isinstance(asked, PasswordAgainPage)
        asked.password.set_text("four words or so")
        asked.button.click()
        self.wait(lambda: isinstance(self.window.page, RecoveryPage), 5)
        shown = self.window.page
        assert isinstance(shown, RecoveryPage)
        shown.later.click()
        self.take("key-not-on-paper")
        session.close()

    def settings_of_computer(self, settings: SettingsPage) -> None:
        """Take what belongs to the computer: when it locks, and who opens links."""
        section = settings.findChild(SystemSection)
        section.show_links(("KeePassXC",), ours=False)
        settings.findChild(LockingSection).show_idle_known(True)
        for name, wide in (("settings-locking", False), ("settings-locking-wide", True)):
            self.window.resize(*((1000, 700) if wide else (WIDTH, HEIGHT)))
            self.scroll_to(settings, LockingSection)
            self.take(name, wide=wide)
        self.window.resize(WIDTH, HEIGHT)
        self.scroll_to(settings, AppearanceSection)
        self.take("settings-appearance")
        section.ask_for_links()
        self.scroll_to(settings, SystemSection)
        self.take("settings-links-asked")
        section.show_links((), ours=True)
        settings.area.verticalScrollBar().setValue(0)

    def scroll_to(self, settings: SettingsPage, kind: type[SettingSection]) -> None:
        """Bring a section to the top of the page."""
        self.window.show()
        self.wait()
        section = settings.findChild(kind)
        top = section.mapTo(settings.area.widget(), QPoint(0, 0)).y()
        settings.area.verticalScrollBar().setValue(top - 8)

    def outside(self) -> None:
        """Take the question of the first closing, and the icon in its states."""
        self.window.show_page(ClosingPage(has_icon=False))
        self.take("closing")
        self.window.show_page(TrayIcons())
        self.take("tray-icons")

    def settings_asked(self, settings: SettingsPage) -> None:
        settings.keyring.click()
        page = self.window.page
        assert isinstance(page, PasswordAgainPage)
        page.password.set_text("four words or so")
        self.take("settings-keyring")
        page.button.click()
        self.wait(settings.keyring.isChecked, 5)
        settings.change_password.click()
        change = self.window.page
        assert isinstance(change, ChangePasswordPage)
        assert change.old is not None
        change.old.set_text("four words or so")
        change.new.password.set_text("violet otter morning 9")
        self.wait(lambda: change.new.strength_words() == tr("Very good."), 5)
        change.new.again.set_text("violet otter morning 9")
        self.take("settings-password")
        change.button.click()
        self.wait(lambda: isinstance(self.window.page, OlderBackupsPage), 5)
        self.take("settings-older")
        older = self.window.page
        assert isinstance(older, OlderBackupsPage)
        older.reseal.click()
        self.wait(lambda: self.window.page is settings, 5)
        self.take("settings-done")
        settings.remove_key.click()
        asked = self.window.page
        assert isinstance(asked, PasswordAgainPage)
        self.take("settings-key-remove")
        asked.back_pressed.emit()

    def transfer(self, folder: Path) -> None:
        """Take an import, an export, and the QR codes."""
        session = self.session(folder)
        transfer = session.transfer
        session.open_settings()
        listed = links(folder, *old_app())
        transfer.open_file(str(listed))
        self.wait(lambda: isinstance(self.window.page, ImportPage), 5)
        self.take("import")
        self.take("import-wide", wide=True)
        backup = folder / "Ben’s laptop.watchword"
        protection = Protection("seven other words here", self.clock, CHEAPEST)
        backup.write_bytes(watchword_backup.write(session._vault.accounts, protection).data)
        transfer.open_file(str(backup))
        self.wait(lambda: isinstance(self.window.page, FilePasswordPage), 5)
        self.take("import-password")
        transfer.open_export()
        self.take("export")
        page = self.window.page
        assert isinstance(page, ExportPage)
        page.cards["watchword"].click()
        chosen = self.window.page
        assert isinstance(chosen, NewFilePasswordPage)
        chosen.new.password.set_text("violet otter morning 9")
        self.wait(lambda: chosen.new.strength_words() == tr("Very good."), 5)
        chosen.new.again.set_text("violet otter morning 9")
        self.take("export-password")
        transfer._ask_before(registry.named("otpauth"), "", Path("/home/ana/accounts.txt"))
        asked = self.window.page
        assert isinstance(asked, PasswordAgainPage)
        asked.password.set_text("four words or so")
        self.take("export-sure")
        transfer.show_qr("a2".rjust(16, "0"))
        self.show_qr("qr")
        session.transfer._ask_for_codes()
        self.show_qr("qr-many")
        session.close()

    def requests(self, folder: Path) -> None:
        """Take several requests, what follows "it wasn't me", the flood, the pause, the clocks."""
        session = self.session(folder, waiting=3)
        self.wait(lambda: session.desk.waiting == 3, 3)
        session.desk.open()
        session.desk.page.more.click()
        self.take("request-queue")
        session.desk.page.not_me.click()
        self.wait(session.desk.page.outcome.isVisible, 3)
        self.take("request-not-me")
        session.desk.pause()
        self.clock.advance(28)
        session.desk.strips.tick()
        self.take("paused")
        self.wait(lambda: not self.window.said(), 10)
        session.close()
        self.clock.time = NOW
        session = self.session(folder.with_name("flood"), waiting=5)
        self.wait(lambda: session.desk.waiting == 5, 3)
        session.desk.open()
        self.take("flood")
        session.close()
        session = self.session(folder.with_name("off"), ahead=47.0)
        self.wait(session.server_time.strip.isVisible, 3)
        self.take("clock-off")
        session.server_time.strip.action.click()
        self.take("clock-server")
        session.close()

    def numbers(self, folder: Path) -> None:
        """Take numbers to choose from: at first, after a wrong one, and the code that follows."""
        session = self.session(folder, server=Numbers())
        page = self.asked(session)
        choices = page.form.choices if page.form else None
        assert choices is not None
        choices.mark("52")
        self.take("request-numbers")
        self.take("request-numbers-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        choices.buttons[0].click()
        self.wait(page.notice.isVisible, 3)
        self.take("request-numbers-wrong")
        choices.buttons[1].click()
        self.wait(page.outcome.isVisible, 3)
        self.take("request-code")
        session.close()
        session = self.session(folder.with_name("stopped"), server=Numbers())
        page = self.asked(session)
        for number in (0, 2):
            choices = page.form.choices if page.form else None
            assert choices is not None
            choices.buttons[number].click()
            self.wait(lambda: page.notice.isVisible() or page.outcome.isVisible(), 3)
            self.clock.advance(2)
            page.refresh()
        self.wait(page.outcome.isVisible, 3)
        self.take("request-stopped")
        session.close()
        self.clock.time = NOW
        session = self.session(folder.with_name("guarded"), server=Numbers(password=True))
        turn_on(session._vault, HasKeyring(), self.clock)
        page = self.asked(session)
        self.take("request-password")
        self.take("request-password-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        assert page.form is not None
        assert page.form.again is not None
        page.form.again.other_way.click()
        self.take("request-keyring")
        session.close()

    def asked(self, session: Session) -> RequestPage:
        """Open the request that waits, and let its first second pass."""
        self.window.show()
        self.wait(lambda: session.desk.waiting > 0, 3)
        session.desk.open()
        self.wait()
        self.clock.advance(2)
        session.desk.page.refresh()
        return session.desk.page

    def push(self, folder: Path) -> None:
        """Take the linking of a push account, and a code that is rolled out in two steps."""
        session = self.session(folder)
        session.open_text(PUSH_LINK)
        pages = self.window.page
        assert isinstance(pages, AddPages)
        self.take("preview-push")
        linking = PushLinking()
        pages._link = lambda *_: linking
        pages.preview_page.confirm_button.click()
        page = pages.linking_page
        self.wait(page.compare_button.isVisible, 3)
        self.take("linking-refused")
        self.take("linking-refused-wide", wide=True)
        page.compare_button.click()
        self.wait(page.same_button.isVisible, 3)
        self.take("fingerprint")
        self.take("fingerprint-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        page.same_button.click()
        linking.answers.set()
        self.wait(page.again_button.isVisible, 3)
        self.take("linking-lost")
        page.cancel_button.click()
        self.wait(lambda: not self.window.said(), 10)
        session.open_text(f"{LINK}&2step_salt=8&2step_output=20&2step_difficulty=1000")
        self.take("preview-two-step")
        # Its random half would make another picture each time.
        made = Account(id="e" * 16, issuer="Nextcloud", account="ana@cloud.example", otp=None)
        addition = Addition(made, answer=two_step.answer_of(b"12345678"))
        pages.second_step_page.show_answers((addition,))
        pages.setCurrentWidget(pages.second_step_page)
        self.take("second-step")
        session.close()

    def moving(self, folder: Path) -> None:
        """Take the question of a vault that was on another computer, and what its answers leave."""
        session = self.session(folder, elsewhere=True)
        self.take("moved")
        session.moving.page.bar.go_back()
        self.take("moved-later")
        session.moving.open()
        session.moving.page.copied.click()
        self.wait(lambda: not session.moving.undecided, 3)
        self.wait(lambda: not self.window.said(), 10)
        session.place.link_asked.emit("a1".rjust(16, "0"))
        self.take("copied")
        session.accounts.page.bar.go_back()
        session.place.select("a1".rjust(16, "0"))
        self.take("copied-wide", wide=True)
        session.close()
        session = self.session(folder.with_name("unproved"), failure=UNPROVED)
        self.wait(session.linked.strip.isVisible, 3)
        self.take("unproved")
        session.linked.strip.click()
        self.take("unproved-link")
        session.close()

    def history(self, folder: Path) -> None:
        """Take the history, one answer of it, and what is asked before it is exported."""
        session = self.session(folder)
        for entry in past_answers():
            session._vault.record(entry)
        session.show_accounts()
        session.history.open()
        self.take("history")
        page = self.window.page
        assert isinstance(page, HistoryPage)
        self.take("history-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        page.view.opened.emit(page.model.shown[2])
        self.take("history-answer")
        page.bar.back_button.click()
        page.search.set_text("sao paulo")
        self.take("history-search")
        page.search.clear()
        session.history.open_keeping()
        self.take("history-keeping")
        session.history._back()
        session.history.ask_before("csv", session._vault.history, Path("/home/ana/history.csv"))
        self.take("history-export")
        session.close()

    def show_qr(self, name: str) -> None:
        asked = self.window.page
        assert isinstance(asked, PasswordAgainPage)
        asked.password.set_text("four words or so")
        asked.button.click()
        self.wait(lambda: isinstance(self.window.page, QrPage), 5)
        self.take(name)
        if name == "qr":
            self.take("qr-wide", wide=True)

    def everything(self, folder: Path) -> None:
        self.pages()
        self.recovering(folder / "damaged")
        self.rescuing(folder / "rescued")
        self.questions()
        session = self.session(folder / "empty", empty=True)
        self.take("empty")
        session.close()
        take_keyring_offer(self)
        take_demo(self, folder / "demo")
        take_about(self, folder / "about")
        session = self.session(folder / "full")
        self.take("list")
        session.notices.show_trouble(full_disk(), session.saves.save)
        session.notices.offer_new_password()
        self.take("list-notices")
        session.notices.notice.hide()
        session.notices.reminder.hide()
        session.adding.open_scan()
        self.wait(seconds=1.5)
        self.take("scan")
        session.open_text(LINK)
        pages = self.window.page
        assert isinstance(pages, AddPages)
        self.wait(lambda: pages.currentWidget() is pages.preview_page, 3)
        self.take("preview")
        self.adding(session, pages)
        session.close()
        self.listing(folder / "listed")
        self.finding(folder / "found")
        self.editing(folder / "edited")
        self.settings(folder / "set")
        self.outside()
        self.transfer(folder / "moved")
        self.history(folder / "past")
        self.requests(folder / "requests")
        self.numbers(folder / "numbers")
        self.push(folder / "push")
        self.moving(folder / "elsewhere")
        session = self.session(folder / "asking", waiting=1)
        self.wait(session.desk.strips.banner.isVisible, 3)
        self.take("banner")
        self.window.resize(1000, 700)
        self.take("wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        session.desk.open()
        form = session.desk.page.form
        assert form is not None
        assert form.cells is not None
        form.cells.setText("K7")
        self.take("request")
        session.open_text(REQUEST_LINK)
        self.take("request-handed-over")
        session.close()

    def listing(self, folder: Path) -> None:
        """Take hidden codes with one revealed, and a row on its way to another place."""
        session = self.session(folder)
        view, model = session.place.list.view, session.place.model
        model.hide_codes(True)
        model.reveal(model.index(1).data(Role.ACCOUNT_ID))
        self.take("list-hidden")
        self.take("list-hidden-wide", wide=True)
        self.window.resize(WIDTH, HEIGHT)
        self.wait()
        model.hide_codes(False)
        view.show_compact(True)
        self.take("list-compact")
        view.show_compact(False)
        self.wait()
        start = view.visualRect(model.index(2)).center()
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
        for down in (20, 60, 112):
            QTest.mouseMove(view.viewport(), start + QPoint(0, down))
        self.take("list-drag")
        session.close()

    def finding(self, folder: Path) -> None:
        """Take Ctrl+K and F1."""
        session = self.session(folder)
        for wide in (False, True):
            end = "-wide" if wide else ""
            session.palette.open()
            self.take(f"palette{end}", wide=wide)
            session.palette.open()
            show_keys(self.window)
            self.take(f"keys{end}", wide=wide)
            show_keys(self.window)
        self.window.resize(WIDTH, HEIGHT)
        session.palette.open()
        sheet = self.window.sheet
        assert isinstance(sheet, PaletteSheet)
        for text, name in (("so", "palette-search"), ("zebra", "palette-nothing")):
            sheet.field.set_text(text)
            self.take(name)
        session.palette.open()
        session.place.list.search.set_text("zebra")
        self.take("list-nothing")
        session.close()

    def adding(self, session: Session, pages: AddPages) -> None:
        """Take the pages for several codes, the form, and the window under a drop."""
        pages.leave()
        session.adding.open_scan()
        self.wait(lambda: pages.scan_page.view.has_picture, 3)
        links = export(exported_accounts(), 7).links
        session.open_text(links[0])
        self.take("google-export-scan")
        session.open_text("\n".join(links))
        self.take("google-export")
        pages.leave()
        session.open_text(f"{LINK}\n{LONG_LINK}\n{PIN_LINK}")
        self.take("choose")
        pages.leave()
        session.adding.open_manual()
        form = pages.manual_page
        form.secret.set_text("JBSW Y3DP EHPK 3PX0")
        form.service.set_text("Kalos Club")
        self.wait(lambda: bool(form.remark(form.secret)), 2)
        self.take("manual")
        pages.leave()
        self.signing_in(pages)
        pages.leave()
        session.show_accounts()
        data = QMimeData()
        data.setText(LINK)
        where, keys = QPoint(200, 300), Qt.KeyboardModifier.NoModifier
        copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        QApplication.sendEvent(self.window, QDragEnterEvent(where, copy, data, button, keys))
        self.take("drop")
        QApplication.sendEvent(self.window, QDragLeaveEvent())

    def signing_in(self, pages: AddPages) -> None:
        """Take signing in by way of the browser."""
        pages._sign_in = lambda origin, _name: InTheBrowser(origin)
        pages.browser_page._open_address = lambda _: True
        pages.open_sign_in()
        self.window.show_page(pages)
        form = pages.address_page
        form.address.set_text(
            "login.xn--klub-kalos-der-langen-namen-yfc.intranet.example.lan:8443"
        )
        self.take("sign-in")
        form.address.set_text("ana@login.kalos.ch")
        self.wait(lambda: "user name" in form.remark.text(), 2)
        self.take("sign-in-wrong")
        form.address.set_text("login.kalos.ch")
        form.button.click()
        pages.preview_page.device_name.set_text("Ana’s notebook")
        self.take("sign-in-confirm")
        pages.preview_page.confirm_button.click()
        self.wait(pages.browser_page.open_button.isVisible, 3)
        self.take("sign-in-browser")
        pages._sign_in = lambda origin, _name: InTheBrowser(origin, denied=True)
        pages._open_browser()
        self.wait(pages.browser_page.again_button.isVisible, 3)
        self.take("sign-in-denied")

    def close(self) -> None:
        self.jobs.stop()
        self.window.close()
        self.clipboard.clear()


def old_app() -> list[str]:
    """Return the links of an app that somebody leaves, made of the sample accounts and others."""
    made = [
        otpauth.write(each.otp, each.issuer, each.account)
        for each in sample_accounts()[1:3]
        if each.otp
    ]
    others = ("Nextcloud:ana@cloud.example", "Mastodon:ana", "Home%20router:admin")
    made += [f"otpauth://totp/{each}?secret=NBSWY3DPEB3W64TMMQQGC5LUNAQQ" for each in others]
    like = (
        "otpauth://totp/AWS:root%20%C2%B7%204471-0092?secret=GEZDGNBVGY3TQOJQGEZDGNBV&issuer=AWS"
    )
    return [*made, like, "otpauth://totp/Old?secret=", "Backup codes: 1234"]


def exported_accounts() -> list[OtpauthEntry]:
    """Return what stands in an export of two QR codes: new, there already, alike, and long names."""
    here = {account.issuer: account for account in sample_accounts()}
    entries = [
        OtpauthEntry(otp=account.otp, issuer=account.issuer, account=account.account)
        for account in list(here.values())[:1]
        if account.otp is not None
    ]
    names = [
        ("Hetzner", "ana.keller@example.org"),
        (
            "The Society for the Preservation of Very Long Service Names",
            "a.long.address@mail.example",
        ),
        ("Nextcloud", "ana@cloud.example"),
        ("Fastmail", "ana@fastmail.example"),
    ]
    names += [(f"Archive {number}", "ana") for number in range(1, 8)]
    for number, (issuer, account) in enumerate(names, 1):
        otp = OtpParameters(type=OtpType.TOTP, secret=bytes([number]) * 20)
        entries.append(OtpauthEntry(otp=otp, issuer=issuer, account=account))
    return entries


def past_answers() -> list[HistoryEntry]:
    """Return answers of three weeks, of every kind and with long names."""
    long = "The Society for the Preservation of Very Long Service Names"
    said = (
        (0.3, "approve", "approved", "Kalos Club", "Firefox on Windows", "Geneva, Switzerland"),
        (1.6, "deny", "denied", "privacyIDEA · Uni Basel", "Chrome on Android", "Basel"),
        (1.7, "not_me", "denied", "Kalos Club", "Unknown browser", "São Paulo, Brazil"),
        (9.0, "approve", "approved", long, "Safari on macOS", "Llanfairpwllgwyngyll, Wales"),
        (26.0, "approve", "expired", "Kalos Club", "Firefox on Linux", ""),
        (27.5, "approve", "answered_elsewhere", "Kalos Club", "Edge on Windows", "Lausanne"),
        (51.0, "approve", "wrong_code", "privacyIDEA · Uni Basel", "Firefox on Linux", "Basel"),
        (76.0, "deny", "unknown", "Kalos Club", "Firefox on Windows", "Geneva, Switzerland"),
        (490.0, "approve", "approved", "Kalos Club", "Firefox on Windows", "Geneva, Switzerland"),
    )
    return [
        HistoryEntry(
            at=NOW - hours * 3_600,
            account_id=("a3" if "Basel" in service else "a1").rjust(16, "0"),
            service=service,
            account="a.ferrer@unibas" if "Basel" in service else "ana@kalos.ch",
            ip="185.12.64.9",
            place=place,
            user_agent=browser,
            decision=decision,
            result=result,
            request_id=f"answered{number}",
        )
        for number, (hours, decision, result, service, browser, place) in enumerate(said)
    ]


def full_disk() -> NotSaved:
    return NotSaved(
        "Not saved", "The disk is full. The vault on disk is as it was", "Make room and try again"
    )


def can_show_video() -> bool:
    try:
        import PySide6.QtMultimedia  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> int:
    application = QApplication(sys.argv[:1])
    if not QFontDatabase.hasFamily("Inter"):
        print("The font Inter is not installed: the pictures will look different.")
    theme = Theme(application)
    for scheme, name in ((Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark")):
        theme.choose(scheme)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            studio = Studio(application, name)
            studio.everything(Path(folder))
            studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
