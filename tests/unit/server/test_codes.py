"""One-time and backup codes: each once, guessing slowed down, owner and stranger apart."""

from served import PASSWORD, USER, Browser, Device, Served


def waiting(served: Served, **more: str) -> Browser:
    browser = served.browser(**more)
    browser.sign_in()
    return browser


def test_a_one_time_code_lets_in_and_ends_the_request(served: Served, device: Device) -> None:
    browser = waiting(served)
    (request,) = device.poll()
    browser.post("/sign-in/code", {"code": f"{device.otp()[:3]} {device.otp()[3:]}"})
    assert "You are inside" in browser.text
    assert device.poll() == []
    result = device.decide(request, "deny")
    assert (result.result, result.decided) == ("answered_elsewhere", "code")


def test_a_code_is_never_used_twice(served: Served, device: Device) -> None:
    code = device.otp()
    waiting(served).post("/sign-in/code", {"code": code})
    second = waiting(served)
    second.post("/sign-in/code", {"code": code})
    assert "not right, or was used already" in second.text
    served.clock.advance(30)
    second.post("/sign-in/code", {"code": device.otp(served.clock.now() - 60)})
    assert "You are inside" not in second.text
    second.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in second.text


def test_one_step_before_and_after_are_taken_and_no_more(served: Served, device: Device) -> None:
    now = served.clock.now()
    browser = waiting(served)
    for seconds in (-60, 60, 3600):
        browser.post("/sign-in/code", {"code": device.otp(now + seconds)})
        assert "You are inside" not in browser.text
    browser.post("/sign-in/code", {"code": device.otp(now - 30)})
    assert "You are inside" in browser.text
    browser = waiting(served)
    browser.post("/sign-in/code", {"code": device.otp(now + 30)})
    assert "You are inside" in browser.text


def test_twenty_uses_of_one_code_have_one_winner(served: Served, device: Device) -> None:
    browsers = [waiting(served) for _ in range(4)]
    code = device.otp()
    works = []
    for browser in browsers:
        data = {"form_key": browser.form_key(), "code": code}
        works += [lambda b=browser, d=data: b.asked("POST", "/sign-in/code", data=d)] * 5
    answers = served.at_once(works)
    let_in = [one for one in answers if one.headers.get("location") == "/account"]
    assert (
        len([one for one in let_in if "session" in str(one.headers.get_list("set-cookie"))]) == 1
    )


def test_a_backup_code_works_once(served: Served, browser: Browser, device: Device) -> None:
    code = device.package.backup_codes[3]
    first = waiting(served)
    first.post("/sign-in/backup-code", {"code": code.lower().replace("-", " ")})
    assert "You are inside" in first.text
    second = waiting(served)
    second.post("/sign-in/backup-code", {"code": code})
    assert "used already" in second.text
    browser.get("/security")
    assert "9 of 10 left" in browser.text


def test_twenty_uses_of_a_backup_code_have_one_winner(served: Served, device: Device) -> None:
    browsers = [waiting(served) for _ in range(4)]
    works = []
    for browser in browsers:
        data = {"form_key": browser.form_key(), "code": device.package.backup_codes[0]}
        works += [lambda b=browser, d=data: b.asked("POST", "/sign-in/backup-code", data=d)] * 5
    served.at_once(works)
    assert sum(row.used_at is not None for row in served.rows("backup_codes")) == 1
    assert [row.kind for row in served.rows("events")].count("used_backup_code") == 1


def test_guessing_is_slowed_down_for_the_stranger_only(served: Served, device: Device) -> None:
    owner = waiting(served)
    owner.post("/sign-in/code", {"code": device.otp()})
    owner.post("/sign-out")
    stranger = waiting(served, ip="198.51.100.9")
    for number in range(5):
        stranger.post("/sign-in/code", {"code": f"{number}00000"})
        assert stranger.page.status_code == 403
    served.clock.advance(30)
    stranger.post("/sign-in/code", {"code": device.otp()})
    assert stranger.page.status_code == 429
    assert "Too many wrong codes" in stranger.text
    owner.sign_in()
    owner.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in owner.text


def test_two_denies_pause_requests_for_strangers_but_not_for_the_owner(
    served: Served, device: Device
) -> None:
    owner = waiting(served)
    owner.post("/sign-in/code", {"code": device.otp()})
    owner.post("/sign-out")
    for _ in range(2):
        stranger = waiting(served, ip="198.51.100.9")
        (request,) = device.poll()
        device.decide(request, "deny")
    stranger = waiting(served, ip="198.51.100.9")
    assert "Requests are paused for 15 min: use a code" in stranger.text
    assert device.poll() == []
    served.clock.advance(30)
    stranger.post("/sign-in/again")
    assert device.poll() == []
    owner.sign_in()
    assert "Approve it in Watchword" in owner.text
    assert len(device.poll()) == 1
    stranger.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in stranger.text


def test_not_me_pauses_at_once(served: Served, device: Device) -> None:
    waiting(served)
    (request,) = device.poll()
    device.decide(request, "not_me")
    assert "paused for 15 min" in waiting(served).text
    served.clock.advance(901)
    assert "Approve it in Watchword" in waiting(served).text


def test_three_unanswered_requests_in_ten_minutes(served: Served, device: Device) -> None:
    for _ in range(3):
        assert "Approve it" in waiting(served).text
    assert "paused for 10 min" in waiting(served).text
    assert len(device.poll()) == 3
    served.clock.advance(601)
    assert "Approve it" in waiting(served).text


def test_ten_wrong_matches_over_logins_stop_requests_until_a_code(
    served: Served, device: Device
) -> None:
    wrong = 0
    while wrong < 10:
        browser = waiting(served)
        (request,) = device.poll()
        for _ in range(3):
            wrong += 1
            code = "ZZZZ" if browser.match_code() != "ZZZZ" else "YYYY"
            device.decide(request, "approve", code, time=wrong)
        served.clock.advance(601)
    browser = waiting(served)
    assert "requests are stopped until a one-time code is used" in browser.text
    browser.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in browser.text
    assert "Approve it" in waiting(served).text


def test_a_wrong_password_makes_no_request_and_tells_nothing(
    served: Served, device: Device
) -> None:
    texts = set()
    for name, password in (
        (USER, "wrong password"),
        ("nobody", PASSWORD),
        (USER, ""),
        ("", PASSWORD),
        (USER + "\0", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        (USER, PASSWORD + " "),
    ):
        browser = served.browser()
        browser.sign_in(name, password)
        texts.add((browser.page.status_code, browser.text))
    assert len(texts) == 1
    assert device.poll() == []
    assert served.rows("logins") == []


def test_guessing_passwords_is_slowed_down_alike_for_nobody(served: Served) -> None:
    for name in (USER, "nobody"):
        browser = served.browser()
        for _ in range(10):
            assert browser.sign_in(name, "wrong password").status_code == 403
        assert browser.sign_in(name, PASSWORD).status_code == 429
        assert "Try again in 15 min" in browser.text
    served.clock.advance(901)
    browser.sign_in()
    assert "You are inside" in browser.text
