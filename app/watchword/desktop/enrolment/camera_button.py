"""Which camera: its name on the viewfinder, and a menu of the others."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from watchword.desktop.enrolment.frame_source import Camera
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import colours_of, text_font
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.plain_text import plain_text

_WIDEST = 220
_GROUND = QColor(0, 0, 0, 150)
_GROUND_LIT = QColor(0, 0, 0, 200)


class CameraButton(Pressable):
    """Shows the camera in use; pressing offers the others and the mirror."""

    camera_chosen = Signal(str)
    mirror_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFont(text_font(12.5))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._menu = Menu(self, lasting=True)
        self.clicked.connect(self._open)
        self._cameras: tuple[Camera, ...] = ()
        self._chosen = ""
        self._mirrored = True

    def show_cameras(self, cameras: tuple[Camera, ...], chosen: str) -> None:
        """Say which camera is in use, of which."""
        self._cameras, self._chosen = cameras, chosen
        name = next((plain_text(each.name) for each in cameras if each.id == chosen), "")
        self.setText(name or self.tr("Cameras"))
        self.setAccessibleName(self.tr("Camera: {name}").format(name=self.text()))
        self.setVisible(bool(cameras))
        self.adjustSize()

    def show_mirrored(self, mirrored: bool) -> None:
        """Say whether the picture is mirrored."""
        self._mirrored = mirrored

    def menu_shown(self) -> QMenu:
        """Return the menu with one checkable entry for each camera, and the mirror."""
        menu = self._menu
        menu.clear()
        for camera in self._cameras:
            # An ampersand in a name would underline what follows it.
            action = menu.addAction(plain_text(camera.name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(camera.id == self._chosen)
            action.setData(camera.id)
            action.triggered.connect(self._camera_picked)
        menu.addSeparator()
        mirror = menu.addAction(self.tr("Mirror the picture"))
        mirror.setCheckable(True)
        mirror.setChecked(self._mirrored)
        mirror.toggled.connect(self._mirror_picked)
        return menu

    def _open(self) -> None:
        menu = self.menu_shown()
        menu.popup(self.mapToGlobal(self.rect().topLeft()))

    def _camera_picked(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.camera_chosen.emit(str(action.data()))

    def _mirror_picked(self, mirrored: bool) -> None:
        self._mirrored = mirrored
        self.mirror_changed.emit(mirrored)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = min(metrics.horizontalAdvance(self.text()), _WIDEST)
        return QSize(width + 42, metrics.height() + 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        body = body_of(self)
        draw_body(painter, body, 8, _GROUND_LIT if self.lit else _GROUND)
        if self.ring_shown:
            draw_focus(painter, body, 8, colours_of(self))
        painter.setFont(self.font())
        painter.setPen(Qt.GlobalColor.white)
        room = body.adjusted(10, 0, -26, 0)
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        arrow = QRectF(body.right() - 23, body.center().y() - 7, 14, 14)
        draw_icon(painter, "down", arrow, QColor(Qt.GlobalColor.white))
