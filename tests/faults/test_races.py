"""The short form of races.py."""

import pytest
from races import race
from server_under_test import DATABASES


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", DATABASES)
def test_of_fifty_at_once_exactly_one_wins(kind: str) -> None:
    races = race(kind, 20)
    assert not races.wrong
    assert len(races.races) == 18
