"""Before a vault is made somewhere: whether that folder is fit for one."""

from pathlib import Path

from watchword.cli.errors import Declined
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice
from watchword.cli.password import confirmed
from watchword.system.folders import refuse_synced
from watchword.system.network_disks import network_disk


def check_folder(invocation: Invocation) -> None:
    """Refuse a sync program's folder, and ask about one on a network disk.

    Raises SyncedFolder, or Declined where the person said no or could not be asked.
    """
    folder = invocation.vault.parent
    refuse_synced(folder)
    kind = network_disk(folder)
    if not kind:
        return
    what = f"{folder} lies on a network disk ({kind})"
    why = (
        "Without the network the vault opens nowhere, and whoever runs the server can delete it or "
        f"put an older one in its place, but not read it. {_about(invocation.places.local_backups)}"
    )
    if invocation.yes:
        notice(f"{what}. {why}.")
    elif not confirmed(f"{what}. {why}. Use it all the same?"):
        raise Declined(what, why, "Choose another place with --vault, or use it with --yes")


def _about(backups: Path | None) -> str:
    if backups is None:
        return "No folder on this computer's own disk was found for backups"
    return f"Every save keeps a backup on this computer, in {backups}"
