"""Which disk a folder lies on: one of this computer, or one that is reached over the network.

Everything is read from what the system has in memory; nothing asks the network. Where the system does
not tell, the disk counts as this computer's own.
"""

import os
import re
import sys
from pathlib import Path

_MOUNTINFO = Path("/proc/self/mountinfo")  # proc_pid_mountinfo(5)
_MOUNTINFO_BYTES = 4 * 1024 * 1024

# File systems as Linux names them, those of FUSE without its “fuse.” in front. 9p is not among them:
# it brings a disk of the same computer into WSL or a virtual machine.
_KINDS = {
    "nfs": "NFS",
    "nfs4": "NFS",
    "cifs": "SMB",
    "smb3": "SMB",
    "smbfs": "SMB",
    "smbnetfs": "SMB",
    "afpfs": "AFP",
    "afs": "AFS",
    "beegfs": "BeeGFS",
    "ceph": "Ceph",
    "ceph-fuse": "Ceph",
    "coda": "Coda",
    "curlftpfs": "FTP",
    "davfs": "WebDAV",
    "davfs2": "WebDAV",
    "gcsfuse": "Google Cloud Storage",
    "glusterfs": "GlusterFS",
    "goofys": "S3",
    "gvfsd-fuse": "GVfs",
    "juicefs": "JuiceFS",
    "kio-fuse": "KIO",
    "lustre": "Lustre",
    "ncpfs": "NCP",
    "rclone": "rclone",
    "s3fs": "S3",
    "sshfs": "SSH",
    "webdav": "WebDAV",
}
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def network_disk(folder: Path) -> str:
    """Return the kind of network disk `folder` lies on (“NFS”), "" for a disk of this computer.

    Links are followed; the folder need not exist yet.
    """
    try:
        real = folder.resolve()
        return _kind_at(real)
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
        return ""


def kind_in(mountinfo: bytes, real: Path) -> str:
    """Return the kind of network disk by a text in the format of /proc/self/mountinfo."""
    depth, kind = -1, ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(b" - ")
        place, disk = before.split(b" "), after.split(b" ")
        if len(place) < 5 or len(disk) < 2:
            continue
        point = Path(os.fsdecode(_ESCAPED.sub(_unescaped, place[4])))
        # Of two at one place the later one covers the earlier.
        if real.is_relative_to(point) and len(point.parts) >= depth:
            depth, kind = len(point.parts), _kind(os.fsdecode(disk[0]), disk[1])
    return kind


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8) & 0xFF])


def _kind(name: str, source: bytes) -> str:
    # davfs2 mounts as plain “fuse”, and only the source tells.
    if name == "fuse" and source.startswith((b"http:", b"https:")):
        return "WebDAV"
    return _KINDS.get(name.removeprefix("fuse."), "")


if sys.platform == "darwin":
    import ctypes
    import struct

    # sys/mount.h: struct statfs with 64-bit inodes; MNT_LOCAL is set for disks of this computer.
    _STATFS_BYTES, _FLAGS_AT, _NAME_AT, _NAME_BYTES = 2168, 64, 72, 16
    _MNT_LOCAL = 0x1000

    def _kind_at(real: Path) -> str:
        system = ctypes.CDLL(None)
        statfs = getattr(system, "statfs$INODE64", None) or system.statfs
        told = ctypes.create_string_buffer(2 * _STATFS_BYTES)
        nearest = next((each for each in (real, *real.parents) if each.exists()), real)
        if statfs(os.fsencode(nearest), told) != 0:
            return ""
        (flags,) = struct.unpack_from("=I", told.raw, _FLAGS_AT)
        name = told.raw[_NAME_AT : _NAME_AT + _NAME_BYTES].partition(b"\0")[0].decode("ascii")
        return "" if flags & _MNT_LOCAL else _KINDS.get(name, name)

elif sys.platform == "win32":
    import ctypes

    _DRIVE_REMOTE = 4  # winbase.h

    def _kind_at(real: Path) -> str:
        if real.drive.startswith("\\\\"):
            return "SMB"
        remote = ctypes.windll.kernel32.GetDriveTypeW(real.anchor) == _DRIVE_REMOTE
        return "SMB" if remote else ""

else:

    def _kind_at(real: Path) -> str:
        with _MOUNTINFO.open("rb") as file:
            return kind_in(file.read(_MOUNTINFO_BYTES), real)
