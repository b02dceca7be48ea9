"""`make demo`: a server with a demo user on loopback, and the app, ready to enrol.

Everything lives in a temporary folder that goes when the app is closed: neither your vault nor
any other server is touched.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
NAME, PASSWORD = "demo", "correct horse battery"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                return False
            time.sleep(0.05)
    return False


def main() -> int:
    with tempfile.TemporaryDirectory(
        prefix="watchword-demo-", ignore_cleanup_errors=True
    ) as folder:
        data, home = Path(folder) / "server", Path(folder) / "app"
        data.mkdir()
        home.mkdir()
        program = [str(PROGRAMS / "watchword-server"), "--data", str(data)]
        subprocess.run(
            [*program, "user", "add", NAME, "--password-stdin"],
            input=f"{PASSWORD}\n".encode(),
            check=True,
        )
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        log = (data / "log.txt").open("wb")
        server = subprocess.Popen(
            [*program, "--port", str(port), "--name", "Kalos Club"],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not wait_until_it_answers(address, server):
                print((data / "log.txt").read_text(), file=sys.stderr)
                print("The demo server did not start; its log is above.", file=sys.stderr)
                return 1
            print(f"Demo server  {address}\nUser         {NAME}\nPassword     {PASSWORD}\n")
            print("1. In the browser: sign in, open Security, add a device.")
            print(
                "2. In Watchword: create a vault, scan the QR code, type the short code into the page."
            )
            print(
                "3. Sign out and in again: the login request appears in Watchword.\n", flush=True
            )
            if "--no-browser" not in sys.argv:
                webbrowser.open(address)
            arguments = [argument for argument in sys.argv[1:] if argument != "--no-browser"]
            return subprocess.run(
                [str(PROGRAMS / "watchword"), *arguments],
                env={**os.environ, "WATCHWORD_HOME": str(home)},
                check=False,
            ).returncode
        except KeyboardInterrupt:
            return 130
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(15)
            log.close()


if __name__ == "__main__":
    sys.exit(main())
