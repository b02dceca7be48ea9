"""Which disk is reached over the network, by what Linux says of its mounts."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchword.system import network_disks
from watchword.system.network_disks import kind_in, network_disk

MOUNTINFO = rb"""21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 0:20 / /proc rw,nosuid shared:5 - proc proc rw
30 21 0:41 / /home rw,relatime shared:20 - autofs systemd-1 rw,fd=40
31 30 0:42 / /home/ana rw,relatime shared:21 master:3 propagate_from:2 - nfs4 school:/home/ana rw,vers=4.2
32 31 8:2 / /home/ana/scratch rw,relatime - xfs /dev/sdb1 rw
40 21 0:50 / /mnt/My\040Files\0111\134 rw - cifs //nas/files rw
41 21 0:51 / /mnt/dav rw - fuse https://cloud.example/dav/ rw
42 21 0:52 / /mnt/iso rw - fuse /dev/fuse rw
43 21 0:53 / /mnt/ssh rw - fuse.sshfs ana@host: rw
44 21 0:54 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
45 21 0:55 / /mnt/c rw - 9p C:\134 rw,aname=drvfs
46 21 0:56 / /mnt/stick rw - fuseblk /dev/sdc1 rw
47 21 0:57 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw,lowerdir=/x
48 21 0:58 / /mnt/over rw - nfs server:/a rw
49 21 8:3 / /mnt/over rw - ext4 /dev/sdd1 rw
50 21 0:59 / /mnt/covered rw - ext4 /dev/sde1 rw
51 21 0:60 / /mnt/covered rw - smb3 //nas/b rw
a line that is none
60 21 0:61 / /mnt/short -
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", ""),
        ("/home", ""),
        ("/home/ana", "NFS"),
        ("/home/ana/.local/share/watchword", "NFS"),
        ("/home/anabel", ""),
        ("/home/ana/scratch/x", ""),
        ("/mnt/My Files\t1\\/x", "SMB"),
        ("/mnt/My", ""),
        ("/mnt/dav/x", "WebDAV"),
        ("/mnt/iso", ""),
        ("/mnt/ssh/x/y", "SSH"),
        ("/run/user/1000/gvfs/smb-share:server=nas", "GVfs"),
        ("/mnt/c/Users/ana", ""),
        ("/mnt/stick", ""),
        ("/var/lib/docker/overlay2/x/merged/home", ""),
        ("/mnt/over/x", ""),
        ("/mnt/covered/x", "SMB"),
        ("/mnt/short", ""),
    ],
)
def test_the_mount_nearest_to_the_folder_tells(folder: str, kind: str) -> None:
    assert kind_in(MOUNTINFO, Path(folder)) == kind


@pytest.mark.parametrize(
    "text", [b"", b"\n \n - \n", b"1 2 3 4 5 - \n", b"\xff" * 999, b"- " * 99]
)
def test_a_text_that_says_nothing_means_no_network_disk(text: bytes) -> None:
    assert kind_in(text, Path("/home/ana")) == ""


def test_names_that_are_not_utf_8_are_found(tmp_path: Path) -> None:
    text = b"1 0 0:1 / /mnt/\xff\xfe rw - nfs server:/ rw\n"
    assert kind_in(text, Path(os.fsdecode(b"/mnt/\xff\xfe/data"))) == "NFS"


def test_without_the_system_s_text_no_disk_is_a_network_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_disks, "_MOUNTINFO", tmp_path / "none")
    assert network_disk(tmp_path) == ""


def test_this_machine_s_own_disk_is_none(tmp_path: Path) -> None:
    assert network_disk(tmp_path) == ""
    assert network_disk(tmp_path / "not" / "there") == ""


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system named as sshfs names its own, whose server is gone at once."""
    point = tmp_path / "far away"
    point.mkdir()
    system = ctypes.CDLL(None, use_errno=True)
    try:
        descriptor = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        pytest.skip(f"no FUSE here: {error.strerror}")
    options = f"fd={descriptor},rootmode=40000,user_id=0,group_id=0".encode()
    failed = system.mount(b"ana@host:", os.fsencode(point), b"fuse.sshfs", 0, options)
    reason = os.strerror(ctypes.get_errno())
    os.close(descriptor)
    if failed:
        pytest.skip(f"this user may not mount: {reason}")
    yield point
    assert system.umount2(os.fsencode(point), 2) == 0  # MNT_DETACH


def test_a_real_mount_is_found_also_when_its_server_does_not_answer(
    mounted: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(mounted)
    assert network_disk(mounted / "watchword") == "SSH"
    assert network_disk(link / "watchword") == "SSH"
    assert network_disk(tmp_path) == ""
