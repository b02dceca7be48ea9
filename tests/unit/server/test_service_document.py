"""The OpenAPI document says what the server does, and docs/services-api.md says the same."""

import re
from pathlib import Path

from service_api import fuzzing

from watchword_server.api import services
from watchword_server.api.service_document import ERRORS, STATES, document
from watchword_server.api.service_members import MEMBERS

MANUAL = (Path(__file__).parents[3] / "docs" / "services-api.md").read_text("utf-8")
METHODS = {"get", "post", "delete", "put", "patch"}


def test_every_address_is_in_it_and_no_other() -> None:
    served = {
        (route.path, method)
        for route in services.ROUTES
        for method in route.methods or ()
        if method != "HEAD"
    }
    described = {
        (path, method.upper())
        for path, operations in document("https://login.example")["paths"].items()
        for method in operations
        if method in METHODS
    }
    assert described == served
    for path, method in described:
        assert f"{method} {path}" in MANUAL


def test_the_manual_has_its_words() -> None:
    table = MANUAL.partition("## 3. Errors")[2].partition("**How often.**")[0]
    said = {
        (int(status), word)
        for line in table.splitlines()
        if (row := re.match(r"\| ([0-9, ]+) \| (.*?) \|", line))
        for statuses in [re.findall(r"\d+", row[1])]
        for words in [re.findall(r"`(\w+)`", row[2])]
        for status, word in (
            zip(statuses, words, strict=True)
            if len(statuses) > 1
            else [(statuses[0], word) for word in words]
        )
    }
    assert said - {(405, "bad_request")} == {
        (status, word) for status, words in ERRORS.items() for word in words
    }
    for word in (*MEMBERS, *STATES):
        assert f"`{word}`" in MANUAL


def test_the_server_does_what_it_says(tmp_path: Path) -> None:
    with fuzzing(tmp_path / "data") as one:
        one.run(15)
    statuses = {status for _, status in one.answers}
    assert {200, 201, 204, 400, 401, 403, 404} <= statuses
