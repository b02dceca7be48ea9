"""What is asked so often that SQLAlchemy only writes it: one statement, built and compiled once.

What SQLAlchemy does for each statement takes ten times as long as a small one itself. Such an
answer is one statement's, so it needs no transaction around it to be one consistent state.
"""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Dialect, Select
from sqlalchemy.ext.asyncio import AsyncConnection


def make_row(names: Sequence[str]) -> Any:
    """Return what makes a row with these names of a driver's row."""
    # The names are known at run time only.
    kind: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024
    return kind._make


class Answers(Protocol):
    """A database that answers questions."""

    async def ask(self, question: "Question", **values: Any) -> list[Any]:
        """Return the rows of one statement by the shortest way, as of now."""


Reading = AsyncConnection | Answers  # inside a transaction, or as of now


class Question:
    """A query with bindparam() where something changes; without in_(), which is not one SQL."""

    def __init__(self, statement: Select[Any]) -> None:
        """Name the rows' columns as the statement does, each once."""
        self._statement = statement
        self._row: Any = make_row(statement.selected_columns.keys())
        self._written: dict[str, tuple[str, list[tuple[str, Any]]]] = {}

    async def of(self, reading: Reading, **values: Any) -> list[Any]:
        """Return the rows."""
        if isinstance(reading, AsyncConnection):
            return list(await reading.execute(self._statement, values))
        return await reading.ask(self, **values)

    def written(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Return the SQL and its values in order, for a driver."""
        known = self._written.get(dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=dialect)
            usual = compiled.construct_params(_check=False)
            # What has the type of a column is the same to Python and to both drivers.
            order = cast("Any", compiled).positiontup
            known = compiled.string, [(name, usual[name]) for name in order]
            self._written[dialect.name] = known
        text, order = known
        return text, [values.get(name, usual) for name, usual in order]

    def rows(self, raw: Iterable[Iterable[Any]]) -> list[Any]:
        """Return a driver's rows with the columns' names."""
        return [self._row(one) for one in raw]
