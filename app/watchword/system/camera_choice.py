"""Which camera the person chose on this computer, and whether its picture is mirrored.

Neither secret nor precious: what cannot be read is forgotten, what cannot be written is not kept.
"""

import contextlib
import json
from dataclasses import asdict, dataclass

from watchword.system.paths import NoHome, state_path

_NAME = "camera.json"
_LONGEST_ID = 4096
_LARGEST_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """What was chosen; `camera` is the system's id of it, empty for the system's first."""

    camera: str = ""
    mirrored: bool = True


def read_choice() -> CameraChoice:
    """Return what was kept, or the defaults."""
    with contextlib.suppress(OSError, NoHome, ValueError, RecursionError):
        with (state_path() / _NAME).open("rb") as file:
            kept: object = json.loads(file.read(_LARGEST_BYTES))
        if isinstance(kept, dict):
            camera, mirrored = kept.get("camera"), kept.get("mirrored")
            return CameraChoice(
                camera if isinstance(camera, str) and len(camera) <= _LONGEST_ID else "",
                mirrored if isinstance(mirrored, bool) else True,
            )
    return CameraChoice()


def keep_choice(choice: CameraChoice) -> None:
    """Keep `choice` for the next time."""
    with contextlib.suppress(OSError, NoHome):
        folder = state_path()
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{_NAME}.new"
        beside.write_text(json.dumps(asdict(choice)), "utf-8")
        beside.replace(folder / _NAME)
