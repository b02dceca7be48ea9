"""From the payload of an earlier minor version to the present one's, step by step.

A step changes members in memory; the file stays what it is until the next save, and before that save it
is pinned among the backups. Every released version's sample stays in tests/samples for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Step:
    """What one minor version changed."""

    minor: int  # the version it leads to
    change: Callable[[dict[str, Any]], None]  # of the payload's members, in place


# Version 1.0 is the first: nothing leads to it. Version 1.1 only has more kinds of codes, so what
# 1.0 wrote stands as it is.
STEPS: Final[tuple[Step, ...]] = ()


def migrate(members: dict[str, Any], minor: int) -> None:
    """Bring the payload's members from format 1.`minor` to the present, in place.

    Members are as they were read, not yet checked: a step that meets what does not belong raises
    KeyError, TypeError, ValueError or AttributeError, which reads as damage.
    """
    for step in STEPS:
        if step.minor > minor:
            step.change(members)
