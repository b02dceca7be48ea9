"""What the server refuses, named for what a page or the API answers.

::

    KnownError
    ├── CannotStart           the data directory, the sealing key or the database is not usable
    └── Refused               a person or a device asked for something that does not go
"""

from watchword.errors import KnownError


class CannotStart(KnownError):
    """The data directory, the sealing key or the database is not usable."""


class Refused(KnownError):
    """A person or a device asked for something that does not go."""
