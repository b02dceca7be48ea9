"""How well everything is seen, computed over the colours: WCAG 2.2, 1.4.3 and 1.4.11 at AA.

With high contrast 7 to 1 for every text, which is AAA.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor

from watchword.desktop.look import design
from watchword.desktop.look.design import Colours, blend, lit_body, lit_words
from watchword.desktop.look.widgets.monogram import contrast, monogram_ground

SETS = {
    "light": design.LIGHT,
    "dark": design.DARK,
    "contrast light": design.CONTRAST_LIGHT,
    "contrast dark": design.CONTRAST_DARK,
}
GROUNDS = ("ground", "surface", "sunken", "accent_weak", "approve_weak", "deny_weak", "warn_weak")
INKS = ("text", "quiet", "faint", "accent", "approve", "deny", "warn")


@pytest.fixture(params=SETS.values(), ids=SETS)
def colours(request: pytest.FixtureRequest) -> Colours:
    found: Colours = request.param
    return found


def text_pairs(colours: Colours) -> Iterator[tuple[str, QColor, QColor]]:
    """Every text on what it is written on: a name, the ink, the ground."""
    for ground in GROUNDS:
        for ink in INKS:
            yield f"{ink} on {ground}", getattr(colours, ink), getattr(colours, ground)
    for name in ("accent", "approve"):
        ink, fill = getattr(colours, f"on_{name}"), getattr(colours, name)
        yield f"text on {name}", ink, fill
    yield "tool tips", colours.ground, colours.text


def lit_pairs(colours: Colours) -> Iterator[tuple[str, QColor, QColor]]:
    """Texts on what is under the mouse, or pressed."""
    for down in (False, True):
        state = "pressed" if down else "under the mouse"
        for name in ("accent", "approve"):
            ink, fill = getattr(colours, f"on_{name}"), getattr(colours, name)
            yield f"text on {name} {state}", ink, lit_body(fill, colours, down=down)
        for ink_name, ground_name in (
            ("text", "surface"),
            ("accent", "ground"),
            ("accent", "surface"),
            ("deny", "surface"),
            ("deny", "deny_weak"),
            ("accent", "accent_weak"),
            ("warn", "warn_weak"),
        ):
            ink, ground = getattr(colours, ink_name), getattr(colours, ground_name)
            ground, ink = lit_words(ink, ground, colours, down=down)
            yield f"{ink_name} on {ground_name} {state}", ink, ground
            yield f"text on {ground_name} {state}", colours.text, ground


def shapes(colours: Colours) -> Iterator[tuple[str, QColor, QColor]]:
    """What has to be seen to be used, and what it stands on."""
    for ground in ("ground", "surface"):
        under = getattr(colours, ground)
        yield f"the frame of a field on {ground}", colours.outline, under
        yield f"the ring of the keyboard on {ground}", colours.accent, under
        yield f"a wrong field's frame on {ground}", colours.deny, under
        yield f"the scroll bar on {ground}", blend(colours.text, colours.ground, 0.48), under
        for fill in ("accent", "approve", "warn"):
            yield f"{fill} on {ground}", getattr(colours, fill), under
    for weak in ("accent_weak", "approve_weak", "deny_weak", "warn_weak"):
        yield f"the ring on {weak}", colours.accent, getattr(colours, weak)
    off = blend(colours.faint, colours.surface, 0.75)
    yield "a switch that is off", off, colours.surface
    yield "its knob", colours.surface, off
    yield "the knob of one that is on", colours.on_accent, colours.accent
    for fill in ("accent", "warn"):
        yield f"a bar in {fill}", getattr(colours, fill), colours.sunken


def too_faint(pairs: Iterator[tuple[str, QColor, QColor]], least: float) -> list[str]:
    """Return what is below `least`, and by how much."""
    return [
        f"{name}: {contrast(ink, ground):.2f}"
        for name, ink, ground in pairs
        if contrast(ink, ground) < least
    ]


def test_every_text_is_read_on_what_it_is_written_on(colours: Colours) -> None:
    assert too_faint(text_pairs(colours), 7.0 if colours.strong else 4.5) == []


def test_no_text_grows_fainter_under_the_mouse_than_may_be(colours: Colours) -> None:
    assert too_faint(lit_pairs(colours), 7.0 if colours.strong else 4.5) == []


def test_whatever_has_to_be_seen_to_be_used_is_seen(colours: Colours) -> None:
    assert too_faint(shapes(colours), 3.0) == []


def test_with_high_contrast_every_card_has_an_edge() -> None:
    for colours in (design.CONTRAST_LIGHT, design.CONTRAST_DARK):
        assert contrast(colours.border, colours.ground) >= 7.0


def test_letters_can_be_read_on_every_monogram() -> None:
    grounds = {monogram_ground(str(number)).name() for number in range(200)}
    assert len(grounds) > 10
    assert too_faint(((name, QColor("white"), QColor(name)) for name in grounds), 4.5) == []


def test_the_opposite_of_the_opposite_is_the_same() -> None:
    for colours in SETS.values():
        assert design.opposite(design.opposite(colours)) is colours
        assert design.opposite(colours).strong == colours.strong
