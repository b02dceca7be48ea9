"""Whatever a vault can hold comes back from the disk as it went there: open(seal(x)) = x."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_clock import FakeClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vaults import PASSWORD, make_vault

from watchword.otp.parameters import Algorithm, OtpParameters, OtpType, of_one_shape
from watchword.vault import (
    Account,
    HistoryEntry,
    LockedVault,
    OpenVault,
    Places,
    ServerLink,
    contents,
    loaded,
    payload,
)
from watchword.vault.entry import MEMBERS, Entry
from watchword.vault.file_format import Header
from watchword.vault.keyslots import KeyRing
from watchword.vault.merge import merge
from watchword.vault.payload import Payload, Setting, Trashed
from watchword.vault.storage import VaultFile

CLOCK = FakeClock()
DAY = 86_400.0

# What names of people and services really hold, and what breaks programs.
ODD = (
    "", " ", "Zürich\u0308", "e\u0301", "👩\u200d👩\u200d👧\u200d👦", "\u202egnp.exe", "مرحبا שלום",
    "\0", "\x1b[31m", "\u2028", "\ufeff", "\uffff", "\U0010ffff", "\\u0000", '"', "</script>", "𝒳" * 40,
    "a" + "\u0301" * 100, "NaN", "null", "٣", "\r\n", "\t",
)  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"])


def text(most: int = 40) -> st.SearchStrategy[str]:
    return st.one_of(
        st.text(CHARACTERS, max_size=most), st.sampled_from([t for t in ODD if len(t) <= most])
    )


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        text(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(text(), inner, max_size=3)
    ),
    max_leaves=8,
)
# Names that a later version may give: any that this one has not.
UNKNOWN = st.dictionaries(text(20).map("later {}".format), JSON, max_size=2)
# No counter of edits ever comes near its end.
STAMPS = st.tuples(st.integers(0, 2**63 - 1), st.text("0123456789abcdef", max_size=32))
IDS = st.binary(min_size=8, max_size=8).map(bytes.hex)
KEYS = st.binary(min_size=32, max_size=32)
TIMES = st.floats(-1e12, 1e12)
RECENT = st.floats(CLOCK.time - 20 * DAY, CLOCK.time)

PINS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
OTP = st.one_of(
    st.builds(
        OtpParameters,
        type=st.sampled_from([OtpType.TOTP, OtpType.HOTP]),
        secret=st.binary(min_size=1, max_size=128),
        algorithm=st.sampled_from([Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512]),
        digits=st.integers(5, 10),
        period=st.one_of(st.just(30), st.integers(5, 86_400)),
        counter=st.one_of(st.just(0), st.integers(0, 2**63 - 1)),
    ),
    st.builds(of_one_shape, st.just(OtpType.STEAM), st.binary(min_size=1, max_size=128)),
    st.builds(of_one_shape, st.just(OtpType.MOTP), st.binary(min_size=1, max_size=128), PINS),
    st.builds(of_one_shape, st.just(OtpType.YANDEX), st.binary(min_size=16, max_size=16), PINS),
)
LINKS = st.builds(
    ServerLink,
    kind=text(),
    origin=text(),
    service=text(),
    user=text(),
    user_id=text(),
    device_id=text(),
    device_name=text(),
    device_key=KEYS,
    server_key=KEYS,
    tls_pin=text(),
    state=text(),
    backup_codes=st.lists(text(), max_size=10).map(tuple),
    used_backup_codes=st.lists(text(), max_size=10).map(tuple),
    key_seq=st.integers(0, 2**53),
    next_key=KEYS,
    next_message=KEYS,
    path=text(),
    ask_password=st.booleans(),
)
ACCOUNTS = st.builds(
    Account,
    id=IDS,
    issuer=text(256),
    account=text(256),
    otp=st.none() | OTP,
    link=st.none() | LINKS,
    tags=st.lists(text(), max_size=4).map(tuple),
    note=text(4_096),
    favourite=st.booleans(),
    icon=text(),
    unknown=UNKNOWN,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    account = draw(ACCOUNTS)
    return Entry(
        account,
        draw(STAMPS),
        draw(st.dictionaries(st.sampled_from(MEMBERS), STAMPS, max_size=3)),
        draw(st.integers(0, 2**62)),
        draw(UNKNOWN) if account.otp else {},
        draw(UNKNOWN) if account.link else {},
    )


HISTORY = st.builds(
    HistoryEntry,
    at=RECENT,
    account_id=text(),
    service=text(),
    account=text(),
    ip=text(),
    place=text(),
    user_agent=text(),
    decision=text(),
    result=text(),
    request_id=text(),
)


@st.composite
def payloads(draw: st.DrawFn) -> Payload:
    """Anything a vault may hold, with what a later version may have written besides."""
    all_entries = draw(st.lists(entries(), max_size=4, unique_by=lambda each: each.account.id))
    kept = draw(st.integers(0, len(all_entries)))
    return Payload(
        lamport=draw(st.integers(0, 2**62)),
        accounts={each.account.id: each for each in all_entries[:kept]},
        order=draw(STAMPS),
        trash={
            each.account.id: Trashed(each, draw(RECENT), draw(STAMPS))
            for each in all_entries[kept:]
        },
        purged=draw(st.dictionaries(IDS, STAMPS, max_size=2)),
        history=tuple(sorted(set(draw(st.lists(HISTORY, max_size=3))))),
        answered=draw(st.dictionaries(text(), TIMES, max_size=3)),
        settings={
            name: Setting(value, draw(STAMPS))
            for name, value in draw(st.dictionaries(text(), JSON, max_size=3)).items()
        },
        unknown=draw(UNKNOWN),
    )


ASCII_UNKNOWN = st.dictionaries(
    st.text("abc", min_size=1, max_size=5).map("later_{}".format), st.integers(0, 9), max_size=2
)


@pytest.fixture(scope="module")
def ways_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[KeyRing, Header, str]:
    """The ring of a vault with a cheap key derivation, its header, and its recovery key."""
    made = make_vault(tmp_path_factory.mktemp("made"))
    state = made.vault._state()
    return state.ring, state.header, made.recovery_key


def held(vault: OpenVault) -> Payload:
    """All that is in it but the slots' keys, which no person put there."""
    return replace(vault._payload, psks={})


