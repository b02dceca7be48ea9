"""Mail: changes are told, later if the mail server is away; a link to a new password, no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from post_office import PostOffice
from served import PASSWORD, USER, Browser, Served, serving
from sqlalchemy import select

from watchword_server import activity, mailing, users
from watchword_server.activity import Happened
from watchword_server.store import tables

NEW = "four quiet herons wading"
ADDRESS = "ana@kalos.example"


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def served(tmp_path: Path, office: PostOffice) -> Iterator[Served]:
    with serving(tmp_path / "data", mail=office.mail) as one:
        one.run(lambda: users.set_mail(one.site, USER, ADDRESS))
        yield one


def send_due(served: Served) -> None:
    served.run(lambda: mailing.send_due(served.site))


def due(served: Served) -> int:
    return sum(row.mail_due is not None for row in served.rows("events"))


def test_changes_are_told(served: Served, office: PostOffice, browser: Browser) -> None:
    browser.enrol()
    with office.open():
        send_due(served)
        to, subject, text = office.take()
        send_due(served)
    assert to == ADDRESS
    assert subject == "Kalos Club: Device added"
    assert "Ana’s" in text
    assert "today 12:13 UTC" in text
    assert "http://127.0.0.1:8765/security" in text
    assert office.mails == []  # once
    assert due(served) == 0


def test_what_happened_at_another_service_names_it(
    served: Served, office: PostOffice, browser: Browser
) -> None:
    async def happened() -> None:
        async with served.site.database.write() as connection:
            (user,) = await connection.execute(select(tables.users))
            await activity.record(
                connection,
                user.id,
                Happened.NOT_ME,
                served.clock.now(),
                device="Laptop",
                user_agent="Firefox on Windows",
                ip="198.51.100.4",
                service="Bookshop",
            )

    served.run(happened)
    with office.open():
        send_due(served)
        _to, subject, text = office.take()
    assert subject == "Kalos Club: Denied at Bookshop: it wasn’t you"
    assert "Laptop · reported: Firefox on Windows · 198.51.100.4" in text


def test_what_is_told_is_told_in_the_users_language(
    served: Served, office: PostOffice, browser: Browser
) -> None:
    browser.get("/security")
    browser.post("/preferences", {"language": "de", "path": "/security"})
    browser.post("/sign-out")
    browser.sign_in()
    browser.get("/security/password")
    browser.post("/security/password", {"password": PASSWORD, "new": NEW, "again": NEW})
    with office.open():
        send_due(served)
        _to, subject, text = office.take()
    assert subject == "Kalos Club: Passwort geändert"
    assert "Wenn Sie das nicht waren, ändern Sie Ihr Passwort" in text


def test_a_mail_server_that_is_away_gets_it_later_and_not_for_ever(
    served: Served, office: PostOffice, browser: Browser
) -> None:
    browser.enrol()
    send_due(served)  # nobody listens
    assert due(served) == 1
    with office.open():
        send_due(served)  # not due again yet
        assert office.mails == []
        served.clock.advance(61)
        send_due(served)
        assert "Device added" in office.take()[1]
    assert due(served) == 0
    browser.get("/security")
    browser.post(f"/security/devices/{served.rows('devices')[0].id}/remove")
    assert due(served) == 1
    served.clock.advance(3 * 86_400)
    with office.open():
        send_due(served)
        assert due(served) == 0
        assert office.mails == []


def test_two_processes_send_one_mail(served: Served, office: PostOffice, browser: Browser) -> None:
    browser.enrol()
    with office.open():
        served.at_once([lambda: mailing.send_due(served.site)] * 5)
        office.take()
    assert office.mails == []


def test_who_has_no_address_is_told_nothing(served: Served, browser: Browser) -> None:
    served.run(lambda: users.set_mail(served.site, USER, ""))
    browser.enrol()
    assert due(served) == 0


def link_in(text: str) -> str:
    (line,) = [one for one in text.splitlines() if "/new-password/" in one]
    return line.removeprefix("http://127.0.0.1:8765")


def ask(served: Served, name: str = USER, **more: str) -> Browser:
    browser = served.browser(**more)
    browser.get("/sign-in")
    assert "Password forgotten?" in browser.text
    browser.get("/forgotten")
    browser.post("/forgotten", {"name": name})
    return browser


def test_a_forgotten_password_is_replaced_and_devices_stay(
    served: Served, office: PostOffice, browser: Browser
) -> None:
    device = browser.enrol()
    with office.open():
        asking = ask(served)
        to, subject, text = office.take()
    assert (to, subject) == (ADDRESS, "Kalos Club: a new password")
    link = link_in(text)
    assert link.encode() not in Path(served.site.settings.data / "server.sqlite3").read_bytes()
    asking.get(link)
    asking.post(link, {"new": NEW, "again": "other words here"})
    assert "differ" in asking.text
    asking.post(link, {"new": NEW, "again": NEW})
    assert "The password is changed" in asking.text
    assert browser.get("/account").url.path == "/sign-in"
    assert asking.get(link).status_code == 410  # once
    assert served.browser().sign_in().status_code == 403
    login = served.browser()
    login.sign_in(USER, NEW)
    assert "Approve it in Watchword" in login.text  # the second step is still asked for
    assert len(device.poll()) == 1


def test_a_link_lasts_half_an_hour_and_the_last_one_counts(
    served: Served, office: PostOffice
) -> None:
    with office.open():
        ask(served)
        first = link_in(office.take()[2])
        ask(served)
        second = link_in(office.take()[2])
    browser = served.browser()
    assert browser.get(first).status_code == 410
    assert browser.get(second).status_code == 200
    served.run(lambda: users.disable_user(served.site, USER, disabled=True))
    assert browser.get(second).status_code == 410
    served.run(lambda: users.disable_user(served.site, USER, disabled=False))
    served.clock.advance(1801)
    assert browser.get(second).status_code == 410
    assert browser.get("/new-password/" + "A" * 43).status_code == 410


@pytest.mark.parametrize("change", ["password", "mail"])
def test_a_link_does_not_outlive_what_it_was_asked_with(
    served: Served, office: PostOffice, browser: Browser, change: str
) -> None:
    with office.open():
        ask(served)
        link = link_in(office.take()[2])
    if change == "password":
        served.run(lambda: users.change_password(served.site, USER, NEW))
    else:
        served.run(lambda: users.set_mail(served.site, USER, "new@kalos.example"))
    assert browser.get(link).status_code == 410


def test_twenty_uses_of_one_link_have_one_winner(served: Served, office: PostOffice) -> None:
    with office.open():
        browser = ask(served)
        link = link_in(office.take()[2])
    browser.get(link)
    data = {"form_key": browser.form_key(), "new": NEW, "again": NEW}
    answers = served.at_once([lambda: browser.asked("POST", link, data=data)] * 20)
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 19


def test_the_answer_is_the_same_for_everybody(served: Served, office: PostOffice) -> None:
    served.run(lambda: users.add_user(served.site, "bob", PASSWORD))
    with office.open():
        pages = [ask(served, name).text for name in (USER, "bob", "nobody", "\u202e" * 300)]
        office.take()
    assert len(set(pages)) == 1
    assert office.mails == []  # one user has an address


def test_nobody_is_flooded_with_links(served: Served, office: PostOffice) -> None:
    with office.open():
        for number in range(5):
            browser = ask(served, ip=f"198.51.100.{number}")
            assert browser.page.status_code == (200 if number < 3 else 429)
        for _ in range(3):
            office.take()
    assert office.mails == []


def test_without_mail_there_is_no_such_thing(tmp_path: Path) -> None:
    with serving(tmp_path / "none") as served:
        browser = served.browser()
        browser.get("/sign-in")
        assert "forgotten" not in browser.text
        for path in ("/forgotten", "/new-password/x"):
            assert browser.get(path).url.path == "/sign-in"
            browser.post(path, {"name": USER, "new": NEW, "again": NEW})
            assert browser.page.url.path == "/sign-in"
