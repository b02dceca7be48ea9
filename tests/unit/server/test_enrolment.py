"""A device joins once, by the person who sees both screens."""

import pytest
from served import Answered, Browser, Device, Served

from watchword.protocol import signing
from watchword.protocol.errors import BadSignature, WrongServer
from watchword_server.store.tables import metadata


def confirm(browser: Browser, device: Device, code: str) -> None:
    browser.get("/security")
    browser.post("/security/joining/confirm", {"enrolment": device.link.id, "code": code})


def offered(browser: Browser) -> Device:
    device = Device(browser.served, browser.begin_enrolment())
    device.offer()
    return device


def wrong(device: Device) -> str:
    return "ZZZZ" if not device.short_code.startswith("ZZZZ") else "YYYY"


def test_the_page_names_the_device_and_asks_for_four_characters(browser: Browser) -> None:
    device = offered(browser)
    assert device.state().state == "waiting"
    browser.get("/security")
    assert "“Ana’s desktop” wants to join" in browser.text
    assert device.short_code[:4] not in browser.page.text
    confirm(browser, device, device.short_code[:4].lower())
    package = device.fetch_package()
    assert package.user == "ana@kalos.example"
    assert package.service == "Kalos Club"
    assert len(package.backup_codes) == 10
    assert len(package.seed) == 20
    browser.get("/security")
    assert "Almost there" in browser.text
    device.acknowledge()
    browser.get("/security")
    assert "has joined" in browser.text
    assert "10 of 10 left" in browser.text


def test_retries_return_the_same_bytes(browser: Browser) -> None:
    device = Device(browser.served, browser.begin_enrolment())
    body = device.make_offer()
    first, again = device.offer(body), device.offer(body)
    assert (first.nonce2, first.device_id) == (again.nonce2, again.device_id)
    confirm(browser, device, device.short_code[:4])
    assert device.state().sealed == device.state().sealed
    device.fetch_package()
    assert device.acknowledge()
    assert device.acknowledge()
    assert len(browser.served.rows("devices")) == 1


def test_another_device_is_too_late(browser: Browser) -> None:
    device = offered(browser)
    other = Device(browser.served, device.link)
    with pytest.raises(Answered) as caught:
        other.info()
    assert caught.value.response.status_code == 409


