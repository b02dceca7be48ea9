"""QR codes on seeded scenes: ours beside zxing-cpp, pyzbar and both detectors of OpenCV in one run.

    bench_scan.py [--tuning] [--share=0.1] [--sheet=FILE]

A rate counts codes, not pictures; a wrong text is one that no code in its picture holds. Times are
CPU milliseconds, so that other work on the computer counts less. Without arguments this is the
long form on JUDGING_SEED; --tuning takes the seed the stages were chosen on. --sheet only draws some
scenes of each condition into one picture.
"""

import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from scan_peers import CAMERA, LIMIT, OURS, PEERS, UNREAD, Engines, Grey
from scan_scenes import CONDITIONS, JUDGING_SEED, TUNING_SEED, Scene, negatives, scene, scenes
from scan_scenes.camera import sheet

from watchword.enrolment.cascade import FRAME_RESCUE

ENGINES = (OURS, *PEERS)
FRAME = (720, 1280)
FOUR_K = (2160, 3840)
ROUNDS = 3  # for what has a limit in milliseconds, the best of these counts
NEAR_LIMIT = 0.015  # seconds of CPU; a frame that took less once need not be timed again


@dataclass
class Tally:
    """What was counted over all pictures; seconds of CPU."""

    pictures: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    read: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    added: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    in_time: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    decodes: Counter[str] = field(default_factory=Counter)
    negatives: int = 0


def read_scene(engines: Engines, scene: Scene, tally: Tally) -> None:
    tally.pictures += 1
    tally.codes[scene.condition] += len(scene.texts)
    for name in ENGINES:
        found, seconds = engines.ask(name, scene.picture)
        texts = texts_by_stage(found, scene, tally) if name == OURS else set(found)
        tally.taken[name].append(seconds)
        tally.read[name, scene.condition] += len(texts & scene.texts)
        tally.wrong[name] += len(texts - scene.texts)
        if name == OURS and texts and scene.picture.shape == FOUR_K:
            tally.in_time["4K hit"].append(engines.ask(OURS, scene.picture, ROUNDS)[1])
    if scene.picture.shape == FRAME:
        texts = read_frame(engines, scene.picture, tally)
        tally.codes[CAMERA + scene.condition] += len(scene.texts)
        tally.read[CAMERA, scene.condition] += len(texts & scene.texts)
        tally.wrong[CAMERA] += len(texts - scene.texts)


def read_frame(engines: Engines, picture: Grey, tally: Tally) -> set[str]:
    """Return what the camera reads if the picture stands still for a rotation of all stages."""
    texts: set[str] = set()
    for turn in range(len(FRAME_RESCUE)):
        found, seconds = engines.ask(f"{CAMERA} {turn}", picture)
        if seconds > NEAR_LIMIT:
            seconds = engines.ask(f"{CAMERA} {turn}", picture, ROUNDS)[1]
        tally.in_time["720p frame"].append(seconds)
        texts |= set(found)
        if found and not turn and not engines.ask(UNREAD, picture)[0]:
            break  # the first look read all it saw: the other turns would do the same
    return texts


def texts_by_stage(
    looks: Iterable[tuple[str, tuple[str, ...]]], scene: Scene, tally: Tally
) -> set[str]:
    found: set[str] = set()
    for stage, texts in looks:
        tally.added[stage][scene.condition] += len(set(texts) & scene.texts - found)
        found |= set(texts)
    return found


def read_negative(engines: Engines, picture: Grey, tally: Tally) -> None:
    tally.negatives += 1
    for name in ENGINES:
        found = engines.ask(name, picture)[0]
        texts = [text for _, texts in found for text in texts] if name == OURS else found
        tally.decodes[name] += len(set(texts))
    if picture.shape == FRAME:
        tally.decodes[CAMERA] += len(read_frame(engines, picture, tally))


