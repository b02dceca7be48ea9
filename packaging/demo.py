"""`make demo`: a server with a demo user on loopback, and the app, ready to enrol.

Everything lives in temporary folders that go when the app is closed: neither your vault nor any
other server is touched.
"""

import os
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--no-browser"]
    with tempfile.TemporaryDirectory(prefix="watchword-demo-", ignore_cleanup_errors=True) as home:
        # It ends when its standard input does.
        server = subprocess.Popen(
            [PROGRAMS / "watchword-server", "demo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            said = [server.stdout.readline().decode() for _ in range(3)]
            if not all(said):
                print("The demo server did not start; it says why above.", file=sys.stderr)
                return 1
            print("".join(said))
            print("1. In the browser: sign in, open Security, add a device.")
            print(
                "2. In Watchword: create a vault, scan the QR code, type the short code into the page."
            )
            print(
                "3. Sign out and in again: the login request appears in Watchword.\n", flush=True
            )
            if "--no-browser" not in sys.argv:
                webbrowser.open(said[0].split()[-1])
            return subprocess.run(
                [str(PROGRAMS / "watchword"), *arguments],
                env={**os.environ, "WATCHWORD_HOME": home},
                check=False,
            ).returncode
        except KeyboardInterrupt:
            return 130
        finally:
            server.stdin.close()
            server.wait(15)


if __name__ == "__main__":
    sys.exit(main())