def test_twenty_devices_race_for_one_link(served: Served, browser: Browser) -> None:
    link = browser.begin_enrolment()
    devices = [Device(served, link, name=f"Device {number}") for number in range(20)]
    bodies = [device.make_offer() for device in devices]
    answers = served.at_once(
        [
            lambda device=device, body=body: device.client.post(
                f"/api/v1/enrol/{link.id}/offer", json=body
            )
            for device, body in zip(devices, bodies, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    (row,) = served.rows("enrolments")
    assert row.link_key is None


def test_three_wrong_tries_burn_it(browser: Browser) -> None:
    device = offered(browser)
    for left in (2, 1):
        confirm(browser, device, wrong(device))
        assert f"{left} tr" in browser.text
    confirm(browser, device, wrong(device))
    browser.get("/security")
    assert "Three wrong tries" in browser.text
    assert device.state().state == "refused"
    confirm(browser, device, device.short_code[:4])
    assert device.state().state == "refused"
    assert browser.served.rows("devices") == []


def test_twenty_tries_at_once_are_three(served: Served, browser: Browser) -> None:
    device = offered(browser)
    browser.get("/security")
    data = {"form_key": browser.form_key(), "enrolment": device.link.id, "code": wrong(device)}
    served.at_once([lambda: browser.asked("POST", "/security/joining/confirm", data=data)] * 20)
    (row,) = served.rows("enrolments")
    assert (row.tries, row.state) == (3, "burnt")


def test_twenty_right_confirmations_add_one_device(served: Served, browser: Browser) -> None:
    device = offered(browser)
    browser.get("/security")
    data = {
        "form_key": browser.form_key(),
        "enrolment": device.link.id,
        "code": device.short_code[:4],
    }
    served.at_once([lambda: browser.asked("POST", "/security/joining/confirm", data=data)] * 20)
    assert len(served.rows("devices")) == 1


def test_no_means_no(browser: Browser) -> None:
    device = offered(browser)
    browser.get("/security")
    browser.post("/security/joining/refuse", {"enrolment": device.link.id})
    assert device.state().state == "refused"
    confirm(browser, device, device.short_code[:4])
    assert browser.served.rows("devices") == []


def test_only_the_browser_that_made_the_link_may_confirm(served: Served, browser: Browser) -> None:
    device = offered(browser)
    other = served.browser()
    other.sign_in()
    other.get("/security")
    assert "wants to join" not in other.text
    confirm(other, device, device.short_code[:4])
    assert device.state().state == "waiting"


def test_a_link_expires(served: Served, browser: Browser) -> None:
    link = browser.begin_enrolment()
    served.clock.advance(601)
    with pytest.raises(Answered) as caught:
        Device(served, link).info()
    assert caught.value.response.status_code == 410
    browser.get("/security")
    assert "The code has expired" in browser.text


def test_an_offer_that_nobody_confirmed_expires(served: Served, browser: Browser) -> None:
    device = offered(browser)
    served.clock.advance(601)
    assert device.state().state == "expired"
    confirm(browser, device, device.short_code[:4])
    assert device.state().state == "expired"


def test_a_device_that_never_acknowledged_never_existed(served: Served, browser: Browser) -> None:
    from watchword_server.application import sweep

    device = offered(browser)
    confirm(browser, device, device.short_code[:4])
    device.fetch_package()
    served.clock.advance(601)
    with pytest.raises(Answered) as caught:
        device.acknowledge()
    assert caught.value.response.status_code == 410
    with pytest.raises(Answered) as caught:
        device.poll()
    assert caught.value.response.status_code == 401
    served.run(lambda: sweep(served.site))
    assert served.rows("devices") == []
    with pytest.raises(Answered) as caught:
        device.poll()
    assert caught.value.response.status_code == 401


def test_a_device_that_polls_has_saved_its_keys(served: Served, browser: Browser) -> None:
    device = offered(browser)
    with pytest.raises(Answered):
        device.poll()
    confirm(browser, device, device.short_code[:4])
    device.fetch_package()
    assert [row.state for row in served.rows("devices")] == ["pending"]
    assert device.poll() == []
    assert [row.state for row in served.rows("devices")] == ["active"]
    assert [row.kind for row in served.rows("events")].count("device_added") == 1
    device.acknowledge()
    assert [row.kind for row in served.rows("events")].count("device_added") == 1
    second = served.browser()
    second.sign_in()
    assert "Approve it in Watchword" in second.text


def test_twenty_first_polls_join_once(served: Served, browser: Browser) -> None:
    device = offered(browser)
    confirm(browser, device, device.short_code[:4])
    device.fetch_package()
    assert served.at_once([device.polling] * 20) == [[]] * 20
    assert [row.kind for row in served.rows("events")].count("device_added") == 1


def test_an_unacknowledged_device_is_not_asked(served: Served, browser: Browser) -> None:
    device = offered(browser)
    confirm(browser, device, device.short_code[:4])
    device.fetch_package()
    second = served.browser()
    second.sign_in()
    assert "You are inside" in second.text


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"e": "A" * 22},
        {"f": bytes(32)},
        {"tls_pin": bytes(32)},
        {"nonce_s": bytes(16)},
        {"exp": 1},
        {"seal_key": bytes(32)},
        {"device_key": bytes(32)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_offer_for_something_else(browser: Browser, changed: dict[str, object]) -> None:
    device = Device(browser.served, browser.begin_enrolment())
    body = device.make_offer(**changed)
    with pytest.raises(Answered) as caught:
        device.offer(body)
    assert caught.value.response.status_code == 400
    device.offer(device.make_offer())


def test_an_offer_without_the_links_key(browser: Browser) -> None:
    device = Device(browser.served, browser.begin_enrolment())
    body = device.make_offer()
    with pytest.raises(Answered) as caught:
        device.offer({**body, "mac": "A" * 43})
    assert caught.value.response.status_code == 400
    assert browser.served.rows("enrolments")[0].state == "open"


def test_state_is_for_the_device_that_offered(served: Served, browser: Browser) -> None:
    device = offered(browser)
    confirm(browser, device, device.short_code[:4])
    thief = Device(served, device.link)
    thief.taken, thief.offered = device.taken, device.offered
    with pytest.raises(Answered) as caught:
        thief.state()
    assert caught.value.response.status_code == 401
    with pytest.raises(BadSignature):
        thief.seal.open(device.state().sealed, signing.sha256(device.offered))


def test_another_server_is_noticed(browser: Browser) -> None:
    device = Device(browser.served, browser.begin_enrolment())
    object.__setattr__(device.link, "fingerprint", bytes(32))
    with pytest.raises(WrongServer):
        device.info()


def kept(served: Served) -> bytes:
    """Everything the database keeps, as whoever steals it has it."""
    if served.site.settings.database:
        tables = metadata.sorted_tables
        values = [value for table in tables for row in served.rows(table.name) for value in row]
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode() for value in values
        )
    return b"".join(
        path.read_bytes() for path in served.site.settings.data.glob("server.sqlite3*")
    )


def test_secrets_are_not_in_the_database(served: Served, browser: Browser) -> None:
    link = browser.begin_enrolment()
    device = Device(served, link)
    raw = kept(served)
    assert link.id.encode() in raw
    assert link.key not in raw
    device.offer()
    confirm(browser, device, device.short_code[:4])
    package = device.fetch_package()
    raw = kept(served)
    assert package.device_id.encode() in raw
    assert package.seed not in raw
    assert served.site.signing_key.private not in raw
    for code in package.backup_codes:
        assert code.encode() not in raw
        assert code.replace("-", "").encode() not in raw


def test_a_name_from_outside_is_shown_as_text(browser: Browser) -> None:
    device = Device(browser.served, browser.begin_enrolment(), name="<b>x</b>\u202eevil")
    device.offer()
    browser.get("/security")
    assert "<b>x</b>" not in browser.page.text
    assert "&lt;b&gt;x&lt;/b&gt;evil" in browser.page.text
