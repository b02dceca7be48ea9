"""watchword-cli with one of three wrong ways to save, for the harness to catch.

    python bad_shapes.py in-place|no-fsync|delete-then-rename ARGUMENTS…

These are the shapes behind the data losses of other programs. They live here and nowhere else.
"""

import os
import sys

from watchword.cli.program import main
from watchword.vault import durable
from watchword.vault.storage import VaultFile


def in_place(self: VaultFile, data: bytes, **_: bool) -> None:
    """Truncate and write: between the two there is no vault."""
    descriptor = os.open(self.places.vault, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    rest = data
    while rest:
        rest = rest[os.write(descriptor, rest[:1000]) :]
    os.fsync(descriptor)
    os.close(descriptor)
    durable.settle_folder(self.places.folder)


def no_fsync(self: VaultFile, data: bytes, **_: bool) -> None:
    """Rename a file whose bytes may still be in memory only."""
    temporary = self.places.new_temporary()
    temporary.write_bytes(data)
    temporary.replace(self.places.vault)


def delete_then_rename(self: VaultFile, data: bytes, **_: bool) -> None:
    """Make room first: between the two there is no vault."""
    temporary = self.places.new_temporary()
    durable.write_new(temporary, data)
    self.places.vault.unlink(missing_ok=True)
    temporary.rename(self.places.vault)
    durable.settle_folder(self.places.folder)


SHAPES = {"in-place": in_place, "no-fsync": no_fsync, "delete-then-rename": delete_then_rename}

if __name__ == "__main__":
    VaultFile._put = SHAPES[sys.argv.pop(1)]
    sys.exit(main())
