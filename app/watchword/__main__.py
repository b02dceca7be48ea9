"""`watchword`: start the desktop app."""

import sys

from watchword import __version__


def main() -> int:
    """Start the app and return its exit status."""
    if "--version" in sys.argv[1:]:
        sys.stdout.write(f"watchword {__version__}\n")
        return 0
    from watchword.desktop.application import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
