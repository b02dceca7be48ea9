"""A minute of fuzzing: whatever the text of a QR code is, it is read or refused with a reason."""

import importlib.util
from pathlib import Path

import pytest
from fuzzing import fuzz


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="NOT FUZZED: atheris has no wheel for this system",
)
def test_a_minute_of_fuzzing_finds_no_error(tmp_path: Path) -> None:
    fuzzed = fuzz("-max_total_time=60", "-runs=2000000", "-seed=1", artifacts=tmp_path)
    found = [path.read_bytes() for path in tmp_path.iterdir()]
    assert (fuzzed.status, found) == (0, []), fuzzed.said
    assert fuzzed.runs > 10_000
