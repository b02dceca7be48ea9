"""Starts watchword-server again and again without importing it each time: a fork for each start.

Reads a line for each start, the arguments and where to log; prints the new process's id. The
process is the installed server's own main(); only what every start imports is there already.
"""

import json
import os
import signal
import sys

import asyncpg  # noqa: F401  # these two are imported by the server when it serves
import sqlalchemy.dialects.postgresql.asyncpg
import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401

import watchword_server.serving  # noqa: F401
from watchword_server.__main__ import main


def start(arguments: list[str], log: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in (1, 2):
        os.dup2(file, number)
    os.close(0)
    sys.argv = ["watchword-server", *arguments]
    status = 1
    try:
        status = main()
        sys.stdout.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone at once
    for line in sys.stdin:
        print(start(*json.loads(line)), flush=True)
