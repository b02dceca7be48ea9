"""`watchword`: start the desktop app."""

import sys

from watchword import __version__


def main() -> int:
    """Start the app and return its exit status."""
    if "--version" in sys.argv[1:]:
        sys.stdout.write(f"watchword {__version__}\n")
        return 0
    try:
        from watchword.desktop.application import run
    except ImportError as error:
        sys.stderr.write(
            f"Watchword cannot start. A part of it cannot be loaded: {error}. "
            "Install it anew, with the system's libraries that README.md names.\n"
        )
        return 1

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
