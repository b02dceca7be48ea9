"""Where the files that are not Python lie: in the checkout, or inside the installed package."""

from functools import cache
from pathlib import Path

import watchword


@cache
def resources() -> Path:
    """Return the folder that holds icons/ and brands/.

    A wheel carries it as `watchword/resources`; in a checkout it stands beside `app/`.
    """
    package = Path(watchword.__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent.parent / "resources"
