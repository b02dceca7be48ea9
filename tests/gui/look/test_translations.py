"""The four catalogues of the app: nothing is missing, nothing is lost on the way, and all fits in."""

import re
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from watchword.desktop.look.catalogue import Catalogue, read_catalogue
from watchword.desktop.look.languages import LANGUAGES
from watchword.desktop.look.resources import resources
from watchword.errors import WatchwordError
from watchword.otp import otpauth
from watchword.protocol.origin import parse_origin

ROOT = Path(__file__).resolve().parents[3]
FOLDER = resources() / "translations"
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def keys(messages: Catalog) -> set[tuple[str, str]]:
    return {(str(message.id), message.context or "") for message in messages if message.id}


def strings(message: Message) -> list[tuple[str, str]]:
    """Each text with its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=True))


@pytest.fixture(scope="module")
def sources() -> Catalog:
    sys.path.insert(0, str(ROOT / "packaging"))
    try:
        import app_texts
    finally:
        sys.path.remove(str(ROOT / "packaging"))
    return app_texts.found()


def test_no_text_is_missing_and_none_is_left_over(sources: Catalog) -> None:
    wanted = keys(sources)
    assert len(wanted) > 1500
    assert {path.stem for path in FOLDER.glob("*.po")} == set(TRANSLATED)
    for language in TRANSLATED:
        assert keys(catalogue(language)) == wanted, f"{language}: run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_is_whole(language: str) -> None:
    def parts(text: str) -> list[str]:
        return sorted(re.findall(r"\{[^}]*\}|\n", text))

    for message in catalogue(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        for text, said in strings(message):
            assert said.strip(), message.id
            assert parts(said) == parts(text), said
            if text[-1] in ".…":
                assert said[-1] == text[-1], said
            assert said.rstrip("?")[-1:] != " ", said
            assert "'" not in said or language in {"es", "de"}, said


@pytest.mark.parametrize("language", TRANSLATED)
def test_signs_are_those_of_the_language(language: str) -> None:
    wrong = {
        "es": r"[“”„\"]|^[^¿]*\?",
        "fr": r"[“”„\"]|[^\u202f\u00a0][!?»](?!\w)|«[^\u202f]| [:;](?!/)",
        "de": r"[«»”\"]",
        "it": r"[“”„\"]",
    }[language]
    for message in catalogue(language):
        for _text, said in strings(message) if message.id else []:
            assert not re.search(wrong, said), said


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_form_of_address_is_one(language: str) -> None:
    """As on the server's pages (docs/translating.md)."""
    other = {
        "de": r"\b(du|dein\w*|dir|dich|euer\w*)\b",
        "fr": r"\b([Tt]u|[Tt]es?|[Tt]on|[Tt]oi)\b",
        "es": r"\b([Uu]sted(es)?|[Vv]uestr\w+)\b",
        "it": r"\b(Lei|Sua|Suo|Suoi|Sue|vostr\w+)\b",
    }[language]
    for message in catalogue(language):
        for _text, said in strings(message) if message.id else []:
            assert not re.search(other, said), said


@pytest.fixture
def german() -> Catalogue:
    return read_catalogue(FOLDER / "de.po", lambda n: f"{n:,}".replace(",", "."))


def test_what_the_core_says_is_said_in_the_language(german: Catalogue) -> None:
    """Names and numbers are put in; a full stop or a capital from whoever tells it does no harm."""
    assert (
        german.said("login.kalos.ch could not be reached") == "login.kalos.ch war nicht erreichbar"
    )
    assert german.said("Nobody answers there.") == "Dort antwortet niemand."
    assert german.said("It has a path.") == "Sie hat einen Pfad."
    assert german.said("A vault has at most 10,000.") == "Ein Tresor hat höchstens 10.000."
    assert german.said("The PIN is missing. Leave it out") == "Die PIN fehlt. Lassen Sie sie weg"
    assert (
        german.said("TOTP · SHA-1 · 6 digits · counter 5") == "TOTP · SHA-1 · 6 Ziffern · Zähler 5"
    )
    # Not "The {key} cannot be read", nor "The server's {name}".
    told = "The key fits, but account 3 of 7 cannot be read: it is not UTF-8"
    assert (
        german.said(told)
        == "Der Schlüssel passt, aber: Konto 3 von 7 ist nicht lesbar: es ist kein UTF-8"
    )
    told = "The server's name is written with letters outside ASCII and is shown encoded"
    assert german.said(f"{told}: make sure that it is the one you know.").startswith("Der Name")
    for untouched in ("", "Kalos Club", "Of somebody else’s making.", "{host} {x}", "a. b. c"):
        assert german.said(untouched) == untouched


def test_what_the_core_raises_is_known(german: Catalogue) -> None:
    """From real errors, so that a text that is built otherwise than it was gathered is noticed."""

    def title_and_reason(text: str) -> list[str]:
        try:
            otpauth.parse(text)
        except WatchwordError as error:
            return [error.title, error.reason]
        raise AssertionError

    told = title_and_reason("otpauth://totp/x?secret=NBSWY3DP&digits=x")
    told += title_and_reason("otpauth://totp/x?secret=NBSWY3DP&algorithm=SM3")
    told += title_and_reason("otpauth://totp/x?secret=!!!")
    told += title_and_reason("otpauth://nope/x?secret=NBSWY3DP")
    told += title_and_reason("otpauth://hotp/x?secret=NBSWY3DP")
    try:
        parse_origin("https://kalos.ch/path")
    except WatchwordError as error:
        told += [error.title, error.reason]
    for text in told:
        assert german.said(text) != text


def test_plurals_and_numbers(german: Catalogue) -> None:
    def count(catalogue: Catalogue, n: int) -> str:
        return catalogue.plural("1 account", "{n} accounts", n)

    assert [count(german, n) for n in (0, 1, 2, 12_345)] == [
        "0 Konten", "1 Konto", "2 Konten", "12.345 Konten"
    ]  # fmt: skip
    french = read_catalogue(FOLDER / "fr.po", str)
    assert count(french, 2) == "2 comptes"
    assert count(french, 0) == "0 comptes"  # not the text with a "1" in it
    assert french.plural("{n} was", "{n} were", 2) == "2 were"
    assert count(Catalogue(), 0) == "0 accounts"


def test_a_catalogue_that_is_not_there_leaves_english(tmp_path: Path) -> None:
    nothing = read_catalogue(tmp_path / "de.po", str)
    assert nothing.text("Cancel") is None
    assert nothing.said("The password is wrong") == "The password is wrong"
