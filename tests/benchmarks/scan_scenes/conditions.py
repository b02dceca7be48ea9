"""The conditions, each a function from chance and hardness (0 easy to 1 hopeless) to a picture.

Photographs are frames of 1280 by 720 pixels, screenshots 1920 by 1080 up to 3840 by 2160. Every
photograph has the lens, noise and compression of an ordinary webcam; a condition adds its own.
Lengths are in modules where that decides how hard a code is to read.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from scan_scenes import camera, codes, places
from scan_scenes.codes import Plane
from scan_scenes.texts import Chance, login_text

PER_CONDITION = 96
_FEWER = {"screenshot 4K": 32}  # they are nine times as large
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture and every text in it."""

    condition: str
    number: int
    picture: NDArray[np.uint8] = field(repr=False)
    texts: frozenset[str]


@dataclass(slots=True)
class Shot:
    """What is chosen for one scene before the condition does its own."""

    chance: Chance
    hardness: float
    texts: list[str] = field(default_factory=list)

    def between(self, easy: float, hard: float) -> float:
        """Return the value at this hardness, a little to either side of it."""
        at = np.clip(self.hardness + self.chance.normal(0, 0.06), 0, 1)
        return float(easy + (hard - easy) * at)

    def code(self, *, level: int | None = None, ink: float = 15, paper: float = 235) -> Plane:
        """Return a new code, 8 pixels a module, its text noted."""
        dark = self.modules(level)
        return codes.plain(dark, ink=ink, paper=paper)

    def modules(self, level: int | None = None) -> NDArray[np.bool_]:
        """Return the modules of a new code, its text noted."""
        text = login_text(self.chance)
        self.texts.append(text)
        if level is None:
            level = int(self.chance.choice(4, p=[0.25, 0.5, 0.15, 0.1]))
        return codes.modules(text, level)

    def on_desk(
        self,
        code: Plane,
        module: float,
        *,
        tilt: float | None = None,
        degrees: float | None = None,
    ) -> Plane:
        """Return a desk with the code on it, about `module` pixels a module."""
        scene = places.desk(self.chance)
        self.put(scene, code, module, tilt=tilt, degrees=degrees)
        return scene

    def put(
        self,
        scene: Plane,
        code: Plane,
        module: float,
        *,
        mask: Plane | None = None,
        tilt: float | None = None,
        degrees: float | None = None,
    ) -> float:
        """Lay a code (8 pixels a module) into the scene; return the pixels a module it got."""
        size = min(module * max(code.shape) / 8, 0.94 * min(scene.shape))
        if tilt is None:
            tilt = self.chance.uniform(0, 20)
        if degrees is None:
            degrees = self.chance.normal(0, 6)
        corners = camera.facing(
            size,
            (0, 0),
            degrees=degrees,
            tilt=tilt,
            towards=self.chance.uniform(0, 360),
        )
        rows, columns = scene.shape
        if code.shape[0] != code.shape[1]:
            corners *= np.array(code.shape[::-1]) / max(code.shape)
        low, high = corners.min(axis=0), corners.max(axis=0)
        room = np.maximum(np.array((columns, rows)) - (high - low) - 8, 0)
        corners += 4 - low + room * self.chance.uniform(0, 1, 2)
        camera.lay(scene, code, corners.astype(np.float32), mask)
        return float(size / max(code.shape) * 8)


def _clean(shot: Shot) -> NDArray[np.uint8]:
    scene = shot.on_desk(shot.code(), shot.between(8, 4.5))
    return camera.sensor(scene, shot.chance)


def _shadow(shot: Shot) -> NDArray[np.uint8]:
    scene = shot.on_desk(shot.code(), shot.chance.uniform(4, 7))
    rows, columns = scene.shape
    down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
    light = np.ones(scene.shape, np.float32)
    least = shot.between(0.15, 0.0008)
    for _ in range(int(shot.chance.integers(1, 4))):
        angle = shot.chance.uniform(0, 2 * np.pi)
        at = shot.chance.uniform(0.3, 0.7, 2) * (columns, rows)
        along = (across - at[0]) * np.cos(angle) + (down - at[1]) * np.sin(angle)
        along += 60 * places.clouds(shot.chance, scene.shape, 200, 2)
        edge = shot.chance.uniform(3, 120)
        light *= least + (1 - least) / (1 + np.exp(-along / edge))
    light = np.maximum(light, least * 0.5) * shot.between(1, 0.5)
    return camera.sensor(camera.lit(scene, light), shot.chance, noise=shot.between(1, 3))