def large_negatives(pictures: Iterable[tuple[str, Grey]]) -> Iterator[Grey]:
    """Give 4K pictures without a code: the first negative of each kind, over and over."""
    kinds = set()
    for kind, picture in pictures:
        if kind not in kinds:
            kinds.add(kind)
            times = [
                -(-large // small) for large, small in zip(FOUR_K, picture.shape, strict=True)
            ]
            yield np.ascontiguousarray(np.tile(picture, times)[: FOUR_K[0], : FOUR_K[1]])


def print_tally(tally: Tally, lost: dict[str, int]) -> None:
    print("\nRead, % of the codes\n")
    print_row("condition", ["codes", *ENGINES, CAMERA])
    print_row("---", ["--:"] * (2 + len(ENGINES)))
    behind = []
    for condition in CONDITIONS:
        codes = tally.codes[condition]
        rates = [tally.read[name, condition] for name in ENGINES]
        shown = tally.codes[CAMERA + condition]
        camera = f"{100 * tally.read[CAMERA, condition] / shown:.1f}" if shown else "-"
        cells = [f"{100 * rate / codes:.1f}" for rate in rates]
        print_row(condition, [str(codes), *cells, camera])
        if any(rate >= rates[0] and rate < codes for rate in rates[1:]) or rates[0] < max(rates):
            behind.append(condition)
    total = sum(tally.codes[each] for each in CONDITIONS)
    sums = [sum(tally.read[name, each] for each in CONDITIONS) for name in ENGINES]
    print_row("all", [str(total), *(f"{100 * each / total:.1f}" for each in sums), ""])
    columns = (*ENGINES, CAMERA)
    print_row("wrong texts", ["", *(str(tally.wrong[name]) for name in columns)])
    print_row(
        f"read in {tally.negatives} negatives",
        ["", *(str(tally.decodes[name]) for name in columns)],
    )
    print_row(
        f"crashed or over {LIMIT:.0f} s",
        [
            "",
            *(
                str(
                    sum(
                        n
                        for each, n in lost.items()
                        if each.startswith(name + " " * (name == CAMERA))
                    )
                )
                for name in columns
            ),
        ],
    )
    for what, share in (("median, ms", 0.5), ("95th percentile, ms", 0.95)):
        print_row(
            what, ["", *(f"{1e3 * at(tally.taken[name], share):.1f}" for name in ENGINES), ""]
        )
    print(f"\nNot ahead of every other engine in: {', '.join(behind) or 'none'}")
    print("\nWhat each stage of ours adds, in codes\n")
    for stage, codes in tally.added.items():
        most = ", ".join(f"{each} {count}" for each, count in codes.most_common(6) if count)
        print(f"{stage:<18}{codes.total():>6}   {most}")
    print(f"\nTime limits, best of {ROUNDS}, ms: median and worst")
    for what, taken in tally.in_time.items():
        print(f"{what:<18}{1e3 * statistics.median(taken):>8.1f}{1e3 * max(taken):>8.1f}")


def at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def print_row(first: str, cells: list[str]) -> None:
    print(f"| {first:<22} | " + " | ".join(f"{cell:>10}" for cell in cells) + " |")


def main(arguments: list[str]) -> None:
    seed = TUNING_SEED if "--tuning" in arguments else JUDGING_SEED
    values = dict(each.split("=", 1) for each in arguments if "=" in each)
    share = float(values.get("--share", "1"))
    if name := values.get("--sheet"):
        pictures = [scene(seed, each, number).picture for each in CONDITIONS for number in (1, 2)]
        Image.fromarray(sheet(pictures, columns=6, width=320)).save(name)
        return
    engines, tally = Engines(), Tally()
    started = time.monotonic()
    condition = ""
    for each in scenes(seed, share):
        if each.condition != condition:
            condition = each.condition
            print(f"{time.monotonic() - started:5.0f} s  {condition}", file=sys.stderr, flush=True)
        read_scene(engines, each, tally)
    for _, picture in negatives(seed, share):
        read_negative(engines, picture, tally)
    for picture in large_negatives(negatives(seed, share)):
        tally.in_time["4K give-up"].append(engines.ask(OURS, picture, ROUNDS)[1])
    engines.close()
    print(
        f"seed {seed}, {tally.pictures:,} pictures in {len(CONDITIONS)} conditions,"
        f" {time.monotonic() - started:.0f} s"
    )
    print_tally(tally, engines.lost)


if __name__ == "__main__":
    main(sys.argv[1:])
