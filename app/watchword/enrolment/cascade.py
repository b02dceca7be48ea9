"""QR texts out of a grey picture: one fast look, then the same reader on a mended picture, then others.

What the first look misses is mostly light and sharpness: too pale, uneven, blurred, too small, around
a bottle. So each rescue stage changes the picture and reads again. Which stages there are and in
which order was measured (docs/scanning.md); a stage that adds nothing is not here.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from zxingcpp import Binarizer

from watchword.enrolment import engines, located, mending, small
from watchword.enrolment.engines import Grey, Reading

# Rescue work grows with the pixels; the first look sees every pixel of any picture.
_STILL_PIXELS = 4_000_000
_FRAME_PIXELS = 1_000_000
_LATE_PIXELS = 1_000_000  # other engines take seconds over patterns in larger pictures
_ENLARGED_PIXELS = 8_400_000
# No rescue stage begins later than this. Processor time, so that a busy computer reads the same.
_STILL_SECONDS = 0.4

FIRST = "first look"
LOCATED = "located"
SMALL = "small, 2x"
LATE = "OpenCV and zbar"


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to look at a picture again: how to change and enlarge it, how to cut black from white."""

    name: str
    change: Callable[[Grey], Grey] | None = None
    binarizer: Binarizer = Binarizer.LocalAverage
    enlarged: tuple[int, int] = (1, 1)  # across and down
    inverted: bool = True  # whether light codes on dark are looked for, too

    def read(self, picture: Grey) -> Reading:
        """Return what this stage reads; nothing where the picture would become too large."""
        across, down = self.enlarged
        if picture.size * across * down > _ENLARGED_PIXELS:
            return Reading()
        if self.change is not None:
            picture = self.change(picture)
        if across * down > 1:
            picture = mending.enlarged(picture, across, down)
        return engines.read(picture, self.binarizer, inverted=self.inverted)


def _smooth_and_even(picture: Grey) -> Grey:
    return mending.evened(mending.smoothed(picture, 1.5))


def _middle(picture: Grey) -> Grey:
    """Return the middle half of each side, where people hold a code that is far away, sharpened."""
    rows, columns = picture.shape
    part = picture[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    return mending.sharpened(part) if part.size else picture


_THRESHOLD = Stage("threshold", binarizer=Binarizer.FixedThreshold)
_EVEN = Stage("even light", mending.evened, Binarizer.FixedThreshold)

# Codes seen but not read (LOCATED) and tiny ones (SMALL) are looked at between these two.
BEFORE_LOCATED: tuple[Stage, ...] = (_THRESHOLD, _EVEN)
AFTER_LOCATED: tuple[Stage, ...] = (
    Stage("sharp, 2x", mending.sharpened, enlarged=(2, 2)),
    Stage("smooth, even light", _smooth_and_even),
    Stage("2x across", enlarged=(2, 1)),
    Stage("2x down", enlarged=(1, 2)),
    Stage("3x", enlarged=(3, 3)),
)

# What a camera frame can afford beside the first look: one of these, a different one each time.
FRAME_RESCUE: tuple[Stage, ...] = (
    replace(_EVEN, inverted=False),
    Stage("sharp", mending.sharpened),
    _THRESHOLD,
    Stage("sharp middle, 2x", _middle, enlarged=(2, 2)),
)


def read_still(picture: Grey) -> tuple[str, ...]:
    """Return every QR text of a picture that does not move, each once, in the order found."""
    return tuple(dict.fromkeys(text for _, texts in looks(picture) for text in texts))


def looks(picture: Grey) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give (stage, texts) for one stage after another, until every code that was seen is read.

    A picture with several codes may give up some of them at the first look and others later, so
    a stage is the last only if it read all that it saw and all that was read before.
    """
    began = time.thread_time()
    first = engines.read(picture)
    yield FIRST, first.texts
    if first.texts and not first.unread:
        return
    found = set(first.texts)
    for name, look in _rescue(picture, first):
        # A wrong text would stop the search: others are asked only where nothing is at stake.
        if time.thread_time() - began > _STILL_SECONDS or (name == LATE and found):
            return
        reading = look()
        yield name, reading.texts
        found |= set(reading.texts)
        if reading.texts and not reading.unread and found == set(reading.texts):
            return


def _rescue(picture: Grey, first: Reading) -> Iterator[tuple[str, Callable[[], Reading]]]:
    reduced = mending.reduced(picture, _STILL_PIXELS)
    tiny = SMALL, partial(small.read_small, picture)
    # What has to be reduced is a large screen, and what was missed there is mostly tiny.
    if reduced is not picture:
        yield tiny
    for stage in BEFORE_LOCATED:
        yield stage.name, partial(stage.read, reduced)
    if first.unread:
        yield LOCATED, partial(located.read_located, picture, first)
    if reduced is picture:
        yield tiny
    for stage in AFTER_LOCATED:
        yield stage.name, partial(stage.read, reduced)
    yield LATE, lambda: Reading(engines.late_texts(mending.reduced(picture, _LATE_PIXELS)))


class FrameReader:
    """Reads camera frames: the first look at each, and at most one rescue stage, in rotation."""

    def __init__(self) -> None:
        """Begin with the first rescue stage."""
        self._turn = 0

    def __call__(self, picture: Grey) -> tuple[str, ...]:
        """Return the QR texts of one frame."""
        return tuple(dict.fromkeys(text for _, texts in self.looks(picture) for text in texts))

    def looks(self, picture: Grey) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Give (stage, texts) of one frame: one of them, or two."""
        if not picture.size:
            return
        first = engines.read(picture)
        yield FIRST, first.texts
        if first.texts and not first.unread:
            return
        stage = FRAME_RESCUE[self._turn]
        self._turn = (self._turn + 1) % len(FRAME_RESCUE)
        yield stage.name, stage.read(mending.reduced(picture, _FRAME_PIXELS)).texts
