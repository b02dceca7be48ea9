"""Whoever waits misses nothing, and asks no more often than it must."""

import asyncio

from watchword_server.wakeups import Wakeups


class Looks:
    """Finds something each time; counts how often it is asked."""

    count = 0

    async def __call__(self) -> tuple[str, bool]:
        self.count += 1
        return "found", True


def stays(answer: str) -> bool:
    return not answer


def test_what_was_looked_at_already_is_not_looked_at_again() -> None:
    wakeups, look = Wakeups(), Looks()
    seen = ("", wakeups.count)
    answer = asyncio.run(wakeups.held("device a", 0.01, look, lasts=stays, seen=seen))
    assert (answer, look.count) == ("", 0)


def test_what_happened_between_the_look_and_the_waiting_is_seen() -> None:
    wakeups, look = Wakeups(), Looks()
    before = wakeups.count
    wakeups.wake("device a")  # by a login that was committed after the look
    answer = asyncio.run(wakeups.held("device a", 60, look, lasts=stays, seen=("", before)))
    assert answer == "found"


def test_who_waits_is_told_at_once_and_who_waits_for_another_is_not() -> None:
    wakeups, look, other = Wakeups(), Looks(), Looks()
    seen = ("", wakeups.count)

    async def scene() -> None:
        waiting = asyncio.create_task(wakeups.held("device a", 60, look, lasts=stays, seen=seen))
        apart = asyncio.create_task(wakeups.held("device b", 60, other, lasts=stays, seen=seen))
        await asyncio.sleep(0)  # both listen
        wakeups.wake("device a")
        assert await waiting == "found"
        assert not apart.done()
        wakeups.close()
        assert (await apart, other.count) == ("", 0)

    asyncio.run(scene())
