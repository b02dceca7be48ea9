"""Merging: nothing either side did is lost, and it does not matter who merges whom."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import Account, HistoryEntry, ServerLink, contents, payload
from watchword.vault.merge import merge
from watchword.vault.payload import Payload

IDS = [f"{number:016x}" for number in range(6)]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def account(account_id: str, **changes: object) -> Account:
    otp = OtpParameters(type=OtpType.HOTP, secret=b"12345678901234567890")
    made = Account(id=account_id, issuer="Example", account="me", otp=otp)
    return replace(made, **changes)


def a_link(**changes: object) -> ServerLink:
    made = ServerLink(
        kind="native",
        origin="https://login.example",
        service="Example",
        user="kim",
        device_id="d",
        device_name="Desk",
        device_key=bytes(32),
        server_key=bytes(32),
        backup_codes=("1", "2", "3"),
    )
    return replace(made, **changes)


def base(*ids: str) -> Payload:
    return contents.added(Payload(), "base", [account(each) for each in ids])


def entry(request: str, at: float) -> HistoryEntry:
    return HistoryEntry(
        at=at, account_id="", service="", account="", decision="deny", result="denied",
        request_id=request,
    )  # fmt: skip


EDITS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(IDS)),
    st.tuples(st.just("remove"), st.sampled_from(IDS)),
    st.tuples(st.just("restore"), st.sampled_from(IDS)),
    st.tuples(st.just("purge"), st.sampled_from(IDS)),
    st.tuples(st.just("count"), st.sampled_from(IDS)),
    st.tuples(st.just("issuer"), st.sampled_from(IDS), TEXT),
    st.tuples(st.just("note"), st.sampled_from(IDS), TEXT),
    st.tuples(st.just("icon"), st.sampled_from(IDS), TEXT),
    st.tuples(st.just("tags"), st.sampled_from(IDS), st.lists(TEXT, max_size=3, unique=True)),
    st.tuples(st.just("counter"), st.sampled_from(IDS), st.integers(0, 9)),
    st.tuples(st.just("link"), st.sampled_from(IDS), st.sampled_from(["1", "2", "3"])),
    st.tuples(st.just("order"), st.permutations(IDS)),
    st.tuples(st.just("history"), TEXT, st.floats(0, 1e9)),
    st.tuples(st.just("answered"), TEXT, st.floats(0, 1e9)),
    st.tuples(st.just("setting"), TEXT, st.integers()),
)


def done(start: Payload, writer: str, edits: list[tuple]) -> Payload:
    """Apply edits as OpenVault would; what is not possible is left out."""
    for what, *values in edits:
        start = one(start, writer, what, values)
    return start


def one(start: Payload, writer: str, what: str, values: list) -> Payload:
    key = values[0] if values else ""
    if what == "history":
        return contents.recorded(start, entry(*values))
    if what == "answered":
        return contents.answered(start, *values)
    if what == "setting":
        return contents.with_setting(start, writer, *values)
    if what == "order":
        return contents.reordered(start, writer, values[0])
    if what == "add" and key not in start.accounts and key not in start.trash:
        return contents.added(start, writer, [account(key)])
    if what == "restore" and key in start.trash:
        return contents.restored(start, key)
    if what == "purge" and key in start.trash:
        return contents.purged(start, writer, [key])
    if key not in start.accounts:
        return start
    found = start.accounts[key].account
    if what == "remove":
        return contents.removed(start, writer, key, 5.0)
    if what == "count":
        return contents.counted(start, key)
    changes = {
        "issuer": lambda: {"issuer": values[1]},
        "note": lambda: {"note": values[1]},
        "icon": lambda: {"icon": values[1]},
        "tags": lambda: {"tags": tuple(values[1])},
        "counter": lambda: {"otp": replace(found.otp, counter=values[1])},
        "link": lambda: {"link": a_link(used_backup_codes=(values[1],))},
    }.get(what)
    return contents.replaced(start, writer, replace(found, **changes())) if changes else start


@settings(max_examples=400, deadline=None)
@given(st.lists(EDITS, max_size=6), st.lists(EDITS, max_size=8), st.lists(EDITS, max_size=8))
def test_it_does_not_matter_who_merges_whom(
    before: list[tuple], ours: list[tuple], theirs: list[tuple]
) -> None:
    start = done(base(*IDS[:3]), "base", before)
    one, other = done(start, "aaaa", ours), done(start, "bbbb", theirs)
    merged, mirrored = merge(start, one, other), merge(start, other, one)
    assert merged.payload == mirrored.payload
    assert list(merged.payload.accounts) == list(mirrored.payload.accounts)
    assert merged.notices == mirrored.notices
    # What is merged is a vault: it reads back as it was written.
    assert payload.decode(payload.encode(merged.payload)) == merged.payload
    assert not set(merged.payload.accounts) & set(merged.payload.trash)


@settings(max_examples=200, deadline=None)
@example([("remove", IDS[0]), ("purge", IDS[0]), ("add", IDS[0])])
@given(st.lists(EDITS, max_size=8))
def test_merging_with_nothing_changes_nothing(edits: list[tuple]) -> None:
    start = base(*IDS[:3])
    changed = done(start, "aaaa", edits)
    merged = merge(start, changed, start).payload
    assert merged.accounts == changed.accounts
    assert merged.trash == changed.trash
    assert merged.settings == changed.settings
    assert merge(changed, changed, changed).payload.accounts == changed.accounts


@settings(max_examples=200, deadline=None)
@given(st.lists(EDITS, max_size=8))
def test_what_is_encoded_is_decoded(edits: list[tuple]) -> None:
    changed = done(base(*IDS[:3]), "aaaa", edits)
    encoded = payload.encode(changed)
    assert len(encoded) % 4_096 == 0
    assert payload.decode(encoded) == changed


def both(ours: list[tuple], theirs: list[tuple], *ids: str) -> Payload:
    start = base(*(ids or IDS[:1]))
    return merge(start, done(start, "aaaa", ours), done(start, "bbbb", theirs)).payload


def test_edits_of_different_members_are_both_kept() -> None:
    merged = both([("issuer", IDS[0], "Hub")], [("note", IDS[0], "text")])
    found = merged.accounts[IDS[0]].account
    assert (found.issuer, found.note) == ("Hub", "text")


def test_the_later_of_two_edits_of_one_member_wins() -> None:
    ours = [("issuer", IDS[0], "first"), ("issuer", IDS[0], "second")]
    assert both(ours, [("issuer", IDS[0], "x")]).accounts[IDS[0]].account.issuer == "second"


def test_an_edit_beats_a_removal_and_a_purge() -> None:
    for gone in ([("remove", IDS[0])], [("remove", IDS[0]), ("purge", IDS[0])]):
        for ours, theirs in ((gone, [("note", IDS[0], "x")]), ([("note", IDS[0], "x")], gone)):
            start = base(IDS[0])
            merged = merge(start, done(start, "aaaa", ours), done(start, "bbbb", theirs))
            assert merged.payload.accounts[IDS[0]].account.note == "x"
            assert IDS[0] not in merged.payload.purged
            assert "it was kept" in merged.notices[0]


def test_a_removal_without_an_edit_stays_and_a_purge_leaves_its_mark() -> None:
    assert IDS[0] in both([("remove", IDS[0])], []).trash
    assert IDS[0] in both([("remove", IDS[0])], [("remove", IDS[0])]).trash
    merged = both([("remove", IDS[0]), ("purge", IDS[0])], [("remove", IDS[0])])
    assert IDS[0] in merged.trash
    merged = both([("remove", IDS[0]), ("purge", IDS[0])], [])
    assert (IDS[0] in merged.accounts, IDS[0] in merged.trash) == (False, False)
    assert IDS[0] in merged.purged


def test_using_a_counter_is_no_edit() -> None:
    assert IDS[0] in both([("remove", IDS[0])], [("count", IDS[0])]).trash


def test_the_larger_counter_wins_unless_a_person_set_it() -> None:
    used = both([("count", IDS[0])] * 3, [("count", IDS[0])] * 2)
    assert used.accounts[IDS[0]].account.otp
    assert used.accounts[IDS[0]].account.otp.counter == 3
    reset = both([("count", IDS[0])] * 9, [("counter", IDS[0], 2)])
    assert reset.accounts[IDS[0]].account.otp
    assert reset.accounts[IDS[0]].account.otp.counter == 2


def test_a_backup_code_used_on_either_side_is_used() -> None:
    start = contents.replaced(base(IDS[0]), "base", account(IDS[0], link=a_link()))
    one_side = done(start, "aaaa", [("link", IDS[0], "1")])
    other = done(start, "bbbb", [("link", IDS[0], "3")])
    link = merge(start, one_side, other).payload.accounts[IDS[0]].account.link
    assert link
    assert link.used_backup_codes == ("1", "3")


def test_a_link_that_was_taken_away_stays_away() -> None:
    start = contents.replaced(base(IDS[0]), "base", account(IDS[0], link=a_link()))
    unlinked = contents.replaced(start, "aaaa", account(IDS[0]))
    assert merge(start, unlinked, start).payload.accounts[IDS[0]].account.link is None


def test_tags_are_added_and_taken_away_one_by_one() -> None:
    start = done(base(IDS[0]), "base", [("tags", IDS[0], ["old", "kept"])])
    ours = done(start, "aaaa", [("tags", IDS[0], ["kept", "ours"])])
    theirs = done(start, "bbbb", [("tags", IDS[0], ["old", "kept", "theirs"])])
    tags = merge(start, ours, theirs).payload.accounts[IDS[0]].account.tags
    assert set(tags) == {"kept", "ours", "theirs"}


def test_history_answers_and_settings_of_both_sides() -> None:
    merged = both(
        [("history", "r1", 5.0), ("answered", "r1", 5.0), ("setting", "a", 1)],
        [("history", "r2", 6.0), ("answered", "r2", 6.0), ("setting", "b", 2)],
    )
    assert [each.request_id for each in merged.history] == ["r1", "r2"]
    assert dict(merged.answered) == {"r1": 5.0, "r2": 6.0}
    assert {name: each.value for name, each in merged.settings.items()} == {"a": 1, "b": 2}


def test_the_last_order_wins_and_new_accounts_follow() -> None:
    merged = both([("order", [IDS[1], IDS[0]])], [("add", IDS[2])], IDS[0], IDS[1])
    assert list(merged.accounts) == [IDS[1], IDS[0], IDS[2]]


def test_members_nobody_understands_are_merged_too() -> None:
    start = replace(base(), unknown={"kept": 1, "changed": 1, "gone": 1})
    ours = replace(start, unknown={"kept": 1, "changed": 2, "gone": 1, "ours": {"a": 1}})
    theirs = replace(start, unknown={"kept": 1, "changed": 1, "theirs": [1]})
    merged = merge(start, ours, theirs).payload
    assert merged.unknown == {"kept": 1, "changed": 2, "ours": {"a": 1}, "theirs": [1]}


def test_old_history_goes_and_one_wrong_clock_does_not_empty_it() -> None:
    year = 365 * 86_400.0
    start = done(base(), "base", [("history", f"r{n}", n * 86_400.0) for n in range(3)])
    far = contents.recorded(start, entry("far", 100 * year))
    assert len(far.history) == 4
    assert len(contents.recorded(far, entry("far2", 100 * year)).history) == 2


def test_an_icon_chosen_on_one_side_stays_beside_a_note_of_the_other() -> None:
    start = base(IDS[0])
    ours = one(start, "ours", "icon", [IDS[0], "github"])
    theirs = one(start, "theirs", "note", [IDS[0], "mine"])
    merged = merge(start, ours, theirs).payload.accounts[IDS[0]].account
    assert (merged.icon, merged.note) == ("github", "mine")
