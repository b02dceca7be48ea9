"""Find the texts of the app: what the window says, and what the core says that it may show.

The window's are what stands in `tr(…)`, `self.tr(…)` and `plural(…)`. The core has no marks: its
errors and notices are English sentences, finished where they are raised, so every string of it that
reads like words is taken, an f-string with a {hole} for each value.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app" / "watchword"
CORE = "core"
# What says nothing to people, and what only the command line says.
_SILENT = {
    "__main__.py", "approvals/decide.py", "clock.py", "enrolment/cascade.py",
    "protocol/http_signing.py", "remote/loopback.py", "system/network_disks.py",
}  # fmt: skip
# Words that the core puts into its sentences.
_SINGLE = {
    "issuer", "name", "period", "counter", "digits", "Unnamed", "Nobody answers there", "secret", "today",
}  # fmt: skip
# What the core says to itself, and names that are the same everywhere.
_NO_TEXTS = {
    "Google Drive", "Mobile Documents", "Resilio Sync", "Desktop Entry", "The bus is gone", "The session bus is gone", "URL Protocol", "begin() comes first",
    "contact() comes first", "iCloud Drive", "no deadline was set", "not a list of texts", "not a reason",
    "not all texts", "not an answer", "the deadline has passed", "vault {vault_id} slot {slot_id}",
    "wait() comes first", "watchword {version}", "Watchword {version} · {value}", "{name} is no JSON",
}  # fmt: skip
_WORDS = re.compile(r"^[\w“·(][^|@=\[\]\r\n]*$")
_REPR = re.compile(r"^[A-Z]\w+\(\{")


def found() -> Catalog:
    """Return every text with where it stands."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(APP.rglob("*.py")):
        name = path.relative_to(APP).as_posix()
        part = name.partition("/")[0]
        if part == "cli" or name in _SILENT:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if part == "desktop":
            for text, meaning in _of_window(tree):
                catalogue.add(text, locations=[(name, 0)], context=meaning)
        else:
            for words in _of_core(tree):
                catalogue.add(words, locations=[(name, 0)], context=CORE)
    return catalogue


def _of_window(tree: ast.Module) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        name = _name(node.func)
        if name == "tr" and texts:
            yield texts[0], texts[1] if len(texts) > 1 else None
        elif name == "plural" and len(texts) > 1:
            yield (texts[0], texts[1]), None


def _of_core(tree: ast.Module) -> Iterator[str]:
    hidden = _docstrings(tree)
    constants = _constants()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            hidden.update(id(value) for value in node.values)
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = _with_holes(node, constants)
        else:
            continue
        bare = re.sub(r"\{\w+\}", "", text)
        reads = " " in text.strip() and re.search("[a-z]{2}", bare) and _WORDS.match(bare.strip())
        if (reads or text in _SINGLE) and text not in _NO_TEXTS and not _REPR.match(text):
            yield text


def _docstrings(tree: ast.Module) -> set[int]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, kinds)]
    firsts = [body[0] for body in bodies if body]
    return {id(first.value) for first in firsts if isinstance(first, ast.Expr)}


@cache
def _constants() -> dict[str, str]:
    """Return the texts that have a name, as they stand in sentences of other modules too."""
    found: dict[str, str] = {}
    for path in APP.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
                and " " in node.value.value
            ):
                found[node.targets[0].id] = node.value.value
    return found


def _with_holes(text: ast.JoinedStr, constants: dict[str, str]) -> str:
    parts: list[str] = []
    taken: dict[str, int] = {}
    for value in text.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
            continue
        assert isinstance(value, ast.FormattedValue)
        name = _name(value.value)
        if name in constants:
            parts.append(constants[name])
            continue
        name = name.strip("_").lower()
        taken[name] = taken.get(name, 0) + 1
        parts.append("{" + name + (str(taken[name]) if taken[name] > 1 else "") + "}")
    return "".join(parts)


def _name(value: ast.expr) -> str:
    """Return what a value is called, or what it is made of: `plain_text(known.user)` is a user."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Subscript(value=whole) | ast.BinOp(left=whole):
            return _name(whole)
    return "value"
