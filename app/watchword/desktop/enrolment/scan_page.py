"""The page that looks: a camera's viewfinder, and the other places a code can come from."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.camera_button import CameraButton
from watchword.desktop.enrolment.camera_scan import CameraScan
from watchword.desktop.enrolment.frame_source import FrameSource, SourceState
from watchword.desktop.enrolment.video_view import VideoView
from watchword.desktop.look.theme import MARGIN, RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.title_bar import TitleBar
from watchword.errors import WatchwordError

_WIDEST = 560
_HINT_SECONDS = 2.5


class ScanPage(QWidget):
    """Uses the camera exactly while it is on the screen."""

    back_pressed = Signal()
    found = Signal(object)  # tuple[str, ...]: login codes held before the camera
    screen_asked = Signal()
    picture_asked = Signal()
    clipboard_asked = Signal()
    typing_asked = Signal()
    sign_in_asked = Signal()
    camera_kept = Signal(str, bool)  # the camera's id and whether it is mirrored, to be kept

    def __init__(
        self,
        source: FrameSource,
        jobs: Jobs,
        clock: Clock,
        *,
        screens: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`screens` says whether what is on the screens can be read."""
        super().__init__(parent)
        self._screens = screens
        self._away = False
        self._camera_id = ""  # the one the person chose
        self._source = source
        self._scan = CameraScan(source, jobs, clock, self)
        self._scan.found.connect(self.found)
        self._scan.something_else.connect(self._say_what_it_is)
        source.state_changed.connect(self._show_state)
        source.cameras_changed.connect(self._show_cameras)
        self._build()
        self._scan.pictured.connect(self.view.show_picture)
        self._hint_over = QTimer(self)
        self._hint_over.setSingleShot(True)
        self._hint_over.setInterval(int(_HINT_SECONDS * 1000))
        self._hint_over.timeout.connect(self._usual_hint)
        self._usual_hint()

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        bar = TitleBar(self.tr("Scan a QR code"), self, back=True)
        bar.back_pressed.connect(self.back_pressed)
        whole.addWidget(bar)
        across = QHBoxLayout()
        across.setContentsMargins(MARGIN - RING, 0, MARGIN - RING, 0)
        inner = QWidget(self)
        inner.setMaximumWidth(_WIDEST)
        across.addStretch(1)
        across.addWidget(inner, 1000)
        across.addStretch(1)
        whole.addLayout(across, 1)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(8)
        self.view = VideoView(self.tr("Camera picture"), inner)
        self.view.installEventFilter(self)
        column.addWidget(self.view, 1)
        self.camera_button = CameraButton(self.view)
        self.camera_button.camera_chosen.connect(self._choose_camera)
        self.camera_button.mirror_changed.connect(self._mirror)
        self.camera_button.hide()
        self._hint = Label("", inner, ink=Ink.QUIET, lines=2, align=Qt.AlignmentFlag.AlignHCenter)
        self._hint.setObjectName("hint")
        # Room for two lines always, so that the viewfinder does not jump when the hint changes.
        self._hint.setMinimumHeight(int(self._hint.fontMetrics().height() * 2.3))
        column.addWidget(self._hint)
        self.progress = Notice(inner)  # of an export with several QR codes
        column.addWidget(self.progress)
        self.notice = Notice(inner)
        column.addWidget(self.notice)
        ways = QHBoxLayout()
        ways.setSpacing(8 - 2 * RING)
        self.screen_card = ChoiceCard("computer", self.tr("From screen"), parent=inner, tall=True)
        self.screen_card.setVisible(self._screens)
        self.picture_card = ChoiceCard("picture", self.tr("Picture"), parent=inner, tall=True)
        self.clipboard_card = ChoiceCard(
            "clipboard", self.tr("Clipboard"), parent=inner, tall=True
        )
        for card, asked in (
            (self.screen_card, self.screen_asked),
            (self.picture_card, self.picture_asked),
            (self.clipboard_card, self.clipboard_asked),
        ):
            card.clicked.connect(asked)
            ways.addWidget(card)
        column.addLayout(ways)
        self.type_button = LinkButton(self.tr("Type it in instead"), inner)
        self.type_button.clicked.connect(self.typing_asked)
        self.sign_in_button = LinkButton(self.tr("Sign in from this computer"), inner)
        self.sign_in_button.clicked.connect(self.sign_in_asked)
        others = QHBoxLayout()
        others.addStretch(1)
        others.addWidget(self.type_button)
        others.addWidget(self.sign_in_button)
        others.addStretch(1)
        column.addLayout(others)

    def look_again(self) -> None:
        """Look for codes again after `found`, or after looking away."""
        if self._away:
            self._away = False
            self._start()
        self._scan.look_again()

    def look_away(self) -> None:
        """Turn the camera off and show nothing of what it saw, until `look_again`."""
        self._away = True
        self._scan.stop()
        self.view.show_message("computer", self.tr("Reading the screens…"))
        self.view.repaint()

    def show_error(self, error: WatchwordError) -> None:
        """Say why what was given leads nowhere."""
        self.notice.show_error(error)

    def show_progress(self, title: str, text: str = "") -> None:
        """Say how many QR codes of an export were scanned; nothing when `title` is empty."""
        if title:
            self.progress.show_texts(title, text, kind="accent")
            said = QAccessibleAnnouncementEvent(self.progress, f"{title}. {text}")
            QAccessible.updateAccessibility(said)
        else:
            self.progress.hide()

    def hint(self) -> str:
        """Return the line below the viewfinder."""
        return self._hint.text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._away = False
        self.notice.hide()
        # The page is drawn before the camera's libraries are loaded.
        QTimer.singleShot(0, self, self._start)

    def hideEvent(self, event: QHideEvent) -> None:
        self._hint_over.stop()
        self._scan.stop()
        super().hideEvent(event)

    def _start(self) -> None:
        if self.isVisible() and not self._away:
            self._usual_hint()
            self._scan.start()
            self._show_cameras()
            self._show_state()

    def _show_state(self) -> None:
        self._show_cameras()
        works = self.tr("A picture, the clipboard and typing work without one.")
        match self._source.state:
            case SourceState.STARTING:
                self.view.show_message("camera", self.tr("Starting the camera…"))
            case SourceState.NO_CAMERA:
                self.view.show_message("camera", self.tr("No camera found"), works)
            case SourceState.UNPLUGGED:
                text = self.tr("Plug it in again, and it goes on by itself.")
                self.view.show_message("camera", self.tr("The camera was unplugged"), text)
            case SourceState.REFUSED:
                text = self.tr("Allow Watchword to use it in the system's privacy settings.")
                self.view.show_message("camera", self.tr("The camera may not be used"), text)
            case SourceState.BUSY:
                text = self.tr(
                    "Another program may be using it. Close that, then choose it again."
                )
                self.view.show_message("camera", self.tr("The camera does not start"), text)
            case SourceState.NOT_INSTALLED:
                title = self.tr("No camera support installed")
                self.view.show_message("camera", title, works)
            case SourceState.ON | SourceState.OFF:
                pass
        self._usual_hint()

    def _show_cameras(self) -> None:
        self.camera_button.show_cameras(self._source.cameras(), self._source.chosen())
        self._place_button()

    def use_camera(self, camera_id: str, *, mirrored: bool) -> None:
        """Use what was chosen an earlier time; a camera that is not there now is waited for."""
        self._camera_id = camera_id
        self._source.choose(camera_id)
        self.view.mirrored = mirrored
        self.camera_button.show_mirrored(mirrored)

    def _choose_camera(self, camera_id: str) -> None:
        self._camera_id = camera_id
        self._source.choose(camera_id)
        self.camera_kept.emit(camera_id, self.view.mirrored)

    def _mirror(self, mirrored: bool) -> None:
        self.view.mirrored = mirrored
        self.view.update()
        self.camera_kept.emit(self._camera_id, mirrored)

    def _usual_hint(self) -> None:
        if self._hint_over.isActive():
            return
        self._hint.set_ink(Ink.QUIET)
        self._hint.setText(
            self.tr(
                "Hold the code in the frame, or drop a picture of it here. "
                "Nothing leaves this computer."
            )
        )

    def _say_what_it_is(self, what: str) -> None:
        self.say_hint(self.tr("This is {what}, not a login code.").format(what=what))

    def say_hint(self, text: str) -> None:
        """Say something below the viewfinder for a moment."""
        self._hint.set_ink(Ink.WARN)
        self._hint.show_text(text)
        self._hint_over.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self._place_button()
        return super().eventFilter(watched, event)

    def _place_button(self) -> None:
        button = self.camera_button
        button.move(9, self.view.height() - button.height() - 9)
