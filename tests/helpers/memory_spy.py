"""What another program of the same user can read of a program: run as `memory_spy.py COMMAND…`.

Starts the command as its child (where a system lets only parents look, this one may), waits for
its socket in XDG_RUNTIME_DIR, tries to read its memory, and does the same to a plain program that
does nothing against it. Prints JSON: {"program": {...}, "plain": {...}}.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

PTRACE_ATTACH, PTRACE_DETACH = 16, 17  # sys/ptrace.h


def look_at(process: subprocess.Popen[bytes]) -> dict[str, object]:
    seen: dict[str, object] = {"running": process.poll() is None}
    try:
        with Path(f"/proc/{process.pid}/mem").open("rb"):
            seen["memory"] = "read"
    except PermissionError:
        seen["memory"] = "refused"
    libc = ctypes.CDLL(None, use_errno=True)
    seen["ptrace"] = "attached"
    if libc.ptrace(PTRACE_ATTACH, process.pid, None, None) != 0:
        seen["ptrace"] = os.strerror(ctypes.get_errno())
    else:
        os.waitpid(process.pid, os.WUNTRACED)
        libc.ptrace(PTRACE_DETACH, process.pid, None, None)
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    found = re.search(r"^Max core file size +(\S+) +(\S+)", limits, re.MULTILINE)
    seen["core"] = list(found.groups()) if found else None
    return seen


def main() -> int:
    plain = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    program = subprocess.Popen(sys.argv[1:])
    listening = Path(os.environ["XDG_RUNTIME_DIR"])
    end = time.monotonic() + 30
    while not any(listening.iterdir()) and program.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    try:
        print(json.dumps({"program": look_at(program), "plain": look_at(plain)}))
    finally:
        for process in (program, plain):
            process.kill()
            process.wait(10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
