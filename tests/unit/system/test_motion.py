"""What desktops answer when they are asked whether things may move."""

import pytest

from watchword.system.motion import says_less, wants_less_motion


@pytest.mark.parametrize(
    ("answer", "less"),
    [
        ({}, False),
        ({"org.gnome.desktop.interface": {"enable-animations": ("b", False)}}, True),
        ({"org.gnome.desktop.interface": {"enable-animations": ("b", True)}}, False),
        ({"org.freedesktop.appearance": {"reduced-motion": ("u", 1)}}, True),
        ({"org.freedesktop.appearance": {"reduced-motion": ("u", 0)}}, False),
        ({"org.kde.kdeglobals.KDE": {"AnimationDurationFactor": ("s", "0")}}, True),
        ({"org.kde.kdeglobals.KDE": {"AnimationDurationFactor": ("s", "0.5")}}, False),
        ({"org.gnome.desktop.interface": {"enable-animations": False}}, False),
    ],
)
def test_each_desktop_is_understood(answer: dict[str, dict[str, object]], less: bool) -> None:
    assert says_less(answer) == less


def test_where_nobody_answers_things_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert not wants_less_motion()
