"""`watchword-server`: start the server, or administer it."""

import argparse
import sys

from watchword_server import __version__


def main() -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="watchword-server", description=__doc__)
    parser.add_argument("--version", action="version", version=f"watchword-server {__version__}")
    parser.parse_args()
    return 0


if __name__ == "__main__":
    sys.exit(main())
