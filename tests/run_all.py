"""The long forms of the tests, part by part; goes on where it stopped.

    python tests/run_all.py [--again] [PART …]

Each part is one command. Its last lines and time go to tests/results/PART.json, which is committed; a part that passed
with the present sources is not run again. At the end docs/test-results.md is written from all parts.
"""

import hashlib
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "tests" / "results"
TABLE = ROOT / "docs" / "test-results.md"
PYTHON = sys.executable
FAULTS = "tests/faults"

PARTS: dict[str, tuple[str, list[str]]] = {
    "sweep": (
        "every system call that touches the vault's folder x kill, errno, lie",
        [PYTHON, f"{FAULTS}/sweep.py", "--seed", "1"],
    ),
    "kills": ("random kills inside saves", [PYTHON, f"{FAULTS}/kills.py", "--seed", "1"]),
    "power": ("power cuts on ext4 and xfs", [PYTHON, f"{FAULTS}/power.py", "--seed", "1"]),
    "disks": (
        "disks that are full at 64 sizes, or turn read-only while saves run",
        [PYTHON, f"{FAULTS}/disks.py", "--seed", "1"],
    ),
    "crowd": (
        "4 processes x 1,000 interleaved edits; 200 parallel adds",
        [PYTHON, f"{FAULTS}/crowd.py", "--seed", "1"],
    ),
    "images": (
        "10,000 broken pictures through the decoder's process",
        [PYTHON, f"{FAULTS}/images.py", "--seed", "1"],
    ),
    "damage": (
        "every bit flip and truncation; vectors through the app and docs/decrypt.py",
        [PYTHON, "-m", "pytest", "-q", "-p", "no:randomly", "tests/unit/vault/test_damage.py",
         "tests/unit/vault/test_vectors.py"],
    ),
    "fuzz": (
        "10,000,000 inputs to everything that reads the text of a QR code",
        [PYTHON, "tests/fuzz/fuzzing.py", "-runs=10000000", "-seed=1"],
    ),
    "service-api": (
        "2,000 requests each, allowed and forbidden, to everything of the services' API, by schemathesis",
        [PYTHON, "tests/fuzz/service_api.py"],
    ),
    "races": (
        "50 at one moment use each thing that may be used once, 200 rounds, SQLite and PostgreSQL",
        [PYTHON, f"{FAULTS}/races.py"],
    ),
    "server-kills": (
        "500 times kill -9 of a server under load, SQLite and PostgreSQL",
        [PYTHON, f"{FAULTS}/server_kills.py", "--seed", "1"],
    ),
    "proxy": (
        "signing in, approving, held polls through a real nginx with TLS",
        [PYTHON, f"{FAULTS}/proxy.py"],
    ),
    "privacyidea-3.12": (
        "an older privacyIDEA, where a login that was declined can be approved: not from our side",
        [PYTHON, "tests/end2end/privacyidea/older_server.py"],
    ),
    "translated": (
        "every place of the window: in German between brackets, and what is cut in four languages",
        [PYTHON, "-m", "pytest", "-q", "tests/gui/every_place_translated.py"],
    ),
    "soak": (
        "30 minutes of locking, asking, restyling and translating; what the window leaves behind",
        [PYTHON, f"{FAULTS}/soak.py", "--seed", "1"],
    ),
    "coverage": (
        "every line and branch of the vault's code, by its own tests",
        [PYTHON, "tests/coverage_of_vault.py"],
    ),
    "mutants": (
        "mutation testing of the vault's crypto, slots and storage",
        [PYTHON, "tests/mutants.py"],
    ),
}  # fmt: skip

OF_THE_SERVER = {"races", "server-kills", "service-api", "proxy"}


def sources(part: str) -> str:
    """Return a digest of everything that could change this part's result."""
    code = ["app"] if part in OF_THE_SERVER else ["app/watchword"]
    names = subprocess.run(
        ["git", "ls-files", *code, "tests", ":!tests/results"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    digest = hashlib.sha256()
    for name in names:
        path = ROOT / name
        if path.exists():
            digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()


def run(part: str, now: str) -> bool:
    what, command = PARTS[part]
    print(f"--- {part}: {what}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    seconds = time.monotonic() - started
    print(done.stdout, flush=True)
    result = {
        "what": what,
        "command": " ".join(["python", *command[1:]]),
        "passed": done.returncode == 0,
        "seconds": round(seconds),
        "last": done.stdout.strip().splitlines()[-12:],
        "sources": now,
        "on": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    return done.returncode == 0


def passed_already(part: str, now: str) -> bool:
    path = RESULTS / f"{part}.json"
    if not path.exists():
        return False
    result = json.loads(path.read_text("utf-8"))
    return bool(result["passed"] and result["sources"] == now)


def write_table() -> None:
    lines = [
        "# What the long tests printed",
        "",
        "Written by `make test-all` (tests/run_all.py). Each part is one command; these are its last lines.",
        "",
    ]
    for part, (what, _) in PARTS.items():
        path = RESULTS / f"{part}.json"
        if not path.exists():
            lines += [f"## {part}: {what}", "", "Not run.", ""]
            continue
        result = json.loads(path.read_text("utf-8"))
        verdict = "passed" if result["passed"] else "FAILED"
        lines += [
            f"## {part}: {what}",
            "",
            f"`{result['command']}`: {verdict}, {result['seconds']} s, {result['on']}",
            "",
            "```",
            *result["last"],
            "```",
            "",
        ]
    TABLE.write_text("\n".join(lines), encoding="utf-8")


def main(arguments: list[str]) -> int:
    again = "--again" in arguments
    chosen = [each for each in arguments if not each.startswith("-")] or list(PARTS)
    worst = 0
    for part in chosen:
        now = sources(part)
        if not again and passed_already(part, now):
            print(f"--- {part}: passed already with these sources")
        elif not run(part, now):
            worst = 1
    write_table()
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
