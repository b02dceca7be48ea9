"""How long answers are kept: a setting, applied at saves, that no wrong clock turns against us."""

from dataclasses import replace
from pathlib import Path

import pytest
from vaults import PASSWORD, make_vault

from watchword.vault import HistoryEntry, LockedVault, NotSaved, contents, history, limits
from watchword.vault.limits import DAY
from watchword.vault.merge import merge
from watchword.vault.payload import Payload

NOW = 1_700_000_000.0


def answer(days_ago: float) -> HistoryEntry:
    return HistoryEntry(
        at=NOW - days_ago * DAY,
        account_id="a" * 16,
        service="Kalos Club",
        account="elena",
        decision="deny",
        result="denied",
        request_id=f"{days_ago}",
    )


def ages(entries: tuple[HistoryEntry, ...]) -> list[int]:
    return [round((NOW - each.at) / DAY) for each in entries]


@pytest.mark.parametrize(
    ("days", "left"),
    [(90, [60, 2, 1]), (365, [300, 60, 2, 1]), (0, [900, 300, 60, 2, 1]), (None, [300, 60, 2, 1])],
)
def test_a_save_lets_go_what_is_older_than_the_setting_says(
    tmp_path: Path, days: int | None, left: list[int]
) -> None:
    made = make_vault(tmp_path)
    made.vault.set_setting(history.DAYS_KEPT, 0)
    for days_ago in (900, 300, 60, 2, 1):
        made.vault.record(answer(days_ago))
    made.vault.save()
    assert len(made.vault.history) == 5
    made.vault.set_setting(history.DAYS_KEPT, days)
    assert len(made.vault.history) == 5
    made.vault.save()
    assert ages(made.vault.history) == left
    made.vault.lock()
    reopened = LockedVault(made.vault.path).unlock(PASSWORD)
    assert ages(reopened.history) == left


def test_one_answer_under_a_clock_of_2106_empties_nothing(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.set_setting(history.DAYS_KEPT, 90)
    for days_ago in (60, 1, -30_000):
        made.vault.record(answer(days_ago))
    made.vault.save()
    assert ages(made.vault.history) == [60, 1, -30_000]


@pytest.mark.parametrize("value", [-1, True, 1.5, "90", 10**400, [90], {}])
def test_a_setting_of_another_version_that_says_nothing_to_us_is_as_if_never_set(
    value: object,
) -> None:
    assert history.days_kept(value) == 365


def test_what_another_computer_still_had_does_not_come_back(tmp_path: Path) -> None:
    shared = Payload(history=tuple(answer(days) for days in (300, 60, 2, 1)))
    ours = contents.with_setting(shared, "w1", history.DAYS_KEPT, 90)
    ours = contents.tidied(ours, "w1", NOW)
    assert ages(ours.history) == [60, 2, 1]
    theirs = contents.recorded(shared, answer(0))
    for merged in (merge(shared, ours, theirs), merge(shared, theirs, ours)):
        assert ages(merged.payload.history) == [60, 2, 1, 0]


def test_a_save_that_failed_lets_nothing_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path)
    made.vault.set_setting(history.DAYS_KEPT, 0)
    for days_ago in (900, 60, 2, 1):
        made.vault.record(answer(days_ago))
    made.vault.save()
    made.vault.set_setting(history.DAYS_KEPT, 90)
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    with pytest.raises(NotSaved):
        made.vault.save()
    assert ages(made.vault.history) == [900, 60, 2, 1]
    made.vault.set_setting(history.DAYS_KEPT, 0)
    monkeypatch.undo()
    made.vault.save()
    assert ages(made.vault.history) == [900, 60, 2, 1]


def told(at: float, result: str, decision: str = "approve", request: str = "r1") -> HistoryEntry:
    one = replace(answer(0), at=at, result=result)
    return replace(one, decision=decision, request_id=request)


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        # What became of an answer takes the place of "on its way".
        ([told(1, "unknown"), told(2, "approved")], ["approved"]),
        ([told(1, "unknown"), told(1, "approved")], ["approved"]),
        ([told(1, "unknown"), told(2, "not_sent"), told(3, "unknown")], ["unknown"]),
        ([told(1, "unknown"), told(2, "unknown")], ["unknown"]),
        # What a server said is never taken back by what is open, and another try is another line.
        ([told(1, "wrong_code"), told(2, "unknown")], ["wrong_code", "unknown"]),
        ([told(1, "wrong_code"), told(2, "approved")], ["wrong_code", "approved"]),
        ([told(1, "not_sent"), told(2, "denied", "deny")], ["not_sent", "denied"]),
        ([told(1, "unknown"), told(2, "approved", request="r2")], ["unknown", "approved"]),
    ],
)
def test_an_answer_on_its_way_gives_way_to_what_became_of_it(
    entries: list[HistoryEntry], left: list[str]
) -> None:
    for order in (entries, entries[::-1]):
        assert [entry.result for entry in history.retained(order)] == left
    # Whoever merges with an older copy, and however often, it does not come back.
    again = (*history.retained(entries), *entries)
    assert history.retained(again) == history.retained(entries)
