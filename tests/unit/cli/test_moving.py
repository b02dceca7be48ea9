"""`vault moved` and `vault copied`: nobody is asked before one of them was said."""

import json
from dataclasses import replace

from cli_home import PASSWORD, Home
from native_server import NativeServer

from watchword.vault import LockedVault
from watchword.vault.account import Account

ID = "a" * 16


def from_another_computer(home: Home, kind: str = "native") -> None:
    """Put a linked account into the vault, whose device another computer's is."""
    vault = LockedVault(home.vault).unlock(PASSWORD)
    link = replace(NativeServer().link(), origin="http://127.0.0.1:1", kind=kind)
    vault.add([Account(id=ID, issuer="Kalos", account="ana", otp=None, link=link)])
    vault.set_setting("installation", "another one")
    vault.save()
    vault.lock()


def state_of(home: Home) -> str:
    (account,) = home.json("list")
    state: str = account["server"]["state"]
    return state


def test_moved_is_saved_at_once_and_told_to_servers_when_they_can_be_reached(home: Home) -> None:
    from_another_computer(home)
    for words in (("requests",), ("deny", "r1")):
        done = home.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "last used on another computer" in done.stderr
        assert "vault moved" in done.stderr
    done = home.run("--json", "vault", "moved")
    assert (done.returncode, json.loads(done.stdout)) == (
        0,
        {"moved": [], "waiting": [ID], "lost": [], "shared": []},
    )
    assert "127.0.0.1 could not be reached" in done.stderr
    assert state_of(home) == "active"
    again = home.run("vault", "moved")
    assert (again.returncode, "nothing to decide" in again.stderr) == (1, True)


def test_copied_leaves_codes_only_and_nobody_is_asked(home: Home) -> None:
    from_another_computer(home)
    assert home.json("vault", "copied") == {"copied": [ID]}
    assert state_of(home) == "copied"
    assert home.json("requests") == []


def test_where_a_key_cannot_be_changed_the_other_computer_is_not_said_to_be_out(
    home: Home,
) -> None:
    from_another_computer(home, kind="privacyidea")
    done = home.run("--json", "vault", "moved")
    assert json.loads(done.stdout) == {"moved": [], "waiting": [], "lost": [], "shared": [ID]}
    assert "The other computer can still answer" in done.stderr
