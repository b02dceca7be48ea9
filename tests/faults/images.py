"""Picture files broken at random, through the decoder's process: each costs at most itself.

python tests/faults/images.py [--count 10000] [--seed 1]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

import qr_scenes
from mutated_images import LINK, mutated

from watchword.enrolment.files import read_files

SENTENCES = {
    None,
    "This file is empty",
    "This is not a PNG, JPEG, WebP or BMP picture",
    "This picture is too large: it has more than 50 million pixels",
    "Could not read this picture: it is damaged",
    "Could not read this picture",
}
_BATCH = 500


def outcomes(folder: Path, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Return how often what happened, and what must not happen; one sound picture ends each batch."""
    tally: Counter[str] = Counter()
    problems: list[str] = []
    files = list(mutated(count, seed))
    for start in range(0, count, _BATCH):
        paths = []
        for name, data in [
            *files[start : start + _BATCH],
            ("sound.png", qr_scenes.encoded(qr_scenes.qr(LINK))),
        ]:
            paths.append(folder / name)
            paths[-1].write_bytes(data)
        readings = read_files(paths)
        problems += [] if len(readings) == len(paths) else [f"batch {start}: not one answer each"]
        for reading in readings:
            tally[reading.error or ("read" if reading.texts else "no code")] += 1
            if reading.error not in SENTENCES or not set(reading.texts) <= {LINK}:
                problems.append(f"{Path(reading.file).name}: {reading.error} {reading.texts}")
        if readings[-1].texts != (LINK,):
            problems.append(f"batch {start}: the sound picture after it was not read")
        tally["read"] -= 1
    return tally, problems


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        tally, problems = outcomes(Path(name), arguments.count, arguments.seed)
    for what, times in tally.most_common():
        print(f"{times:>6}  {what}")
    print(*problems, sep="\n", end="\n" if problems else "")
    print(
        f"seed {arguments.seed}: {arguments.count} broken pictures, {len(problems)} problems,"
        f" {time.monotonic() - began:.0f} s"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
