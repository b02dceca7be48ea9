"""watchword-server under 10,000 devices and 20 logins a second, beside a real privacyIDEA.

    python tests/benchmarks/bench_server.py [--quick]

Half of the devices hold a long poll, half ask every 15 seconds. The load comes from a process of its own on one core,
which verifies the signature of every answer; each run ends by comparing what it was told with the server's database. SQLite with
one process, PostgreSQL (fsync on) with one and with two. privacyIDEA answers signed polls in the same run.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "faults"))
sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

from privacyidea import PrivacyIdea, privacyidea
from served import PASSWORD, Served
from server_under_test import Processes, people_of, processes
from sqlalchemy import insert

from watchword.protocol.http_signing import key_id
from watchword.protocol.signing import SigningKey
from watchword_server.passwords import Passwords
from watchword_server.site import new_id
from watchword_server.store import tables

# OWASP's minimum for Argon2id; at the default each password takes 0.1 to 0.2 s of a core.
MEMORY_MIB, PASSES = 19, 2
P99_MS = 100.0  # of polls, pages, decisions
REQUEST_MS = 300.0  # from a login to its device, p99
MEMORY_BAR_MIB = 500.0  # with half the devices' polls held
CONNECTIONS = 16  # that poll as fast as it goes, ours and privacyIDEA's


class Load:
    """The process that makes the load."""

    def __init__(self, file: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("server_load.py"), file],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, *what: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return self.said()

    def said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the load has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.close()
        told = self.said()
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return told


def fill(served: Served, count: int) -> list[tuple[str, str, str]]:
    """Put that many users with a device each into the database; return (key, device, user)."""
    hashed = Passwords(MEMORY_MIB * 1024, PASSES).hash(PASSWORD)
    now, made, people, devices = time.time(), [], [], []
    for number in range(count):
        key, user_id, device_id = SigningKey.generate(), new_id(), new_id()
        name = f"user{number}"
        made.append((key.private.hex(), device_id, name))
        people.append(
            {
                "id": user_id,
                "name": name,
                "name_key": name,
                "password_hash": hashed,
                "created": now,
            }
        )
        devices.append(
            {"id": device_id, "user_id": user_id, "keyid": key_id(key.public), "name": "Desktop",
             "public_key": key.public, "platform": "Debian", "state": "active", "created": now}
        )  # fmt: skip

    async def write() -> None:
        async with served.site.database.write() as connection:
            for start in range(0, count, 1000):
                await connection.execute(insert(tables.users), people[start : start + 1000])
                await connection.execute(insert(tables.devices), devices[start : start + 1000])

    served.run(write)
    return made


def resident(one: Processes) -> float:
    """Return the resident memory of the server processes in MiB."""
    pages = [
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in one.running.values()
    ]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu(one: Processes) -> float:
    spent = [
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        for pid in one.running.values()
    ]
    return sum(int(each[11]) + int(each[12]) for each in spent) / os.sysconf("SC_CLK_TCK")


def high(times: list[float], share: float = 0.99) -> float:
    """Return a percentile in milliseconds."""
    return times[min(len(times) - 1, int(len(times) * share))] * 1e3 if times else float("nan")


def told(times: dict[str, list[float]], name: str) -> str:
    each = times.get(name, [])
    return f"{name} {high(each, 0.5):.0f}/{high(each):.0f}"


class Bench:
    def __init__(self, *, quick: bool) -> None:
        self.devices = 1_000 if quick else 10_000
        self.rate = 5 if quick else 20
        self.seconds = 8 if quick else 20
        self.ramp = 5 if quick else 30
        self.rates = (10, 20) if quick else (30, 40, 60)
        self.missed: list[str] = []

    def bar(self, what: str, value: float, most: float) -> None:
        if not value <= most:  # NaN is a miss, too
            self.missed.append(f"{what}: {value:.0f} beyond {most:.0f}")

    def run(self, name: str, kind: str, count: int) -> float:
        """Measure one way to run the server; return how many polls a second it answers."""
        with contextlib.ExitStack() as stack:
            one = stack.enter_context(processes(kind, own_cluster=True, durable=True, count=count))
            served = stack.enter_context(people_of(one))
            file = one.data / "load.json"
            file.write_text(
                json.dumps(
                    {
                        "authority": served.site.settings.origin.authority,
                        "ports": one.ports,
                        "server_key": served.site.signing_key.public.hex(),
                        "password": PASSWORD,
                        "devices": fill(served, self.devices),
                    }
                )
            )
            empty = resident(one)
            load = Load(file)
            closed = load.do("closed", CONNECTIONS, self.seconds / 4)
            load.do("connect", self.ramp)
            full, before = resident(one), cpu(one)
            steady = load.do("logins", self.rate, self.seconds)
            times = steady["times"]
            spent = (cpu(one) - before) / self.seconds
            print(
                f"{name}: {self.devices:,} devices and {steady['rate']:.1f} logins/s; p50/p99 in ms: "
                + ", ".join(
                    told(times, each)
                    for each in ("poll", "page", "decision", "password", "request to device")
                )
                + f"; {spent:.2f} cores; {full:.0f} MiB with {self.devices // 2:,} polls held "
                f"({empty:.0f} before)",
                flush=True,
            )
            for each in ("poll", "page", "decision"):
                self.bar(f"{name}, {each} p99 ms", high(times.get(each, [])), P99_MS)
            self.bar(
                f"{name}, request to device p99 ms",
                high(times.get("request to device", [])),
                REQUEST_MS,
            )
            self.bar(f"{name}, MiB", full, MEMORY_BAR_MIB)
            sustained = steady["rate"]
            last = steady
            for rate in self.rates:
                last = load.do("logins", rate, self.seconds / 4)
                if last["problems"] or last["rate"] < 0.9 * rate:
                    break
                if high(last["times"].get("page", [])) > 1000:
                    break
                sustained = max(sustained, last["rate"])
            self.reconcile(name, served, load.end())
            print(
                f"{name}: {sustained:.0f} logins/s sustained; {closed['rate']:.0f} polls/s over "
                f"{CONNECTIONS} connections ({told(closed['times'], 'poll')} ms); "
                f"{last['verified']:,} answers verified",
                flush=True,
            )
            if complaints := one.complaints():
                self.missed.append(f"{name} complained: {complaints[-300:]}")
            return float(closed["rate"])

    def reconcile(self, name: str, served: Served, history: dict[str, Any]) -> None:
        """Compare what browsers and devices were told with what the server has written down."""
        rows = served.rows("logins")
        differs = False
        for word, state in (("approved", "redeemed"), ("denied", "denied")):
            mine = sorted(history[word])
            theirs = sorted(row.id for row in rows if row.state == state)
            if mine != theirs:
                differs = True
                self.missed.append(f"{name}: {len(mine)} {word} here, {len(theirs)} at the server")
        if history["problems"]:
            self.missed.append(f"{name}: {history['problems'][:3]}")
        print(
            f"{name}: HISTORIES DIFFER"
            if differs
            else f"{name}: histories agree on {len(history['approved'])} approved and "
            f"{len(history['denied'])} denied"
        )


def peer_polls(peer: PrivacyIdea, seconds: float) -> tuple[float, list[float]]:
    """Poll privacyIDEA as fast as it goes; return polls a second and their times."""
    until, times = time.perf_counter() + seconds, []

    def work() -> None:
        with socket.create_connection(("127.0.0.1", peer.port)) as connection:
            file = connection.makefile("rb")
            while (started := time.perf_counter()) < until:
                connection.sendall(peer.poll())
                assert b" 200 " in file.readline()
                size = 0
                while (line := file.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        size = int(line.split(b":")[1])
                assert b'"value": []' in file.read(size)
                times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, sorted(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the load, half the ways")
    parser.add_argument("--only", help="one way: sqlite-1, postgresql-1, postgresql-2; no peer")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of what ends the servers
    bench = Bench(quick=arguments.quick)
    print(
        f"Argon2id {MEMORY_MIB} MiB, {PASSES} passes; load pinned to one of {os.cpu_count()} cores; "
        f"{os.getloadavg()[0]:.1f} other programs ran in the minute before"
    )
    ways = [("sqlite", 1), ("postgresql", 1), ("postgresql", 2)]
    if arguments.quick:
        ways = ways[::2]
    if arguments.only:
        ways = [way for way in ways if f"{way[0]}-{way[1]}" == arguments.only]
    polls = {}
    for kind, count in ways:
        name = f"{kind}, {count} process{'es' * (count > 1)}"
        polls[name] = bench.run(name, kind, count)
    if not arguments.only:
        with privacyidea() as peer:
            peer.enrol()
            rate, times = peer_polls(peer, bench.seconds / 4)
        ratios = ", ".join(
            f"{name} {each / rate:.1f} times as many" for name, each in polls.items()
        )
        print(
            f"privacyIDEA 3.14: {rate:.0f} signed polls/s (p50/p99 {high(times, 0.5):.0f}/{high(times):.0f} ms); {ratios}"
        )
    print(f"bars missed: {', '.join(bench.missed) or 'none'}")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