def put(folder: Path, sealed: Payload, ring: KeyRing, before: Header) -> Path:
    """Write a vault's file as a first save does."""
    path = folder / "vault"
    data, _ = loaded.build(sealed, ring, 1, CLOCK.now(), before)
    file = VaultFile(Places.beside(path))
    with file.locked():
        file.create(data)
    return path


@settings(max_examples=60, deadline=None)
@given(sealed=payloads(), header_unknown=ASCII_UNKNOWN, slot_unknown=ASCII_UNKNOWN)
def test_what_was_sealed_is_opened(
    ways_in: tuple[KeyRing, Header, str],
    sealed: Payload,
    header_unknown: dict[str, Any],
    slot_unknown: dict[str, Any],
) -> None:
    ring, header, key = ways_in
    slots = tuple(replace(slot, unknown=slot_unknown) for slot in ring.slots)
    with tempfile.TemporaryDirectory() as folder:
        path = put(
            Path(folder),
            sealed,
            replace(ring, slots=slots),
            replace(header, minor=7, unknown=header_unknown),
        )
        vault = LockedVault(path).unlock(PASSWORD, clock=CLOCK)
        assert held(vault) == sealed
        assert list(vault._payload.accounts) == list(sealed.accounts)
        assert list(vault._payload.trash) == list(sealed.trash)
        # One edit by this version: nothing else changes, known or not, in the file's clear part neither.
        vault.set_setting("edited", 1)
        vault.save()
        vault.lock()
        again = LockedVault(path).unlock_with_recovery_key(key, clock=CLOCK)
        edited = held(again)
        again.lock()
        assert edited.settings.pop("edited").value == 1
        assert edited == replace(
            sealed,
            lamport=sealed.lamport + 1,
            settings={k: v for k, v in sealed.settings.items() if k != "edited"},
        )
        clear = LockedVault(path).header()
        assert (clear.minor, clear.unknown, clear.generation) == (7, header_unknown, 2)
        assert {slot.id: slot.unknown for slot in clear.slots} == {
            slot.id: slot_unknown for slot in slots
        }


