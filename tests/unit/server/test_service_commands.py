"""`watchword-server service …`: what it prints, and what of it works afterwards."""

import asyncio
import re

import pytest
from served import Served
from sqlalchemy import delete

from watchword.errors import WatchwordError
from watchword_server import service_commands, services
from watchword_server.__main__ import _parser, _settings
from watchword_server.services import Caller
from watchword_server.store.tables import service_keys


@pytest.fixture
def database() -> str:
    return ""


class Operator:
    """Types commands while the server runs."""

    def __init__(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        self.served = served
        self.capsys = capsys

    def types(self, *arguments: str) -> str:
        site = self.served.site
        options = ["--data", str(site.settings.data), "--origin", site.origin]
        parsed = _parser().parse_args([*options, "--name", "Kalos Club", "service", *arguments])
        assert asyncio.run(service_commands.run(_settings(parsed), parsed)) == 0
        return self.capsys.readouterr().out

    def key(self, *arguments: str) -> str:
        found = re.search(r"Key, shown only now: (wwk_\S+)\n", self.types(*arguments))
        assert found
        return found[1]

    def caller(self, key: str) -> Caller | None:
        async def look() -> Caller | None:
            async with self.served.site.database.read() as connection:
                return await services.caller_of(connection, key)

        return self.served.run(look)


@pytest.fixture
def operator(served: Served, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(served, capsys)


def test_a_service_is_added_listed_and_given_keys(served: Served, operator: Operator) -> None:
    assert operator.types("list") == "There is none.\n"
    told = operator.types("add", "Bookshop", "--home", "https://Books.example:443")
    first = told.rsplit(maxsplit=1)[-1]
    caller = operator.caller(first)
    assert caller is not None
    assert (caller.name, caller.scopes) == ("Bookshop", {"logins", "codes"})
    assert f"People allow it at {served.site.origin}/services/{caller.id}\n" in told
    assert [row.home for row in served.rows("services")] == ["https://books.example"]
    second = operator.key("key", "bookshop", "--scope", "codes")
    narrow = operator.caller(second)
    assert narrow is not None
    assert narrow.scopes == {"codes"}
    listed = operator.types("list")
    assert first[:27] in listed
    assert first not in listed
    assert f"{second[:26]}_… for codes" in listed
    third = operator.key("key", "Bookshop", "--only")
    assert [operator.caller(key) is not None for key in (first, second, third)] == [0, 0, 1]


def test_a_service_that_was_left_without_a_key_gets_one(
    served: Served, operator: Operator
) -> None:
    operator.key("add", "Bookshop", "--scope", "codes")

    async def lose() -> None:  # as an older version did when it was killed in between
        async with served.site.database.write() as connection:
            await connection.execute(delete(service_keys))

    served.run(lose)
    caller = operator.caller(operator.key("key", "Bookshop"))
    assert caller is not None
    assert caller.scopes == {"codes", "logins"}


def test_disabled_its_keys_do_nothing(operator: Operator) -> None:
    key = operator.key("add", "Bookshop", "--scope", "logins")
    assert operator.types("disable", "Bookshop") == "Bookshop may not ask.\n"
    assert operator.caller(key) is None
    assert "disabled" in operator.types("list")
    assert operator.types("enable", "Bookshop") == "Bookshop may ask.\n"
    assert operator.caller(key) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("key", "Nobody"),
        ("disable", "Nobody"),
        ("add", "Kalos Club"),
        ("add", "Bookshop", "--home", "http://books.example"),
        ("add", "Bookshop", "--home", "https://books.example/path"),
        ("add", "Bookshop", "--home", "javascript:alert(1)"),
    ],
)
def test_what_does_not_go_is_said(
    served: Served, operator: Operator, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(WatchwordError) as caught:
        operator.types(*arguments)
    assert str(caught.value)
    assert served.rows("services") == []
