"""`watchword-server key`: change the key the server signs with, and look at its changes."""

import argparse
from datetime import UTC, datetime

from watchword.protocol.key_messages import KeyChange
from watchword_server import signing_keys
from watchword_server.site import Site

DEFAULT_MINUTES = 10


def moment(text: str) -> float:
    """Return Unix seconds for "2026-12-01T04:00" (this computer's time) or with an offset or Z."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError("not a time such as 2026-12-01T04:00") from error


async def change(site: Site, *, at: float | None, minutes: int, by: str) -> str:
    """Announce a new key; say when it signs. Raises Refused."""
    # One whose time has come while no server ran is carried out first.
    await site.look_for_keys()
    async with site.database.write("server") as connection:
        ahead = await site.database.ahead(connection, site.now())
        now = site.now() + ahead
        keys = await signing_keys.read(connection, site.seal, ahead)
        assert keys is not None  # noqa: S101 - the site is open
        made = await signing_keys.announce(
            connection,
            site.seal,
            keys,
            at=now + minutes * 60 if at is None else at,
            now=now,
            by=by,
        )
    return (
        f"From {_time(made.not_before)} on this server signs with a new key, "
        f"{signing_keys.fingerprint_text(made.new)}. Linked apps follow by themselves. QR codes "
        "for adding a device that are open then have to be made anew.\n"
        "Make a backup after that: one from before has the old key, which apps will not take "
        "back."
    )


async def listed(site: Site) -> str:
    """Return the key that signs and all changes, as lines."""
    await site.look_for_keys()
    async with site.database.read() as connection:
        rows = await signing_keys.all_changes(connection)
    lines = [f"signs now    {signing_keys.fingerprint_text(site.signing_key.public)}"]
    for row in rows:
        made = KeyChange.parse(row.signed)
        word = "announced" if row.private_key is not None else "changed"
        lines.append(
            f"{word:12} {signing_keys.fingerprint_text(made.new)}  {_time(made.not_before)}  "
            f"by {row.announced_by}"
        )
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