@settings(max_examples=25, deadline=None)
@given(accounts=st.lists(ACCOUNTS, max_size=5, unique_by=lambda each: each.id), answer=HISTORY)
def test_what_a_person_put_in_is_there_after_opening_again(
    ways_in: tuple[KeyRing, Header, str], accounts: list[Account], answer: HistoryEntry
) -> None:
    ring, header, _ = ways_in
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), Payload(), ring, header)
        vault = LockedVault(path).unlock(PASSWORD, clock=CLOCK)
        vault.add(accounts)
        vault.record(answer)
        vault.remember_answered(answer.request_id)
        vault.save()
        if accounts:
            vault.remove(accounts[0].id)
            vault.save()
        vault.lock()
        again = LockedVault(path).unlock(PASSWORD, clock=CLOCK)
        assert again.accounts == tuple(accounts[1:])
        assert [each.entry.account for each in again.trash] == accounts[:1]
        assert again.history == (answer,)
        assert again.was_answered(answer.request_id)
        again.lock()


def test_an_account_without_its_server_leaves_nothing_that_cannot_be_written(
    ways_in: tuple[KeyRing, Header, str], tmp_path: Path
) -> None:
    """What a later version wrote about a link or its codes goes with them."""
    ring, header, _ = ways_in
    otp = OtpParameters(type=OtpType.TOTP, secret=b"x" * 20)
    link = ServerLink(
        kind="native", origin="", service="", user="", device_id="", device_name="",
        device_key=bytes(32), server_key=bytes(32),
    )  # fmt: skip
    account = Account(id="0" * 16, issuer="x", account="y", otp=otp, link=link)
    entry = Entry(account, (1, "a"), {}, 0, {"later": 1}, {"later": 2})
    path = put(tmp_path, Payload(lamport=1, accounts={account.id: entry}), ring, header)
    vault = LockedVault(path).unlock(PASSWORD, clock=CLOCK)
    for changed in (replace(account, link=None), replace(account, otp=None), account):
        vault.replace(changed)
        vault.save()
        assert LockedVault(path).unlock(PASSWORD, clock=CLOCK).accounts == (changed,)


@st.composite
def edited(draw: st.DrawFn, start: Payload, writer: str) -> Payload:
    """What one side made of it: any account into any other, and the other edits there are."""
    changed = start
    for account in [entry.account for entry in start.accounts.values()]:
        what = draw(st.sampled_from(["nothing", "anything", "removed", "tags"]))
        if what == "anything":
            other = replace(draw(ACCOUNTS), id=account.id)
            changed = contents.replaced(changed, writer, other)
        elif what == "tags":
            tags = draw(st.lists(text(), max_size=4).map(tuple))
            changed = contents.replaced(changed, writer, replace(account, tags=tags))
        elif what == "removed":
            changed = contents.removed(changed, writer, account.id, draw(RECENT))
    for key in start.trash:
        what = draw(st.sampled_from(["nothing", "restored", "purged"]))
        if what == "restored":
            changed = contents.restored(changed, key)
        elif what == "purged":
            changed = contents.purged(changed, writer, [key])
    if draw(st.booleans()):
        changed = contents.with_setting(changed, writer, draw(text()), draw(JSON))
    return replace(changed, unknown=draw(st.just(start.unknown) | UNKNOWN))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=payloads(), data=st.data())
def test_whatever_two_made_of_it_merges_alike_and_can_be_saved(
    start: Payload, data: st.DataObject
) -> None:
    ours = data.draw(edited(start, "aaaa"))
    theirs = data.draw(edited(start, "bbbb"))
    merged, mirrored = merge(start, ours, theirs), merge(start, theirs, ours)
    assert merged == mirrored
    assert list(merged.payload.accounts) == list(mirrored.payload.accounts)
    assert payload.decode(payload.encode(merged.payload)) == merged.payload
