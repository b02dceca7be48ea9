"""Changes the vault's code in one place at a time, and counts the changes that no test notices.

    python tests/mutants.py [--jobs J] [--sample N --seed S] [MODULE …]

A mutant is one changed comparison, number, condition, operator, label or left-out statement. It is *killed* when
a test fails, the tests do not end, or the module does not import. Texts for people and type hints are not changed.
The survivors are printed: each is either a missing test or a change that makes no difference, and docs/vault-tests.md
says which.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
VAULT = ROOT / "app" / "watchword" / "vault"
MODULES = ("crypto", "keyslots", "slots", "durable", "storage")
UNIT = "tests/unit/vault"
TESTS = [
    f"{UNIT}/test_{name}.py"
    for name in (
        "crypto",
        "wiping",
        "cancelling",
        "keyring_slot",
        "vault",
        "durable",
        "storage",
        "edges",
        "backups",
        "key_unconfirmed",
        "odd_places",
        "newer_codes",
        "vectors",
        "damage",
    )
]
# Tests that are ended in the middle leave their folders, and the next run must not wait to clear them.
TEMPORARY = Path(tempfile.gettempdir()) / f"watchword-mutants-{os.getpid()}"
TIMES = 5  # a mutant whose tests take so many times as long as the unchanged code's hangs

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    module: str
    line: int
    what: str
    source: str


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    tree = ast.parse((VAULT / f"{module}.py").read_text("utf-8"))
    for number, (node, what) in enumerate(_places(tree)):
        changed = copy.deepcopy(tree)
        target, _ = list(_places(changed))[number]
        _change(changed, target, what)
        yield Mutant(module, getattr(node, "lineno", 0), what, ast.unparse(changed))


def _places(tree: ast.Module) -> list[tuple[ast.AST, str]]:
    """Return what can be changed, in a fixed order."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        for part in _untouched(node)
        for inner in ast.walk(part)
    }
    places: list[tuple[ast.AST, str]] = []
    for node in ast.walk(tree):
        if id(node) not in skipped:
            places += [(node, what) for what in _kinds(node)]
    return places


def _untouched(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that hold no behaviour: hints, errors' texts, docstrings."""
    if isinstance(node, ast.FunctionDef):
        hints = [each.annotation for each in (*node.args.args, *node.args.kwonlyargs)]
        return [each for each in (*hints, node.returns, *node.decorator_list) if each]
    if isinstance(node, ast.AnnAssign):
        return [node.annotation]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list]
    return []


def _kinds(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        return ["comparison"]
    if isinstance(node, ast.Compare):
        return ["first comparison", "last comparison"]
    if isinstance(node, ast.BoolOp):
        return ["and/or"]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return ["operator"]
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            return ["true/false"]
        if isinstance(node.value, int | float):
            return ["number"]
        return ["label"] if isinstance(node.value, bytes) and node.value else []
    if isinstance(node, ast.If | ast.While):
        return ["condition"]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ["left out"]
    if isinstance(node, ast.Raise):
        return ["left out"]
    return []


def _change(tree: ast.Module, node: ast.AST, what: str) -> None:
    if isinstance(node, ast.Compare):
        place = 0 if what == "first comparison" else -1
        node.ops[place] = COMPARISONS[type(node.ops[place])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.BinOp):
        node.op = OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Constant):
        value = node.value
        node.value = not value if isinstance(value, bool) else _other(value)
    elif isinstance(node, ast.If | ast.While):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    else:
        _leave_out(tree, node)
    ast.fix_missing_locations(tree)


def _other(value: object) -> object:
    return value[:-1] + b"?" if isinstance(value, bytes) else value + 1  # type: ignore[operator]


def _leave_out(tree: ast.Module, node: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and node in block:
                block[block.index(node)] = ast.Pass()


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != f"watchword.vault.{self.mutant.module}":
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(VAULT / f"{self.mutant.module}.py")
        exec(compile(self.mutant.source, module.__file__, "exec"), module.__dict__)


def is_killed(mutant: Mutant, seconds: float) -> bool:
    """Run the tests with the mutant in a child process, for at most `seconds`."""
    child = os.fork()
    if child == 0:
        try:
            _run_tests(mutant)
        finally:
            os._exit(99)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.05)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return True


def _run_tests(mutant: Mutant) -> None:
    import pytest

    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.meta_path.insert(0, Changed(mutant))
    options = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    # The module's own tests first: most mutants end there.
    tests = sorted(TESTS, key=lambda each: mutant.module not in each)
    os._exit(int(pytest.main([*options, f"--basetemp={TEMPORARY}/{os.getpid()}", *tests])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", default=MODULES)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    import pytest  # once here, not once in every child

    assert pytest
    found = [mutant for module in arguments.modules for mutant in mutants_of(module)]
    every = len(found)
    if arguments.sample:
        found = random.Random(arguments.seed).sample(found, min(arguments.sample, every))
    print(f"{len(found)} of {every} mutants", flush=True)
    unchanged = (VAULT / "crypto.py").read_text("utf-8")
    TEMPORARY.mkdir()
    started = time.monotonic()
    if is_killed(Mutant("crypto", 0, "nothing", unchanged), 1_000.0):
        print("the tests fail without any change: nothing can be told", file=sys.stderr)
        return 2
    # All at once they take longer than one alone.
    is_caught = partial(
        is_killed, seconds=TIMES * (1 + arguments.jobs) * (time.monotonic() - started)
    )
    survivors = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for mutant, killed in zip(found, pool.map(is_caught, found), strict=True):
            if not killed:
                survivors.append(mutant)
                print(f"survived: {mutant.module}.py:{mutant.line} {mutant.what}", flush=True)
    shutil.rmtree(TEMPORARY, ignore_errors=True)
    killed = len(found) - len(survivors)
    print(f"{killed} of {len(found)} mutants killed: {killed / len(found):.1%}")
    return 0 if killed >= 0.9 * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
