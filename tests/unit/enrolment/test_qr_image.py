"""What a picture holds is read, all of it, and nothing that is not there."""

import numpy as np
import pytest
import qr_scenes
import zxingcpp

from watchword.enrolment import qr_image

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
OTHER = "otpauth://totp/Orchid:ben?secret=GEZDGNBVGY3TQOJQ&issuer=Orchid"


@pytest.mark.parametrize(
    "picture",
    [
        qr_scenes.qr(LINK),
        255 - qr_scenes.qr(LINK),  # light on dark
        np.rot90(qr_scenes.qr(LINK)),
        qr_scenes.qr(LINK)[:, ::-1],  # a front camera's mirror image
        qr_scenes.on_table(qr_scenes.tilted(qr_scenes.qr(LINK, quiet=12), 25, lean=0.05)),
        qr_scenes.moved(qr_scenes.on_table(qr_scenes.qr(LINK)), 5),
        qr_scenes.shadowed(qr_scenes.on_table(qr_scenes.qr(LINK))),
    ],
    ids=["plain", "inverted", "turned", "mirrored", "tilted", "moved", "shadowed"],
)
def test_the_first_stage_reads(picture: qr_image.Grey) -> None:
    assert qr_image.read_fast(picture) == (LINK,)


def test_rows_may_be_further_apart_than_they_are_long() -> None:
    code = qr_scenes.qr(LINK)
    plane = np.zeros((code.shape[0], code.shape[1] + 37), np.uint8)
    plane[:, : code.shape[1]] = code
    assert qr_image.read_fast(plane[:, : code.shape[1]]) == (LINK,)


def test_every_code_of_a_picture_is_kept_once() -> None:
    picture = qr_scenes.beside([qr_scenes.qr(text) for text in (LINK, OTHER, LINK)])
    assert sorted(qr_image.read_fast(picture)) == sorted([LINK, OTHER])


@pytest.mark.parametrize("stage", qr_image.RESCUE, ids=lambda stage: stage.name)
def test_every_rescue_stage_still_reads_a_sound_code(stage: qr_image.Stage) -> None:
    assert qr_image.read_with(stage, qr_scenes.on_table(qr_scenes.qr(LINK, scale=4))) == (LINK,)


def test_rescue_reads_what_the_first_stage_misses() -> None:
    # The code is as large as a stamp across a room: about one pixel a module.
    small = qr_scenes.on_table(qr_scenes.qr(LINK, scale=1), level=255)
    assert qr_image.read_fast(small) == () or qr_image.read_still(small) == (LINK,)
    assert qr_image.read_still(small) == (LINK,)


def test_nothing_is_read_where_nothing_is() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640), dtype=np.uint8)
    for picture in (noise, np.zeros((1, 1), np.uint8), np.full((480, 640), 128, np.uint8)):
        assert qr_image.read_still(picture) == ()


def test_rescue_work_is_bounded_by_the_size_of_the_picture() -> None:
    large = np.full((9000, 5000), 255, np.uint8)
    code = qr_scenes.qr(LINK, scale=12)
    large[: code.shape[0], : code.shape[1]] = code
    assert qr_image.read_with(qr_image.RESCUE[0], large) == (LINK,)
    assert qr_image.read_with(qr_image.RESCUE[-1], large) == ()


def test_names_in_utf_8_are_read_as_they_were_written() -> None:
    text = "otpauth://totp/Zürich 東京:ana?secret=JBSWY3DPEHPK3PXP"
    assert qr_image.read_still(qr_scenes.qr(text.encode())) == (text,)


def test_bytes_that_are_no_text_are_not_guessed_at() -> None:
    code = zxingcpp.create_barcode(b"otpauth://totp/\xff?secret=AAAA", zxingcpp.QRCode)
    picture = np.pad(np.array(code.to_image(scale=4)), 30, constant_values=255)
    assert qr_image.read_fast(picture) == ()


def test_the_longest_codes_are_read() -> None:
    digits = "7" * 4296
    assert qr_image.read_still(qr_scenes.qr(digits, scale=3)) == (digits,)


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
    assert qr_image._believed(answers) == believed


@pytest.mark.parametrize("engine", [qr_image._opencv, qr_image._zbar])
def test_the_late_engines_work_where_they_are_installed(engine: object) -> None:
    assert callable(engine)
    assert engine(qr_scenes.on_table(qr_scenes.qr(LINK))) == (LINK,)
