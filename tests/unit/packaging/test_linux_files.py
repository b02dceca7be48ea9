"""What a Linux package ships about the app is sound, and says what the app does."""

import subprocess
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree as ET

from watchword import __version__
from watchword.system.link_opening import SCHEMES

LINUX = Path(__file__).parents[3] / "packaging" / "linux"


def test_the_menus_entry_is_sound_and_opens_our_links() -> None:
    path = LINUX / "watchword.desktop"
    said = subprocess.run(
        ["desktop-file-validate", path], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout
    entry = ConfigParser(interpolation=None, strict=True)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(path, "utf-8")
    kinds = entry["Desktop Entry"]["MimeType"].strip(";").split(";")
    assert sorted(kinds) == sorted(f"x-scheme-handler/{scheme}" for scheme in SCHEMES)
    assert entry["Desktop Entry"]["Exec"] == "watchword %u"


def test_what_software_centres_show_is_sound_and_of_this_version() -> None:
    path = LINUX / "watchword.metainfo.xml"
    said = subprocess.run(
        # The name with a domain in front comes once the project has one.
        [
            "appstreamcli",
            "validate",
            "--no-net",
            "--override=cid-desktopapp-is-not-rdns=info",
            path,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout
    component = ET.parse(path).getroot()
    release = component.find("releases/release")
    assert release is not None
    assert release.get("version") == __version__
