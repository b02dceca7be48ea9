"""`watchword-cli`: the same core from a terminal."""

import argparse

from watchword import __version__


def main() -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="watchword-cli", description=__doc__)
    parser.add_argument("--version", action="version", version=f"watchword-cli {__version__}")
    parser.parse_args()
    return 0