def _low_contrast(shot: Shot) -> NDArray[np.uint8]:
    middle, swing = shot.chance.uniform(40, 215), shot.between(70, 6)
    code = shot.code(ink=middle - swing / 2, paper=middle + swing / 2)
    scene = shot.on_desk(code, shot.chance.uniform(4, 7))
    return camera.sensor(scene, shot.chance, noise=shot.chance.uniform(0.8, 2.2), quality=93)


def _defocus(shot: Shot) -> NDArray[np.uint8]:
    code = shot.code()
    scene = places.desk(shot.chance)
    module = shot.put(scene, code, shot.chance.uniform(3.5, 9))
    return camera.sensor(camera.defocused(scene, module * shot.between(0.45, 1.15)), shot.chance)


def _motion(shot: Shot) -> NDArray[np.uint8]:
    code = shot.code()
    scene = places.desk(shot.chance)
    module = shot.put(scene, code, shot.chance.uniform(3.5, 9))
    way = shot.chance.uniform(0, 180)
    scene = camera.moved(scene, module * shot.between(0.8, 2.6), way, shot.chance.uniform(0, 0.25))
    return camera.sensor(scene, shot.chance)


def _curve(shot: Shot) -> NDArray[np.uint8]:
    code = shot.code()
    if shot.chance.random() < 0.5:
        code = np.rot90(code).copy()
    rise = shot.between(0, 0.12) * shot.chance.choice([-1, 1])
    bent, inside = camera.curved(code, shot.between(0.1, 0.8), rise)
    scene = places.desk(shot.chance)
    shot.put(scene, bent, shot.chance.uniform(4, 8), mask=inside)
    return camera.sensor(scene, shot.chance)


def _glare(shot: Shot) -> NDArray[np.uint8]:
    code = shot.code()
    scene = places.desk(shot.chance)
    before = scene.copy()
    shot.put(scene, code, shot.chance.uniform(4, 8))
    touched = np.argwhere(np.abs(scene - before) > 3)
    low, high = touched.min(axis=0), touched.max(axis=0)
    side = float(max(high - low))
    down, across = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    veil = shot.between(0.1, 0.6) * 255
    scene = scene * (1 - veil / 400) + veil * 0.6
    for _ in range(int(shot.chance.integers(1, 4))):
        at = low + shot.chance.uniform(0.1, 0.9, 2) * (high - low)
        turn = shot.chance.uniform(0, np.pi)
        wide = side * shot.between(0.05, 0.28)
        x = (across - at[1]) * np.cos(turn) + (down - at[0]) * np.sin(turn)
        y = (down - at[0]) * np.cos(turn) - (across - at[1]) * np.sin(turn)
        reach = np.hypot(x / shot.chance.uniform(1, 3), y) / wide
        scene = scene + shot.between(120, 420) * np.exp(-(reach**2)) * 0.8
    return camera.sensor(np.minimum(scene, 255).astype(np.float32), shot.chance)


def _small(shot: Shot) -> NDArray[np.uint8]:
    scene = places.desk(shot.chance)
    if shot.chance.random() < 0.5:
        sheet = places.page(shot.chance, (620, 900))
        camera.lay(scene, sheet, camera.facing(1000, (640, 360), tilt=10))
    shot.put(scene, shot.code(), shot.between(2.6, 1.15))
    return camera.sensor(scene, shot.chance, noise=1.5, softness=shot.chance.uniform(0.3, 0.6))


def _perspective(shot: Shot) -> NDArray[np.uint8]:
    scene = shot.on_desk(
        shot.code(),
        shot.chance.uniform(6, 12),
        tilt=shot.between(40, 76),
        degrees=shot.chance.uniform(0, 360),
    )
    return camera.sensor(scene, shot.chance)


