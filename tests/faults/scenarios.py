"""What is run under faults, and what may be on disk afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from watchword.clock import SystemClock
from watchword.errors import VaultDamaged, WrongPassword
from watchword.otp import otpauth
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import (
    CHEAPEST,
    Account,
    LockedVault,
    OpenVault,
    Places,
    TraceKind,
    VaultMissing,
    create_vault,
    new_account_id,
    recovery,
)

CLI = Path(sys.executable).parent / "watchword-cli"
OLD, NEW = "old password", "new password"
CLOCK = SystemClock()


class State(StrEnum):
    """What lies on disk."""

    BEFORE = "old"
    AFTER = "new"
    LOST = "lost"  # no vault, where there was one
    CORRUPT = "corrupt"  # something that is neither the old nor the new vault


@dataclass(frozen=True)
class Scenario:
    """One command, the home it starts from, and how to tell before from after."""

    name: str
    arguments: tuple[str, ...]
    lines: tuple[str, ...]
    prepare: Callable[[Path], None]
    state: Callable[[Path], State]
    # What runs it: the installed program, or one of the bad shapes.
    program: tuple[str, ...] = (str(CLI),)

    def command(self, home: Path) -> list[str]:
        arguments = [each.replace("{home}", str(home)) for each in self.arguments]
        return [*self.program, "--password-stdin", "--yes", *arguments]

    @property
    def stdin(self) -> bytes:
        return "".join(f"{line}\n" for line in self.lines).encode()

    def by(self, *program: str) -> "Scenario":
        return replace(self, program=program)


@dataclass
class Outcome:
    """What a run said and what it left."""

    status: int  # negative: killed by that signal
    errors: str
    state: State
    problems: list[str] = field(default_factory=list)


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "WATCHWORD_HOME": str(home),
        "LANG": "C.UTF-8",
        # The same calls in the same order every time, or a fault aimed at one would hit another.
        "PYTHONHASHSEED": "0",
    }


def judge(scenario: Scenario, home: Path, status: int, errors: str) -> Outcome:
    """Compare what was said with what is there, and see that life goes on."""
    outcome = Outcome(status, errors, scenario.state(home))
    said_saved = status == 0
    said_not_saved = "Not saved" in errors or "Not exported" in errors
    said_unconfirmed = "not confirmed" in errors
    if outcome.state in {State.LOST, State.CORRUPT}:
        outcome.problems.append(outcome.state.value)
    if said_saved and outcome.state is not State.AFTER:
        outcome.problems.append("false saved")
    if said_unconfirmed and outcome.state is not State.AFTER:
        outcome.problems.append("false unconfirmed")
    if said_not_saved and not said_unconfirmed and outcome.state is State.AFTER:
        outcome.problems.append("false not saved")
    if status in {3, 4}:
        outcome.problems.append(f"exit {status}: a fault taken for a wrong password or damage")
    if "Traceback" in errors:
        outcome.problems.append("traceback")
    if not outcome.problems:
        outcome.problems += _goes_on(home)
    if status == 0:
        # Of what an export leaves when it is killed nobody knows; of what it leaves otherwise, it does.
        outcome.problems += [f"left behind: {path.name}" for path in home.rglob("*.tmp")]
    return outcome


def _goes_on(home: Path) -> list[str]:
    """Save once more in the ordinary way: it must work, and clear what the fault left."""
    places = Places.beside(home / "vault")
    locked = LockedVault(places.vault)
    traces = locked.traces()
    if not traces:
        vault, _ = create_vault(places.vault, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
    elif any(trace.kind is TraceKind.VAULT for trace in traces):
        vault = open_any(locked)
    else:
        recovery.restore(places, traces[0].path, OLD, CLOCK.now())
        vault = open_any(locked)
    vault.add([account("afterwards")])
    vault.save()
    vault.lock()
    problems = [f"left behind: {path.name}" for path in home.glob("*.tmp")]
    if "afterwards" not in {each.issuer for each in open_any(locked).accounts}:
        problems.append("the next save was lost")
    return problems


def open_any(locked: LockedVault) -> OpenVault:
    try:
        return locked.unlock(OLD, clock=CLOCK)
    except WrongPassword:
        return locked.unlock(NEW, clock=CLOCK)


def account(issuer: str) -> Account:
    return Account(
        id=new_account_id(),
        issuer=issuer,
        account="me",
        otp=OtpParameters(type=OtpType.TOTP, secret=issuer.encode().ljust(20, b".")[:20]),
    )


def link(issuer: str) -> str:
    made = account(issuer)
    assert made.otp
    return otpauth.write(made.otp, made.issuer, made.account)


def issuers(home: Path, password: str) -> list[str]:
    """What the vault holds; raises what the reader raises."""
    vault = LockedVault(home / "vault").unlock(password, clock=CLOCK)
    names = [each.issuer for each in vault.accounts]
    vault.lock()
    return names


def _told(before: list[str], after: list[str], *, password: str = OLD) -> Callable[[Path], State]:
    def state(home: Path) -> State:
        try:
            found = issuers(home, OLD)
        except VaultMissing:
            return State.LOST
        except VaultDamaged:
            return State.CORRUPT
        except WrongPassword:
            if password == OLD:
                return State.CORRUPT
            return State.AFTER if issuers(home, password) == after else State.CORRUPT
        if found == before and (before != after or password != OLD):
            return State.BEFORE
        return State.AFTER if found == after and password == OLD else State.CORRUPT

    return state


def _with_accounts(*names: str) -> Callable[[Path], None]:
    def prepare(home: Path) -> None:
        vault, _ = create_vault(home / "vault", OLD, cost=CHEAPEST, clock=CLOCK)
        vault.add(account(name) for name in names)
        vault.save()
        vault.lock()

    return prepare


def _with_backup(home: Path) -> None:
    _with_accounts("one", "two")(home)
    vault = LockedVault(home / "vault").unlock(OLD, clock=CLOCK)
    recovery.write_backup(vault, home / "copy")
    vault.add([account("three")])
    vault.save()
    vault.lock()


def _created(home: Path) -> State:
    locked = LockedVault(home / "vault")
    try:
        vault = locked.unlock(OLD, clock=CLOCK)
    except VaultMissing:
        return State.BEFORE
    except (VaultDamaged, WrongPassword):
        return State.CORRUPT
    vault.lock()
    return State.AFTER


FIVE_HUNDRED = [f"service {number}" for number in range(500)]


def _with_list(home: Path) -> None:
    _with_accounts("one")(home)
    lines = "".join(f"{link(name)}\n" for name in FIVE_HUNDRED)
    (home / "list.txt").write_text(lines, "utf-8")


def _with_export(home: Path) -> None:
    _with_accounts(*FIVE_HUNDRED)(home)
    (home / "elsewhere").mkdir()
    (home / "elsewhere" / "list.txt").write_text("an older list\n", "utf-8")


def _exported(home: Path) -> State:
    """Tell what became of the file, whose vault must be as it was."""
    whole = "".join(f"{link(name)}\n" for name in FIVE_HUNDRED)
    if _told(FIVE_HUNDRED, FIVE_HUNDRED)(home) is not State.AFTER:
        return State.CORRUPT
    try:
        found = (home / "elsewhere" / "list.txt").read_text("utf-8")
    except FileNotFoundError:
        return State.LOST
    if found == whole:
        return State.AFTER
    return State.BEFORE if found == "an older list\n" else State.CORRUPT


SCENARIOS = (
    Scenario("create", ("init",), (OLD,), lambda home: None, _created),
    Scenario(
        "save",
        ("add", link("two")),
        (OLD,),
        _with_accounts("one"),
        _told(["one"], ["one", "two"]),
    ),
    Scenario(
        "passwd",
        ("vault", "passwd"),
        (OLD, NEW),
        _with_accounts("one", "two"),
        _told(["one", "two"], ["one", "two"], password=NEW),
    ),
    Scenario(
        "add 500",
        ("add", "-"),
        (OLD, *(link(name) for name in FIVE_HUNDRED)),
        _with_accounts("one"),
        _told(["one"], ["one", *FIVE_HUNDRED]),
    ),
    Scenario(
        "import 500",
        ("import", "{home}/list.txt"),
        (OLD,),
        _with_list,
        _told(["one"], ["one", *FIVE_HUNDRED]),
    ),
    Scenario(
        "export 500",
        ("export", "--format", "otpauth", "{home}/elsewhere/list.txt"),
        (OLD,),
        _with_export,
        _exported,
    ),
    Scenario(
        "restore",
        ("vault", "restore", "{home}/copy"),
        (OLD,),
        _with_backup,
        _told(["one", "two", "three"], ["one", "two"]),
    ),
    Scenario(
        "delete",
        ("remove", "one"),
        (OLD,),
        _with_accounts("one", "two"),
        _told(["one", "two"], ["two"]),
    ),
)


def fresh_home(scenario: Scenario, templates: Path, folder: Path) -> Path:
    """Copy the scenario's starting point into `folder`, made once."""
    template = templates / scenario.name.replace(" ", "-")
    if not template.exists():
        template.mkdir(parents=True)
        scenario.prepare(template)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    return home


def run(
    scenario: Scenario, home: Path, wrapper: list[str], timeout: float = 120
) -> tuple[int, str]:
    """Run the scenario's command inside `wrapper`; return its exit status and its messages."""
    done = subprocess.run(
        [*wrapper, *scenario.command(home)],
        input=scenario.stdin,
        env=environment(home),
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")
