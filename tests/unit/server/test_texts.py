"""Five languages: nothing is missing, nothing is left in English, and a choice is remembered."""

import gettext
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from served import PASSWORD, USER, Browser, Device, Served, serving
from server_scenes import NO_MAIL

from watchword_server import texts
from watchword_server.pages import drawing
from watchword_server.texts import LANGUAGES, Texts, preferred

ROOT = Path(__file__).resolve().parents[3]
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def catalogue(language: str) -> Catalog:
    with (texts.FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def strings(message: Message) -> list[tuple[str, str]]:
    """Each text with its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    one, many = message.id
    said = list(message.string)
    return [(one, said[0]), *((many, text) for text in said[1:])]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    monkeypatch.setattr(sys, "path", [str(ROOT / "packaging"), *sys.path])
    import texts as packaging_texts

    return packaging_texts.found()


def test_no_text_is_missing_and_none_is_left_over(sources: Catalog) -> None:
    wanted = {str(message.id) for message in sources if message.id}
    assert len(wanted) > 150
    assert {path.stem for path in texts.FOLDER.glob("*.po")} == set(TRANSLATED)
    for language in TRANSLATED:
        known = {str(message.id) for message in catalogue(language) if message.id}
        assert known == wanted, f"{language}: run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_is_whole(language: str) -> None:
    def parts(text: str) -> list[str]:
        return sorted(re.findall(r"%\([a-z]+\)s|</?[a-z][^>]*>|\n", text))

    for message in catalogue(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        for text, said in strings(message):
            assert said.strip(), message.id
            # Names, marks and lines are those of the source: none lost, none brought in.
            assert parts(said) == parts(text), said
            assert text[-1] not in ".:?" or said.rstrip()[-1] == text[-1], said
            assert "<" not in re.sub(r"</?b(?: class=\"\w+\")?>", "", said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_form_of_address_is_one(language: str) -> None:
    other = {
        "de": r"\b(du|dein\w*|dir|dich|euer\w*|ihr (?!en)[a-z]+t)\b",
        "fr": r"\b([Tt]u|[Tt]es?|[Tt]on|[Tt]a|[Tt]oi)\b",
        "es": r"\b([Uu]sted(es)?|[Vv]uestr\w+)\b",
        "it": r"\b(Lei|Sua|Suo|Suoi|Sue|vostr\w+)\b",
    }[language]
    for message in catalogue(language):
        for _text, said in strings(message) if message.id else []:
            assert not re.search(other, said), said


class _Seen(HTMLParser):
    """What a person reads or hears of a page, one text after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in {"style", "script"}
        for name, value in attrs:
            if name in {"aria-label", "title", "alt", "placeholder", "data-done"} and value:
                self.texts.append(value)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.texts.append(data)


class _Pseudo(gettext.NullTranslations):
    """A language that can be told from English at a glance: «every text in these»."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    drawing._templates.cache_clear()
    monkeypatch.setattr(texts, "catalogue", lambda _language: _Pseudo())
    yield
    drawing._templates.cache_clear()


def untranslated(html: str) -> list[str]:
    seen = _Seen()
    seen.feed(html)
    whole = "\x00".join(seen.texts)
    rest = re.sub(r"⟦[^⟦⟧]*(⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", "", whole)
    names = {
        "Kalos Club", "Watchword", "Watchword 0.1", "Debian", "K", "UTC", USER, "Ana’s desktop",
        *LANGUAGES.values(), "Kitchen",
    }  # fmt: skip
    words = [part.strip() for part in re.split(r"[\x00·]", rest)]
    return [
        word
        for word in words
        if word not in names
        and re.search(r"[^\W\d_]{2}", word)
        and not re.fullmatch(r"[0-9A-Z -]+|\d\d:\d\d UTC|[0-9a-f.:]+", word)
    ]


def test_no_page_says_anything_untranslated(tmp_path: Path, pseudo: None) -> None:
    with serving(tmp_path / "data", mail=NO_MAIL) as served:
        pages = list(_every_page(served))
    assert len(pages) > 20
    for page in pages:
        assert "⟦" in page
        assert untranslated(page) == []


def _every_page(served: Served) -> Iterator[str]:
    browser = served.browser()
    yield browser.get("/nowhere").text
    yield browser.sign_in(USER, "wrong password").text
    yield browser.get("/forgotten").text
    yield browser.post("/forgotten", {"name": USER}).text
    browser.client.cookies.clear()
    yield browser.sign_in().text
    yield browser.get("/security").text
    yield browser.post("/security/devices").text
    device = Device(served, served.open_link())
    device.offer()
    yield browser.get("/security").text
    joining = {"enrolment": device.link.id, "code": "----"}
    yield browser.post("/security/joining/confirm", joining).text
    joining["code"] = device.short_code[:4]
    yield browser.post("/security/joining/confirm", joining).text
    device.fetch_package()
    device.acknowledge()
    yield browser.get("/security").text
    yield from _waiting_pages(served, device)
    yield browser.get("/security").text
    yield browser.get("/security/activity").text
    yield browser.get("/account").text
    yield browser.get("/security/password").text
    yield browser.post("/security/password", {"password": "x", "new": "a", "again": "b"}).text
    served.clock.advance(301)
    browser.get("/security")
    generation = browser.hidden("generation")
    yield browser.post("/security/backup-codes", {"generation": generation}).text
    proof = {"generation": generation, "password": PASSWORD}
    yield browser.post("/security/backup-codes", {**proof, "code": "1"}).text
    yield browser.post("/security/backup-codes", {**proof, "code": device.otp()}).text
    yield browser.post("/security/backup-codes", {**proof, "form_key": ""}).text


def _waiting_pages(served: Served, device: Device) -> Iterator[str]:
    login = served.browser(ip="198.51.100.9")
    yield login.sign_in().text
    (request,) = device.poll()
    device.decide(request, "approve", login.match_code())
    yield login.get("/sign-in/waiting").text
    login.sign_in()
    served.clock.advance(121)
    yield login.get("/sign-in/waiting").text
    login.sign_in()
    (request,) = device.poll()
    for wrong in ("2222", "3333", "4444"):
        device.decide(request, "approve", wrong)
    yield login.get("/sign-in/waiting").text
    yield login.post("/sign-in/backup-code", {"code": "no"}).text
    login.sign_in()
    for word in ("deny", "not_me"):
        served.clock.advance(901)
        login.sign_in()
        (request,) = device.poll()
        device.decide(request, word)
        yield login.get("/sign-in/waiting").text
    yield login.sign_in().text
    for _ in range(5):
        yield login.post("/sign-in/code", {"code": "000000"}).text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9,fr;q=0.8", "en"),
        ("ja,it;q=0.4,es;q=0.7", "es"),
        ("fr;q=0,it;q=0.1", "it"),
        ("FR-ca", "fr"),
        ("ja", "en"),
        ("", "en"),
        ("*", "en"),
        ("de;q=x, ;;, fr;q=0.1", "fr"),
        ("it;q=nan", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_browsers_language(served: Served, header: str, language: str) -> None:
    assert preferred(header) == language
    if len(header) < 1000:
        page = served.browser().get("/sign-in", headers={"Accept-Language": header})
        assert f'<html lang="{language}">' in page.text


def test_the_chosen_language_is_remembered_and_leads_back(served: Served) -> None:
    browser = served.browser()
    browser.get("/sign-in", headers={"Accept-Language": "fr"})
    assert "Se connecter" in browser.text
    browser.post("/preferences", {"language": "it", "path": "/sign-in"})
    assert browser.page.url.path == "/sign-in"
    assert "Accedi" in browser.text
    browser.get("/nowhere", headers={"Accept-Language": "fr"})
    assert "Questa pagina non esiste" in browser.text


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil", "/x?y", "", "x", "/a//b", "/%2f"]
)
def test_a_choice_leads_nowhere_else(served: Served, path: str) -> None:
    browser = served.browser()
    browser.get("/sign-in")
    browser.post("/preferences", {"language": "xx", "theme": "pink", "path": path})
    assert str(browser.page.url) == "http://127.0.0.1:8765/sign-in"
    assert '<html lang="en">' in browser.page.text


def test_a_cookie_of_anothers_making_changes_nothing(served: Served) -> None:
    browser = served.browser()
    browser.client.cookies.set("watchword-language", '"><script>')
    browser.client.cookies.set("watchword-theme", '"><script>')
    page = browser.get("/sign-in").text
    assert '<html lang="en">' in page
    assert 'content="light dark"' in page
    assert "<script>" not in page


def test_moments_and_numbers(served: Served) -> None:
    now = 1_763_900_000.0  # 23 November 2025, 12:13 UTC
    days = {
        "en": ("today 12:13", "yesterday 12:13", "11 Nov 12:13", "23 Dec 2024 12:13"),
        "es": ("hoy 12:13", "ayer 12:13", "11 nov 12:13", "23 dic 2024 12:13"),
        "fr": ("aujourd’hui 12:13", "hier 12:13", "11 nov. 12:13", "23 déc. 2024 12:13"),
        "de": ("heute 12:13", "gestern 12:13", "11. Nov. 12:13", "23. Dez. 2024 12:13"),
        "it": ("oggi 12:13", "ieri 12:13", "11 nov 12:13", "23 dic 2024 12:13"),
    }
    for language, said in days.items():
        moments = [Texts(language).moment(now - ago * 86_400, now) for ago in (0, 1, 12, 335)]
        assert tuple(moments) == said
    one, many = "And one more.", "And %(num)s more."
    assert Texts("de").plural(one, many, 1) == "Und noch eines."
    assert Texts("de").plural(one, many, 2, num=2) == "Und 2 weitere."
    assert Texts("fr").plural("%(num)s try left.", "%(num)s tries left.", 0, num=0) == (
        "Il reste 0 essai."
    )
    assert Texts("de").browser("Firefox on Windows") == "Firefox unter Windows"
    assert Texts("de").browser("Firefox") == "Firefox"


def test_a_known_browser_stays_in_its_language(served: Served, browser: Browser) -> None:
    browser.get("/security")
    browser.post("/preferences", {"language": "de", "path": "/security"})
    assert browser.page.url.path == "/security"
    browser.post("/sign-out")
    browser.sign_in()
    assert "Sie sind angemeldet" in browser.text
    assert served.rows("users")[0].language == "de"
