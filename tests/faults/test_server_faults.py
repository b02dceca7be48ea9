"""Short forms of races.py and server_kills.py."""

import pytest
from races import race
from server_kills import kill_many
from server_under_test import DATABASES

pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("kind", DATABASES)
def test_of_fifty_at_once_exactly_one_wins(kind: str) -> None:
    races = race(kind, 3)
    assert not races.wrong
    assert len(races.races) == 12


@pytest.mark.parametrize("kind", DATABASES)
def test_killed_again_and_again_the_server_keeps_its_word(kind: str) -> None:
    _, wrong = kill_many(kind, 5, seed=1)
    assert not wrong
