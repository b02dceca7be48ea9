"""`remove`, `trash`, `restore`, `edit` and `export-secret`, as scripts use them."""

from cli_home import OTHER_SECRET, SECRET, Home
from programs import result

GITHUB = f"otpauth://totp/GitHub:ann?secret={SECRET}&issuer=GitHub"
MAIL = f"otpauth://hotp/Mail:ann?secret={OTHER_SECRET}&issuer=Mail&counter=5"


def test_a_removed_account_waits_in_the_trash(home: Home) -> None:
    github, mail = home.add(GITHUB, MAIL)
    removed = home.json("remove", "GitHub")
    assert removed == github
    assert home.json("list") == [mail]
    assert home.json("trash") == [github]
    assert home.json("restore", github["id"]) == github
    assert home.json("list") == [mail, github]
    assert home.json("trash") == []


def test_edit_changes_what_was_given_and_nothing_else(home: Home) -> None:
    (github,) = home.add(GITHUB)
    edited = home.json(
        "edit", "GitHub", "--issuer", "Hub", "--tag", "work", "--tag", "code", "--tag", "work",
        "--note", "two\nlines", "--favourite",
    )  # fmt: skip
    assert edited == {
        **github,
        "issuer": "Hub",
        "tags": ["work", "code"],
        "note": "two\nlines",
        "favourite": True,
    }
    assert home.json("list") == [edited]
    plain = home.json("edit", "Hub", "--no-tags", "--note", "", "--no-favourite")
    assert plain == {**github, "issuer": "Hub"}


def test_a_secret_comes_out_as_the_link_that_went_in(home: Home) -> None:
    home.add(MAIL)
    uri = home.json("export-secret", "Mail")["uri"]
    assert OTHER_SECRET in uri
    assert "counter=5" in uri
    again = home.json("add", uri)
    assert [each["reason"] for each in again["skipped"]] == ["duplicate"]


def test_what_is_not_there_and_what_is_not_clear(home: Home) -> None:
    home.add(GITHUB, GITHUB.replace("ann", "bob"))
    for command in ("remove", "edit", "export-secret"):
        more = ["--issuer", "x"] if command == "edit" else []
        for selector in ("nobody", "GitHub", "*", ""):
            done = home.run(command, selector, *more)
            assert (done.returncode, done.stdout) == (5, "")
    assert home.run("restore", "GitHub").returncode == 5
    assert len(home.json("list")) == 2


def test_edit_needs_something_to_change(home: Home) -> None:
    home.add(GITHUB)
    assert home.run("edit", "GitHub").returncode == 2
    assert home.run("edit", "GitHub", "--tag", "a", "--no-tags").returncode == 2


def test_too_long_texts_change_nothing(home: Home) -> None:
    home.add(GITHUB)
    before = home.vault.read_bytes()
    for option in ("--issuer", "--account", "--tag"):
        done = home.run("edit", "GitHub", option, "x" * 257)
        assert done.returncode == 1
        assert "256" in done.stderr
    assert home.vault.read_bytes() == before


def test_without_json_a_person_reads_lines(home: Home) -> None:
    (github,) = home.add(GITHUB)
    assert home.run("remove", "GitHub").stdout == f"{github['id']}  GitHub: ann\n"
    assert "GitHub: ann" in home.run("trash").stdout
    assert home.run("restore", "GitHub").stdout == f"{github['id']}  GitHub: ann\n"
    assert "empty" in home.run("trash").stderr
    assert home.run("export-secret", "GitHub").stdout.startswith("otpauth://")
    assert result(home.run("--json", "trash")) == []
