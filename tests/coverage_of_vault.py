"""Every line and every branch of the vault's code is run by its own unit tests, or this fails.

    python tests/coverage_of_vault.py

Only os_windows.py is left out: it runs on Windows only (pyproject.toml, tool.coverage).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = [sys.executable, "-m", "coverage"]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "report.json"
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}
        pytest = ["-m", "pytest", "-q", "-p", "no:randomly", "tests/unit/vault"]
        tests = subprocess.run(
            [*COVERAGE, "run", "--branch", "--source=watchword.vault", *pytest],
            cwd=ROOT,
            env=environment,
            check=False,
        )
        subprocess.run(
            [*COVERAGE, "json", "--quiet", "-o", str(found)],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        report = json.loads(found.read_text("utf-8"))
    for name, file in report["files"].items():
        for line in file["missing_lines"]:
            print(f"{name}:{line}: never run")
        for start, end in file["missing_branches"]:
            print(f"{name}:{start}: never goes on to {end if end > 0 else 'its end'}")
    totals = report["totals"]
    missed = totals["missing_lines"] + totals["missing_branches"]
    print(
        f"app/watchword/vault: {totals['covered_lines']} of {totals['num_statements']} lines, "
        f"{totals['covered_branches']} of {totals['num_branches']} branches"
    )
    return 1 if tests.returncode or missed or not totals["num_branches"] else 0


if __name__ == "__main__":
    sys.exit(main())
