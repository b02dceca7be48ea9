"""Which brand a name means, and that its icon can be seen on its tile."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from watchword.desktop.look.brands import brand_called, brand_for, brands, folded
from watchword.desktop.look.resources import resources
from watchword.desktop.look.theme import DARK, LIGHT, Colours
from watchword.desktop.look.widgets.monogram import brand_inks, contrast, draw_mark


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("GitHub", "github"),
        ("git hub", "github"),
        (" GITHUB ", "github"),
        ("github.com", "github"),
        ("Gitea", "gitea"),
        ("Google", "google"),
        ("accounts.google.com", "google"),
        ("Google.com", "google"),
        ("Twitter", "x"),
        ("X (formerly Twitter)", "x"),
        ("Digital Ocean", "digitalocean"),
        ("Proxmox VE", "proxmox"),
        ("AT&T", "atandt"),
        ("Booking.com", "bookingdotcom"),
        ("Pi-hole", "pihole"),
        ("team.atlassian.net", "atlassian"),
        ("tado°", "tado"),
    ],
)
def test_a_brand_is_known_as_people_and_services_write_it(name: str, slug: str) -> None:
    found = brand_for(name)
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "...",
        "Git",
        "GitHub Enterprise",
        "GitHubs",
        "My Google",
        "Google\u200b",  # a space that is not seen
        "G\u043eogle",  # a Cyrillic letter
        "\uff27oogle",  # a full-width one
        "Go\u00f6gle",
        "\u212araken",  # the sign of a kelvin
        "\u202eelgooG",
        "google.com.example",
        "google.com@example",
        "notgoogle.com",
        "g\u043eogle.com",
        "book.ing.com",  # ends in a domain of somebody else
        "gogle.com",
        "A" * 256,
        "." * 256,
    ],
)
def test_another_name_is_another_service(name: str) -> None:
    assert brand_for(name) is None


def test_no_name_stands_for_two_brands() -> None:
    seen: dict[str, str] = {}
    for brand in brands():
        for name in (brand.title, *brand.names):
            assert brand_for(name) is brand, name
            assert seen.setdefault(folded(name.lower()), brand.slug) == brand.slug
    assert len(brands()) > 500
    assert brand_called("no such brand") is None


def test_the_file_says_where_it_comes_from_and_its_licence_lies_beside_it() -> None:
    folder = resources() / "brands"
    about = json.loads((folder / "brands.json").read_text("utf-8"))
    assert about["licence"] == "CC0-1.0"
    assert about["from"].startswith("Simple Icons ")
    assert (folder / "LICENSE.md").read_text("utf-8").startswith("# CC0 1.0 Universal")


def test_every_icon_can_be_told_from_its_tile() -> None:
    for brand in brands():
        ground, ink = brand_inks(brand.colour)
        assert contrast(ground, ink) >= 3, brand.slug


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_icon_is_drawn_inside_its_tile(qtbot: QtBot, colours: Colours) -> None:
    for brand in brands():
        ground, _ = brand_inks(brand.colour)
        picture = QImage(40, 40, QImage.Format.Format_RGB32)
        picture.fill(ground)
        painter = QPainter(picture)
        draw_mark(painter, QRectF(0, 0, 40, 40), brand.title, colours, brand=brand)
        painter.end()
        pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(40, 40, 4).astype(int)
        # Without the outermost ring, which may be a hairline around the tile.
        apart = np.abs(pixels - (ground.blue(), ground.green(), ground.red(), 255)).max(2) > 24
        apart[[0, 39], :] = apart[:, [0, 39]] = False
        assert apart.sum() > 12, brand.slug
        rows, columns = np.nonzero(apart)
        inside = (rows >= 7) & (rows <= 32) & (columns >= 7) & (columns <= 32)
        near_corner = np.hypot(rows - 19.5, columns - 19.5) > 21  # a hairline is round there
        assert (inside | near_corner).all(), brand.slug
