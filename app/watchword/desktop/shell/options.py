"""The few things the app can be told when it is started."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from watchword.desktop.shell.adding import MakeSource, default_source


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    link: str = ""  # otpauth:// or watchword://, to be added, or a login request to be shown
    make_source: MakeSource = default_source
    minimised: bool = False  # begin without the window, as at login


def read_options(arguments: Sequence[str]) -> Options:
    """Read what follows the program's name; what is not ours is left to Qt (-platform and so on).

    Ends the process after --help.
    """
    if not arguments:
        return Options()
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="watchword", description="A desktop authenticator.")
    parser.add_argument("link", nargs="?", default="", help="an otpauth:// or watchword:// link")
    parser.add_argument(
        "--camera-file",
        type=Path,
        metavar="VIDEO",
        help="play this file in place of the camera, to try scanning without one",
    )
    parser.add_argument(
        "--minimised",
        action="store_true",
        help="begin as an icon in the system's bar, or minimised where there is no place for one",
    )
    read, _ = parser.parse_known_args(arguments)
    link = read.link if "://" in read.link else ""
    if read.camera_file is None:
        return Options(link, minimised=read.minimised)

    from watchword.desktop.enrolment.frame_source import open_source

    return Options(link, partial(open_source, read.camera_file), read.minimised)
