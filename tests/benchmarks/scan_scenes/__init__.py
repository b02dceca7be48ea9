"""Pictures with QR codes as people meet them, made from a seed; the truth is known for each.

The scenes and both seeds were committed before the reader was tuned. Stages of the reader are
chosen and ordered on TUNING_SEED only; the figures in docs/scanning.md come from JUDGING_SEED.
Everything is drawn here: the same seed gives the same pictures on every computer with the
locked versions of numpy, OpenCV, Pillow and qrcode.
"""

from scan_scenes.conditions import CONDITIONS, PER_CONDITION, Scene, scene, scenes
from scan_scenes.negatives import NEGATIVES, negatives

TUNING_SEED = 1_305
JUDGING_SEED = 86_028

__all__ = [
    "CONDITIONS",
    "JUDGING_SEED",
    "NEGATIVES",
    "PER_CONDITION",
    "TUNING_SEED",
    "Scene",
    "negatives",
    "scene",
    "scenes",
]
