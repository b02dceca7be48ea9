"""While the vault is locked: whom to ask when, and what the numbers come to."""

from dataclasses import dataclass, field

from fake_clock import FakeClock

from watchword.approvals.hinting import HintWatch
from watchword.approvals.watch import MOST_HELD
from watchword.providers.errors import NotAccepted
from watchword.providers.provider import Hinted
from watchword.remote.errors import Unreachable


@dataclass
class Source:
    number: int = 0
    asked: list[tuple[int | None, float]] = field(default_factory=list)
    closed: bool = False

    def waiting(self, known: int | None, wait: float) -> Hinted:
        self.asked.append((known, wait))
        return Hinted(waiting=self.number, held=True)

    def close(self) -> None:
        self.closed = True


def watch_of(*sources: Source) -> tuple[HintWatch, FakeClock]:
    clock = FakeClock()
    return HintWatch(sources, clock, jitter=lambda: 0.0), clock


def ask(watch: HintWatch) -> int:
    questions = watch.due()
    for question in questions:
        watch.told(question, question.run())
    return len(questions)


def test_the_first_question_is_not_held_and_the_next_knows_the_number() -> None:
    source = Source(number=1)
    watch, clock = watch_of(source)
    assert ask(watch) == 1
    assert watch.waiting == 1
    assert ask(watch) == 0
    clock.advance(1)
    assert ask(watch) == 1
    assert source.asked == [(None, 0.0), (1, 25.0)]


def test_the_numbers_are_added_and_unknown_counts_for_nothing() -> None:
    one, two = Source(number=1), Source(number=2)
    watch, clock = watch_of(one, two)
    ask(watch)
    assert watch.waiting == 3
    clock.advance(1)
    first, second = watch.due()
    watch.failed(first, Unreachable("x"))
    watch.told(second, second.run())
    assert watch.waiting == 2
    clock.advance(600)
    ask(watch)
    assert watch.waiting == 3
    assert (one.asked[-1], two.asked[-1]) == ((None, 0.0), (2, 25.0))


def test_a_key_that_is_none_any_more_is_forgotten() -> None:
    source = Source(number=1)
    watch, clock = watch_of(source)
    (question,) = watch.due()
    watch.failed(question, NotAccepted("x", "", "", status=401))
    assert source.closed
    clock.advance(3600)
    assert watch.due() == ()
    assert watch.next_at() is None


def test_many_are_not_all_held_at_once() -> None:
    sources = [Source() for _ in range(MOST_HELD + 2)]
    watch, clock = watch_of(*sources)
    ask(watch)
    clock.advance(60)
    ask(watch)
    assert sorted(source.asked[-1][1] for source in sources) == [0.0] * 2 + [25.0] * MOST_HELD


def test_closing_forgets_every_key() -> None:
    sources = [Source(), Source()]
    watch, _ = watch_of(*sources)
    watch.close()
    assert [source.closed for source in sources] == [True, True]
    assert watch.due() == ()
