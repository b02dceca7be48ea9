"""The short form of server_kills.py."""

import pytest
from server_kills import kill_many
from server_under_test import DATABASES


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", DATABASES)
def test_killed_again_and_again_the_server_keeps_its_word(kind: str) -> None:
    _, wrong = kill_many(kind, 20, seed=1)
    assert not wrong
