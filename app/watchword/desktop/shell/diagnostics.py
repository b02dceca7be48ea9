"""The report that somebody in trouble can paste: what runs where, and nothing of the vault.

Only what is named here gets in, each value of a kind that cannot hold a name, an address or a
secret: numbers, versions, and words that are made of our own choices.
"""

import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QGuiApplication

from watchword import __version__
from watchword.desktop.shell.faults import Fault
from watchword.settings import Settings
from watchword.system.paths import is_portable
from watchword.vault import OpenVault
from watchword.vault.file_format import MAJOR

_WORD = re.compile(r"[A-Za-z0-9._:+-]{1,40}")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_LIBRARIES = ("cryptography", "keyring", "zxing-cpp", "httpcore2", "pillow", "numpy", "jeepney")
UNKNOWN = "not looked at"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What takes a moment to find out: asked for when a report is wanted."""

    keyring: str = UNKNOWN
    portal: str = UNKNOWN
    cameras: str = UNKNOWN


def look_around() -> Surroundings:
    """Find out about keyring and portal; for a worker's thread."""
    from watchword.system.keyring import SystemKeyring
    from watchword.system.screenshot_portal import portal_answers

    keyring = "none in portable mode" if is_portable() else SystemKeyring().kind()
    return Surroundings(keyring=keyring, portal="yes" if portal_answers() else "no")


def count_cameras() -> str:
    """Return how many cameras there are; on the GUI thread, as Qt wants it."""
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return "no camera support installed"
    return str(len(QMediaDevices.videoInputs()))


def vault_facts(vault: OpenVault) -> str:
    """Return what kind of vault it is: its format, and the kinds of ways that open it."""
    ways = []
    for slot in vault.slots:
        cost = slot.cost
        derived = f" ({cost.memory_kib} KiB, {cost.passes} passes)" if cost else ""
        ways.append(f"{_word(slot.kind)}{derived}")
    return f"format {MAJOR}.{vault.header.minor}, opened by {', '.join(ways)}"


def report(
    settings: Settings,
    around: Surroundings,
    faults: Iterable[Fault],
    *,
    vault: str = "locked",
) -> str:
    """Return the whole report; `vault` is what `vault_facts` returned."""
    told = [line for fault in faults for line in fault.text.splitlines()]
    lines = [
        f"Watchword {__version__}{' (portable)' if is_portable() else ''}",
        # First, as it is what whoever reads the report looks for.
        "Faults since the start:" if told else "Faults since the start: none",
        *(f"  {line}" for line in told),
        f"Python {platform.python_version()}, PySide6 {pyside_version}, Qt {qVersion()}",
        f"Libraries: {', '.join(_libraries())}",
        f"System: {_system()}, {_word(platform.machine())}",
        f"Desktop: {_environment('XDG_CURRENT_DESKTOP')}, {_environment('XDG_SESSION_TYPE')}",
        f"Qt's platform: {_word(QGuiApplication.platformName())}",
        f"Language: {_word(QLocale.system().name())}",
        f"Screens: {', '.join(_screens())}",
        f"Keyring: {around.keyring}",
        f"Screenshot portal: {around.portal}",
        f"Cameras: {around.cameras}",
        f"Vault: {vault}",
        "Settings:",
        *(f"  {line}" for line in _settings(settings)),
    ]
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else "other"


def _environment(name: str) -> str:
    value = os.environ.get(name, "")
    return _word(value) if value else "unnamed"


def _libraries() -> Iterable[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue


def _system() -> str:
    if sys.platform == "win32":
        return f"Windows {_number(platform.version())}"
    if sys.platform == "darwin":
        return f"macOS {_number(platform.mac_ver()[0])}"
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    name, version = release.get("ID", ""), release.get("VERSION_ID", "")
    return f"{_word(name)} {_word(version)}, Linux {_number(platform.release())}"


def _number(version: str) -> str:
    found = _VERSION.match(version)
    return found[0] if found else "of another version"


def _screens() -> Iterable[str]:
    for screen in QGuiApplication.screens():
        size = screen.size()
        scale = screen.devicePixelRatio()
        yield f"{size.width()}×{size.height()} at {scale:g}×"


def _settings(settings: Settings) -> Iterable[str]:
    for subject, values in asdict(settings).items():
        told = ", ".join(f"{name} {_value(value)}" for name, value in values.items())
        yield f"{subject}: {told}"


def _value(value: bool | int | str | Sequence[int] | None) -> str:
    if isinstance(value, str):
        return _word(value) if value else "as the system"
    if isinstance(value, bool) or value is None:
        return {True: "on", False: "off", None: "not asked"}[value]
    return str(value) if isinstance(value, int) else "×".join(map(str, value)) or "none"
