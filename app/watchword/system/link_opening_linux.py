"""Links on Linux: a desktop entry of ours, and the person's own list of which entry opens what.

Source: Association between MIME types and applications 1.0.1.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from watchword.system.link_opening import SCHEMES, Openers, shown_name
from watchword.system.starting import exec_value

ENTRY = "watchword.desktop"
_LIST = "mimeapps.list"
_CHOSEN, _CACHE, _ENTRY = "[Default Applications]", "[MIME Cache]", "[Desktop Entry]"
_KINDS = tuple(f"x-scheme-handler/{scheme}" for scheme in SCHEMES)
_LARGEST_BYTES = 1 << 20


class DesktopEntry:
    """The entry of the package where one is installed, else one for this person alone."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` is what our own entry starts, with the link behind it."""
        self._text = (
            f"{_ENTRY}\nType=Application\nName=Watchword\nIcon=watchword\n"
            f"Exec={exec_value(command)} %u\nTerminal=false\nNoDisplay=true\n"
            f"MimeType={';'.join(_KINDS)};\n"
        )
        home = Path.home()
        self._config = _folder("XDG_CONFIG_HOME", home / ".config")
        self._data = _folder("XDG_DATA_HOME", home / ".local" / "share")
        self._all_config = (self._config, *_folders("XDG_CONFIG_DIRS", "/etc/xdg"))
        shared = _folders("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
        self._all_data = tuple(each / "applications" for each in (self._data, *shared))
        self._own = self._all_data[0] / ENTRY

    def look(self) -> Openers:
        """Return who opens them, as every program finds it out that asks."""
        found = {kind: self._opener(kind) for kind in _KINDS}
        others = {entry for entry in found.values() if entry and entry.name != ENTRY}
        ours = all(entry and entry.name == ENTRY for entry in found.values())
        # An entry of ours that starts what is not there any more opens nothing.
        if ours and _read(self._own) not in {"", self._text}:
            ours = False
        return Openers(ours, tuple(sorted({_name(entry) for entry in others})))

    def take(self) -> None:
        """Write our entry where no package brought one, and put it before the others."""
        if not any((folder / ENTRY).exists() for folder in self._all_data[1:]):
            _write(self._own, self._text)
        else:
            self._own.unlink(missing_ok=True)  # an older one would go before the package's
        for path in self._lists_to_change():
            _write(path, _edited(_whole(path), add=True))

    def give_back(self) -> None:
        """Take our entry out of the list again: what stood behind it counts again."""
        for path in self._lists_to_change():
            if path.exists():
                _write(path, _edited(_whole(path), add=False))
        self._own.unlink(missing_ok=True)

    def _lists_to_change(self) -> Iterator[Path]:
        """Give the person's own list, and that for their desktop alone where it names our links."""
        for name in _list_names():
            path = self._config / name
            if name == _LIST or any(_values(_read(path), _CHOSEN, kind) for kind in _KINDS):
                yield path

    def _opener(self, kind: str) -> Path | None:
        """Return the entry that opens `kind`."""
        for folder in (*self._all_config, *self._all_data):
            for name in _list_names():
                for entry in _values(_read(folder / name), _CHOSEN, kind):
                    if found := self._find(entry):
                        return found
        for folder in self._all_data:
            for entry in _values(_read(folder / "mimeinfo.cache"), _CACHE, kind):
                if found := self._find(entry):
                    return found
        return None

    def _find(self, entry: str) -> Path | None:
        if not entry or "/" in entry:
            return None
        return next((f / entry for f in self._all_data if (f / entry).exists()), None)


def _folder(variable: str, default: Path) -> Path:
    given = Path(os.environ.get(variable, ""))
    return given if given.is_absolute() else default


def _folders(variable: str, default: str) -> tuple[Path, ...]:
    given = os.environ.get(variable) or default
    return tuple(Path(each) for each in given.split(":") if Path(each).is_absolute())


def _list_names() -> tuple[str, ...]:
    desktops = os.environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":")
    return (*(f"{each}-{_LIST}" for each in desktops if each and "/" not in each), _LIST)


def _read(path: Path) -> str:
    """Return the text of a file, whatever else is in it; empty for one that is not there."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(_LARGEST_BYTES).decode("utf-8", "replace")
    return ""


def _whole(path: Path) -> str:
    """Return a file that is to be edited: what is no text in it comes through as it is.

    Empty where there is none. Raises OSError for one that cannot be read whole: it stays as it is.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    if len(data) > _LARGEST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data.decode("utf-8", "surrogateescape")


def _lines(text: str) -> list[str]:
    """Return the lines of a list, and nothing taken for a line's end that is none in such a file."""
    return text.removesuffix("\n").split("\n") if text else []


def _values(text: str, group: str, key: str) -> list[str]:
    """Return the values of `key` in `group`."""
    inside = False
    for line in _lines(text):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == group
        elif inside and "=" in stripped:
            name, _, value = stripped.partition("=")
            if name.strip() == key:
                return [each.strip() for each in value.split(";") if each.strip()]
    return []


def _name(entry: Path) -> str:
    """Return what a program calls itself, or its file's name."""
    said = ";".join(_values(_read(entry), _ENTRY, "Name"))
    return shown_name(said or entry.stem)


def _edited(text: str, *, add: bool) -> str:
    """Return a list with our entry first among those for our links, or without it."""
    wanted = {kind: [e for e in _values(text, _CHOSEN, kind) if e != ENTRY] for kind in _KINDS}
    if add:
        wanted = {kind: [ENTRY, *others] for kind, others in wanted.items()}
    lines = [f"{kind}={';'.join(entries)};" for kind, entries in wanted.items() if entries]
    edited: list[str] = []
    inside = placed = False
    for line in _lines(text):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == _CHOSEN
        if inside and stripped.partition("=")[0].strip() in _KINDS:
            continue
        edited.append(line)
        if stripped == _CHOSEN and not placed:
            placed = True
            edited += lines
    if lines and not placed:
        edited += [*([""] if edited else []), _CHOSEN, *lines]
    return "\n".join(edited) + "\n" if edited else ""


def _write(path: Path, text: str) -> None:
    """Write a file anew, all or nothing; a link to where it really lies stays one."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    number, new = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
        Path(new).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(new).replace(target)
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise
