"""What a picture holds is read, all of it, and nothing that is not there."""

import cv2
import numpy as np
import pytest
import qr_scenes
import zxingcpp

from watchword.enrolment import cascade, small
from watchword.enrolment.cascade import FrameReader, looks, read_still
from watchword.enrolment.engines import Grey

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
OTHER = "otpauth://totp/Orchid:ben?secret=GEZDGNBVGY3TQOJQ&issuer=Orchid"


def _first(picture: Grey) -> tuple[str, ...]:
    """Return the texts of the first look, which must be the only one."""
    ((stage, texts),) = looks(picture)
    assert stage == cascade.FIRST
    return texts


def _blurred(text: str) -> Grey:
    return np.asarray(cv2.GaussianBlur(qr_scenes.qr(text), (0, 0), 3.5), np.uint8)


def _around_a_bottle(picture: Grey, *, bend: float = 0.55, rise: float = 0.1) -> Grey:
    """Return the picture as it is seen on a bottle from a little above."""
    rows, columns = picture.shape
    radius = columns / 2 / bend
    width = int(2 * radius * np.sin(bend))
    angle = np.arcsin((np.arange(width) - width / 2) / radius)
    across = np.tile(angle * radius + columns / 2, (int(rows * (1 + rise)), 1))
    bow = rise * rows * (1 - np.cos(angle)) / (1 - np.cos(bend))
    down = np.arange(across.shape[0])[:, None] - bow
    seen = cv2.remap(
        picture,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderValue=200,
    )
    return np.asarray(seen, np.uint8)


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
def test_the_first_look_reads_and_is_the_only_one(picture: Grey) -> None:
    assert _first(picture) == (LINK,)


def test_rows_may_be_further_apart_than_they_are_long() -> None:
    code = qr_scenes.qr(LINK)
    plane = np.zeros((code.shape[0], code.shape[1] + 37), np.uint8)
    plane[:, : code.shape[1]] = code
    assert _first(plane[:, : code.shape[1]]) == (LINK,)


def test_every_code_of_a_picture_is_kept_once() -> None:
    picture = qr_scenes.beside([qr_scenes.qr(text) for text in (LINK, OTHER, LINK)])
    assert sorted(read_still(picture)) == sorted([LINK, OTHER])


def test_codes_that_only_rescue_reads_are_kept_beside_those_that_anything_reads() -> None:
    picture = qr_scenes.beside([qr_scenes.qr(LINK), _blurred(OTHER)])
    found = list(looks(picture))
    assert found[0] == (cascade.FIRST, (LINK,))
    assert sorted(read_still(picture)) == sorted([LINK, OTHER])


def test_a_code_around_a_bottle_is_unrolled() -> None:
    text = LINK + "&algorithm=SHA256&digits=8&period=60"
    picture = qr_scenes.on_table(_around_a_bottle(qr_scenes.qr(text)))
    stages = dict(looks(picture))
    assert stages[cascade.FIRST] == ()
    assert stages[cascade.LOCATED] == (text,)


def _pale() -> Grey:
    return qr_scenes.pale(qr_scenes.on_table(qr_scenes.qr(LINK)), dark=120, bright=131)


@pytest.mark.parametrize(
    "picture",
    [_pale(), qr_scenes.on_table(_blurred(LINK))],
    ids=["pale", "blurred"],
)
def test_rescue_reads_what_the_first_look_misses(picture: Grey) -> None:
    (_, texts), *rescue = looks(picture)
    assert texts == ()
    assert rescue[-1][1] == (LINK,)


@pytest.mark.parametrize(
    "stage",
    dict.fromkeys((*cascade.BEFORE_LOCATED, *cascade.AFTER_LOCATED, *cascade.FRAME_RESCUE)),
    ids=lambda stage: stage.name,
)
def test_every_rescue_stage_still_reads_a_sound_code(stage: cascade.Stage) -> None:
    assert stage.read(qr_scenes.on_table(qr_scenes.qr(LINK, scale=4))).texts == (LINK,)


def test_nothing_is_read_where_nothing_is() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640), dtype=np.uint8)
    odd = [np.zeros((rows, columns), np.uint8) for rows, columns in ((1, 1), (1, 500), (7, 3))]
    for picture in (noise, np.full((480, 640), 128, np.uint8), *odd):
        assert read_still(picture) == ()
        assert FrameReader()(picture) == ()


def test_a_frame_gets_at_most_one_rescue_stage_and_all_of_them_in_turn() -> None:
    reader, blank = FrameReader(), np.full((72, 128), 128, np.uint8)
    stages = [stage.name for stage in cascade.FRAME_RESCUE]
    frames = [[stage for stage, _ in reader.looks(blank)] for _ in range(2 * len(stages))]
    assert frames == [[cascade.FIRST, stage] for stage in stages * 2]
    assert [stage for stage, _ in reader.looks(qr_scenes.qr(LINK))] == [cascade.FIRST]


def test_a_camera_that_is_held_still_reads_what_is_pale() -> None:
    reader = FrameReader()
    frames = [reader(_pale()) for _ in cascade.FRAME_RESCUE]
    assert (LINK,) in frames


def test_rescue_work_is_bounded_by_the_size_of_the_picture() -> None:
    large = np.full((9000, 5000), 255, np.uint8)
    assert all(not stage.read(large).texts for stage in cascade.AFTER_LOCATED)
    code = qr_scenes.qr(LINK, scale=12)
    large[: code.shape[0], : code.shape[1]] = code
    assert read_still(large) == (LINK,)


def test_names_in_utf_8_are_read_as_they_were_written() -> None:
    text = "otpauth://totp/Zürich 東京:ana?secret=JBSWY3DPEHPK3PXP"
    assert read_still(qr_scenes.qr(text.encode())) == (text,)


def test_bytes_that_are_no_text_are_not_guessed_at() -> None:
    code = zxingcpp.create_barcode(b"otpauth://totp/\xff?secret=AAAA", zxingcpp.QRCode)
    picture = np.pad(np.array(code.to_image(scale=4)), 30, constant_values=255)
    assert read_still(picture) == ()


def test_the_longest_codes_are_read() -> None:
    digits = "7" * 4296
    assert read_still(qr_scenes.qr(digits, scale=3)) == (digits,)


def _on_a_large_screen(text: str, module: float) -> Grey:
    """Return a screen of 4K with a code whose modules are `module` pixels wide."""
    code = qr_scenes.qr(text, scale=8)
    side = round(code.shape[0] / 8 * module)
    screen = np.full((2160, 3840), 235, np.uint8)
    drawn = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA)
    screen[700 : 700 + side, 1900 : 1900 + side] = drawn
    return screen


def test_a_tiny_code_on_a_large_screen_is_found_by_its_restless_pixels() -> None:
    name = "Kalos%20Bank:ana.maria%40example.org"
    more = "&issuer=Kalos%20Bank&algorithm=SHA256&digits=6&period=30"
    link = f"otpauth://totp/{name}?secret={'JBSWY3DPEHPK3PXP' * 2}{more}"
    found = dict(looks(_on_a_large_screen(link, 1.35)))
    assert found[cascade.FIRST] == ()
    assert found[cascade.SMALL] == (link,)


@pytest.mark.parametrize("shape", [(0, 0), (1, 5_000), (15, 15), (2_160, 3_840)])
def test_noise_and_slivers_hold_no_tiny_code(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    assert small.read_small(noise).texts == ()
