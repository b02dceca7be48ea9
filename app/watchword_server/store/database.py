"""What is asked of a database, SQLite or PostgreSQL; everything else is theirs to know.

Effects happen in `write()` transactions, and each one-use thing is one conditional UPDATE
inside one of them. Writers about the same user take turns, so that what one of them read is
true until its commit.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.store.questions import Answers


class Unavailable(Exception):
    """The database does not answer, or not in time. Nothing is known to be changed."""


# What a busy or absent database raises: it comes and goes.
PASSING = (Unavailable, OperationalError, NoConnection)


class Notices(Protocol):
    """Tells other processes of the same database whom to wake."""

    def send(self, keys: Sequence[str]) -> None:
        """Tell the others, soon."""

    async def run(self) -> None:
        """Send and hear until cancelled."""


class Database(Answers, Protocol):
    """An open database."""

    name: str  # for people; without passwords

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection on which one consistent state is read."""

    def write(self, *about: str) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection in a transaction that is committed at the end, or undone by an error.

        `about` names what must not be written by two at once, such as "user ID".
        """

    async def ahead(self, connection: AsyncConnection, now: float) -> float:
        """Return how many seconds the database's clock is ahead of `now`."""

    async def prepare(self) -> None:
        """See that the schema is today's. Raises CannotStart."""

    async def migrate(self) -> str | None:
        """Bring the schema to today's; return what it was. Raises CannotStart."""

    async def examine(self) -> list[str]:
        """Return what is wrong with it, changing nothing. Raises CannotStart for another schema."""

    def notices(self, heard: Callable[[Sequence[str] | None], None]) -> Notices | None:
        """Return how other processes are told; `heard` gets the keys, None: all may be meant."""

    async def close(self) -> None:
        """Close every connection."""
