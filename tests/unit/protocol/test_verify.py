"""docs/verify.py, which does what docs/protocol.md says without our code, agrees with every vector."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import protocol_vectors

VERIFY = Path(__file__).resolve().parents[3] / "docs" / "verify.py"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    # Isolated: not even by chance can it import what is ours.
    return subprocess.run(
        [sys.executable, "-I", str(VERIFY), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_agrees_with_every_vector() -> None:
    done = run(protocol_vectors.FOLDER)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    cases, rest = done.stdout.split(" ", 1)
    assert int(cases) > 1000
    assert rest == "cases, 0 disagree\n"


def test_it_imports_nothing_of_ours() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(VERIFY.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_it_notices_a_vector_that_is_wrong(tmp_path: Path) -> None:
    shutil.copytree(protocol_vectors.FOLDER, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "messages.json"
    groups = json.loads(path.read_text("utf-8"))
    for group in groups:
        for case in group["cases"]:
            case["outcome"] = "refused" if case["outcome"] == "ok" else "ok"
    path.write_text(protocol_vectors.written(groups), "utf-8")
    done = run(tmp_path)
    assert done.returncode == 1
    wrong = sum(len(group["cases"]) for group in groups)
    assert done.stdout.splitlines()[-1].endswith(f"cases, {wrong} disagree")