def _rotation(shot: Shot) -> NDArray[np.uint8]:
    scene = places.desk(shot.chance)
    module = shot.put(
        scene,
        shot.code(),
        shot.between(5, 1.8),
        degrees=shot.chance.uniform(0, 360),
        tilt=shot.between(0, 35),
    )
    return camera.sensor(camera.defocused(scene, module * shot.between(0.2, 0.6)), shot.chance)


def _noise(shot: Shot) -> NDArray[np.uint8]:
    scene = shot.on_desk(shot.code(), shot.chance.uniform(3.5, 7))
    dim = camera.lit(scene, shot.between(0.5, 0.05))
    noise = shot.between(8, 45)
    return camera.sensor(dim, shot.chance, noise=noise, softness=0.4, quality=85)


def _styled(shot: Shot) -> NDArray[np.uint8]:
    hard = shot.between(0.1, 1.25)
    level = int(shot.chance.choice([1, 2, 3], p=[0.2, 0.4, 0.4]))
    code = codes.styled(shot.modules(level), shot.chance, hard)
    if shot.chance.random() < 0.4:
        scene = places.screen(shot.chance, (1080, 1920), dark=bool(shot.chance.random() < 0.5))
        shot.put(scene, code, shot.between(6, 2), tilt=0, degrees=0)
        return np.clip(scene, 0, 255).astype(np.uint8)
    scene = places.desk(shot.chance)
    module = shot.put(scene, code, shot.chance.uniform(3.5, 8))
    return camera.sensor(camera.defocused(scene, module * shot.between(0.1, 0.6)), shot.chance)


def _inverted(shot: Shot) -> NDArray[np.uint8]:
    ink, paper = shot.between(245, 120), shot.between(10, 70)
    scene = places.desk(shot.chance)
    module = shot.put(scene, shot.code(ink=ink, paper=paper), shot.between(6, 2.4))
    return camera.sensor(camera.defocused(scene, module * shot.between(0.2, 0.9)), shot.chance)


def _moire(shot: Shot) -> NDArray[np.uint8]:
    """Photograph a display: its stripes of colour beat with the camera's pixels."""
    dots = int(shot.chance.integers(3, 6))  # display pixels a module
    plain = codes.plain(shot.modules(), dots, ink=12, paper=245)
    fine = np.kron(plain, np.ones((6, 6), np.float32))
    stripes = np.array([0.75, 0.75, 1.7, 1.7, 0.35, 0.35], np.float32)
    gap = np.array([0.25, 1.15, 1.15, 1.15, 1.15, 1.15], np.float32)
    depth = shot.between(0.4, 1.0)
    grid = 1 + depth * (np.outer(gap, stripes) - 1)
    fine *= np.tile(grid, plain.shape)
    scene = places.screen(shot.chance, places.FRAME, dark=bool(shot.chance.random() < 0.5))
    size = min(plain.shape[0] * shot.chance.uniform(0.7, 1.3) * shot.between(1.1, 0.5), 660)
    room = (np.array(places.FRAME[::-1]) - size * 1.1) / 2
    at = np.array(places.FRAME[::-1]) / 2 + shot.chance.uniform(-1, 1, 2) * room.clip(0)
    corners = camera.facing(
        size,
        (float(at[0]), float(at[1])),
        degrees=shot.chance.normal(0, 4),
        tilt=shot.chance.uniform(0, 12),
    )
    blur = shot.chance.uniform(0.2, 0.45) * fine.shape[0] / size
    camera.lay(scene, cv2.GaussianBlur(fine, (0, 0), blur), corners, finer=1)
    return camera.sensor(scene, shot.chance, softness=0.35, noise=shot.between(1.5, 4))


