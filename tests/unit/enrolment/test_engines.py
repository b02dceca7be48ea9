"""Other engines may help, may be missing, and are never simply believed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import qr_scenes

from watchword.enrolment import engines

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
RAW = "otpauth://totp/Zürich:jörg?secret=JBSWY3DPEHPK3PXP&issuer=Zürich"


@pytest.mark.parametrize(
    ("answers", "believed"),
    [
        ([[LINK], []], (LINK,)),  # plain ASCII: one engine is enough
        ([["otpauth://totp/ﾃｼ?secret=A"], []], ()),  # zbar's guess at UTF-8
        ([["WIFI:S:home;;"], []], ()),
        ([["WIFI:S:home;;"], ["WIFI:S:home;;"]], ("WIFI:S:home;;",)),
        ([["Zürich", "Zürich"], []], ()),  # twice from one engine is not agreement
        ([["otpauth://totp/a b?secret=A"], []], ()),
    ],
)
def test_other_engines_are_believed_only_when_checked(
    answers: list[list[str]], believed: tuple[str, ...]
) -> None:
    assert engines.believed(answers) == believed


def test_what_zbar_alone_says_in_other_letters_is_not_believed() -> None:
    picture = qr_scenes.on_table(qr_scenes.qr(RAW.encode()))
    said = engines.LATE["zbar"](picture)
    assert said
    assert engines.believed([(), said]) == ()


@pytest.mark.parametrize("name", engines.LATE)
def test_the_late_engines_work_where_they_are_installed(name: str) -> None:
    assert engines.installed()[name]
    assert engines.LATE[name](qr_scenes.on_table(qr_scenes.qr(LINK))) == (LINK,)


def test_where_codes_were_seen_but_not_read_is_told() -> None:
    code = qr_scenes.qr(LINK)
    middle = slice(code.shape[0] // 3, -code.shape[0] // 4)
    code[middle, middle] = 255
    reading = engines.read(qr_scenes.on_table(code))
    assert reading.texts == ()
    (corners,) = reading.unread
    assert abs(np.mean(corners, axis=0) - (320, 240)).max() < 10


WITHOUT = """
import sys

sys.modules["cv2"] = sys.modules["pyzbar"] = None  # as Python itself notes that there is none
import numpy as np
from watchword.enrolment import cascade, engines
picture = np.load(sys.argv[1])
print(engines.installed())
print(cascade.read_still(picture), cascade.read_still(np.full((90, 90), 128, np.uint8)))
"""


def test_codes_are_read_where_the_other_engines_are_missing(tmp_path: Path) -> None:
    pale = qr_scenes.pale(qr_scenes.on_table(qr_scenes.qr(LINK)), dark=120, bright=131)
    np.save(tmp_path / "code.npy", pale)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, tmp_path / "code.npy"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        "{'zxing-cpp': True, 'OpenCV': False, 'zbar': False}",
        f"('{LINK}',) ()",
    ]
