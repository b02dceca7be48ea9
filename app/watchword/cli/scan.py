"""`scan FILE…`: what the QR codes of pictures say, unfiltered; no vault, no password."""

import argparse

from watchword.cli import errors
from watchword.cli.arguments import Commands
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines


def add_to(commands: Commands) -> None:
    """Describe the command."""
    scan = commands.add("scan", "print what the QR codes of pictures say", run=run)
    scan.add_argument("files", nargs="+", metavar="FILE", help="a PNG, JPEG, WebP or BMP picture")


def run(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Print every text; succeed if any file could be read."""
    from watchword.enrolment.files import read_files

    readings = read_files(arguments.files)
    if invocation.json:
        print_json(
            [
                {"file": each.file, "texts": list(each.texts)}
                | ({"error": each.error} if each.error else {})
                for each in readings
            ]
        )
    for each in readings:
        if each.error:
            notice(f"{each.file}: {each.error}.")
        elif not each.texts:
            notice(f"{each.file}: no QR code was found.")
        elif not invocation.json:
            print_lines(*each.texts)
    return errors.OK if any(each.error is None for each in readings) else errors.FAILED