def _several(shot: Shot) -> NDArray[np.uint8]:
    """Show two to six codes at once, in a row on a page or thrown on a desk."""
    count = int(shot.chance.integers(2, 7))
    across = 3 if count > 2 else 2
    scene = places.desk(shot.chance)
    cell = (720 / (2 if count > across else 1), 1280 / across)
    module, blur = shot.between(4.5, 1.9), shot.between(0.2, 0.75)
    got = module
    for place in range(count):
        part = np.full((int(cell[0]), int(cell[1])), np.nan, np.float32)
        top, left = int(place // across * cell[0]), int(place % across * cell[1])
        part = scene[top : top + int(cell[0]), left : left + int(cell[1])]
        got = min(got, shot.put(part, shot.code(), module, degrees=shot.chance.normal(0, 20)))
    scene = camera.defocused(scene, got * blur)
    light = 0.15 + 0.85 * places.clouds(shot.chance, scene.shape, 500, 2)
    return camera.sensor(camera.lit(scene, light), shot.chance)


def _jpeg(shot: Shot) -> NDArray[np.uint8]:
    """Pass a screenshot through a messenger: made smaller, squeezed, perhaps twice."""
    scene = places.screen(shot.chance, (1080, 1920), dark=False)
    module = shot.put(
        scene, shot.code(ink=0, paper=255), shot.chance.uniform(3, 7), tilt=0, degrees=0
    )
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    for _ in range(int(shot.chance.integers(1, 3))):
        wanted = shot.between(3.2, 1.5) * shot.chance.uniform(1, 1.15)
        if wanted < module:
            factor = wanted / module
            picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            module = wanted
        picture = camera.squeezed(picture, max(3, int(shot.between(45, 8))))
    return picture


def _dark_screenshot(shot: Shot) -> NDArray[np.uint8]:
    """Show a code small in a dark theme, light on dark or on a pale card, scaled by a fraction."""
    shape = (1080, 1920) if shot.chance.random() < 0.6 else (1440, 2560)
    scene = places.screen(shot.chance, shape, dark=True)
    light, back = shot.between(250, 120), shot.chance.uniform(18, 50)
    if shot.chance.random() < 0.5:
        code = shot.code(ink=light, paper=back)
    else:
        code = shot.code(ink=back, paper=light)
    _shown(scene, code, shot, shot.between(2.0, 1.0))
    return np.clip(scene, 0, 255).astype(np.uint8)


def _screenshot_4k(shot: Shot) -> NDArray[np.uint8]:
    scene = places.screen(shot.chance, (2160, 3840), dark=bool(shot.chance.random() < 0.4))
    _shown(scene, shot.code(ink=0, paper=255), shot, shot.between(7, 1.1))
    return np.clip(scene, 0, 255).astype(np.uint8)


def _shown(scene: Plane, code: Plane, shot: Shot, module: float) -> None:
    """Draw a code as a browser does that scales a picture: smooth, or by repeating pixels."""
    side = round(code.shape[0] / 8 * module)
    kind = cv2.INTER_NEAREST if shot.chance.random() < 0.25 else cv2.INTER_AREA
    drawn = cv2.resize(code, (side, side), interpolation=kind)
    top, left = (int(shot.chance.integers(length - side - 40)) for length in scene.shape)
    scene[top : top + side, left : left + side] = drawn


CONDITIONS: dict[str, Callable[[Shot], NDArray[np.uint8]]] = {
    "clean": _clean,
    "shadow": _shadow,
    "low contrast": _low_contrast,
    "defocus": _defocus,
    "motion blur": _motion,
    "curve": _curve,
    "glare": _glare,
    "small and far": _small,
    "perspective": _perspective,
    "rotation": _rotation,
    "noise": _noise,
    "styled with logo": _styled,
    "inverted": _inverted,
    "moiré": _moire,
    "several codes": _several,
    "JPEG": _jpeg,
    "dark screenshot": _dark_screenshot,
    "screenshot 4K": _screenshot_4k,
}


def scene(seed: int, condition: str, number: int) -> Scene:
    """Return one scene; the same for the same arguments, whatever others were made."""
    chance = np.random.default_rng([seed, zlib.crc32(condition.encode()), number])
    # Successive numbers spread evenly over all degrees of hardness, however many are taken.
    shot = Shot(chance, (number * _GOLDEN + chance.random() * 0.01) % 1)
    picture = CONDITIONS[condition](shot)
    return Scene(condition, number, picture, frozenset(shot.texts))


def scenes(seed: int, share: float = 1.0) -> Iterator[Scene]:
    """Give `share` of the scenes of a seed, condition by condition; all of them are over 1,600."""
    for condition in CONDITIONS:
        count = max(1, round(_FEWER.get(condition, PER_CONDITION) * share))
        for number in range(count):
            yield scene(seed, condition, number)
