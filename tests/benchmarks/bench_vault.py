"""The vault beside an encrypted database: open, save and load 10 to 10,000 accounts in one run.

The peer is SQLite with SQLite3 Multiple Ciphers (apsw-sqlite3mc) and a raw key, so that no key
derivation counts on either side: ours is measured apart and taken off. A *save* changes one account
and is durable: ours writes the whole file anew, in the order of docs/vault-format.md; the peer
updates the whole set ("all") and one row ("row"), each in one transaction with synchronous=FULL. A *load* opens
the file and reads every account.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import apsw

from watchword.clock import SystemClock
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import LockedVault, create_vault, crypto
from watchword.vault.account import Account, new_account_id

SEED = 20260
SIZES = (10, 100, 1_000, 10_000)
PASSWORD = "correct horse battery"
SAVES = {10: 300, 100: 300, 1_000: 300, 10_000: 30}
LOADS = 15
# Milliseconds: the 99th percentile of a save, and a load without the derivation, by accounts.
SAVE_BARS = {1_000: 50.0}
LOAD_BARS = {10: 30.0, 100: 30.0, 1_000: 30.0, 10_000: 100.0}


def accounts(count: int) -> list[Account]:
    source = random.Random(SEED)
    return [
        Account(
            id=new_account_id(),
            issuer=f"Service {number}",
            account=f"person{number}@example.org",
            otp=OtpParameters(type=OtpType.TOTP, secret=source.randbytes(20)),
            note="x" * source.randrange(40),
        )
        for number in range(count)
    ]


def timed(work: Callable[[int], object], times: int) -> list[float]:
    """Return the wall seconds of each of `times` runs, sorted."""
    taken = []
    for number in range(times):
        started = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def high(taken: list[float]) -> float:
    """Return the 99th percentile (of few runs: the slowest)."""
    return taken[min(len(taken) - 1, int(len(taken) * 0.99))]


def ours(folder: Path, everything: list[Account]) -> tuple[list[float], list[float], list[float]]:
    """Return (saves, loads, derivations)."""
    path = folder / "vault"
    vault, _ = create_vault(
        path, PASSWORD, recovery_key=False, cost=crypto.CHEAPEST, clock=SystemClock()
    )
    vault.add(everything)
    vault.save()
    count = len(everything)

    def save(number: int) -> None:
        changed = everything[number % count]
        vault.replace(replace(changed, note=f"note {number}"))
        vault.save()

    saves = timed(save, SAVES[count])
    vault.lock()

    def load(_: int) -> None:
        # One at a time, as in life: others left open would be work for the collector.
        opened = LockedVault(path).unlock(PASSWORD)
        assert len(opened.accounts) == count
        opened.lock()

    loads = timed(load, LOADS)
    derivations = timed(
        lambda _: crypto.stretch(PASSWORD.encode(), bytes(32), crypto.CHEAPEST), LOADS
    )
    return saves, loads, derivations


def peer(folder: Path, everything: list[Account]) -> tuple[list[float], list[float], list[float]]:
    """Return (saves of all, saves of one row, loads)."""
    path = str(folder / "peer.db")
    key = "42" * 32

    def connect() -> apsw.Connection:
        database = apsw.Connection(path)
        database.pragma("hexkey", key)
        database.pragma("synchronous", 2)
        return database

    def text(account: Account, note: str) -> str:
        otp = account.otp
        assert otp is not None
        return json.dumps(
            {"issuer": account.issuer, "account": account.account, "secret": otp.secret.hex(),
             "digits": otp.digits, "period": otp.period, "note": note}
        )  # fmt: skip

    database = connect()
    database.execute(
        "create table accounts (id text primary key, body text not null) without rowid"
    )
    with database:
        database.executemany(
            "insert into accounts values (?, ?)",
            [(each.id, text(each, each.note)) for each in everything],
        )
    count = len(everything)

    def save_all(number: int) -> None:
        rows = [(text(each, f"note {number}"), each.id) for each in everything]
        with database:
            database.executemany("update accounts set body = ? where id = ?", rows)

    def save_row(number: int) -> None:
        each = everything[number % count]
        with database:
            database.execute(
                "update accounts set body = ? where id = ?",
                (text(each, f"note {number}"), each.id),
            )

    wholes, rows = timed(save_all, SAVES[count]), timed(save_row, SAVES[count])
    database.close()

    def load(_: int) -> None:
        again = connect()
        found = [json.loads(body) for (body,) in again.execute("select body from accounts")]
        assert len(found) == count
        again.close()

    return wholes, rows, timed(load, LOADS)


def main() -> int:
    missed = []
    print(f"seed {SEED}; milliseconds, and ratios to the peer's (SQLite3 Multiple Ciphers) median")
    print("accounts   save median    p99   ÷ all   ÷ row | load less KDF   ÷ peer | KDF (floor)")
    for size in SIZES:
        everything = accounts(size)
        with tempfile.TemporaryDirectory() as name:
            saves, loads, derivations = ours(Path(name), everything)
            wholes, rows, reads = peer(Path(name), everything)
        save, load = (
            statistics.median(saves),
            statistics.median(loads) - statistics.median(derivations),
        )
        print(
            f"{size:>8,} {save * 1e3:>13.1f} {high(saves) * 1e3:>6.1f}"
            f" {save / statistics.median(wholes):>7.2f} {save / statistics.median(rows):>7.2f}"
            f" | {load * 1e3:>13.1f} {load / statistics.median(reads):>8.2f}"
            f" | {statistics.median(derivations) * 1e3:>6.1f}"
        )
        if high(saves) * 1e3 > SAVE_BARS.get(size, float("inf")):
            missed.append(f"save of {size:,}: p99 beyond {SAVE_BARS[size]:.0f} ms")
        if load * 1e3 > LOAD_BARS[size]:
            missed.append(f"load of {size:,}: beyond {LOAD_BARS[size]:.0f} ms")
    print(f"bars missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
