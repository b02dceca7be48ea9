"""Everything that the services' API document allows and forbids, sent to the real server by schemathesis.

    python tests/fuzz/service_api.py [--examples 2000] [--database sqlite|postgresql]

Each answer must be one that the document promises, no broken request may be taken, and no answer be an error of the
server. Prints how many requests of each address got which answer.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from postgres import cluster
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from served import USER, Served, serving
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchword_server import services
from watchword_server.api.service_document import document

BINDING = "what-only-this-browser-has"


def bridge(served: Served) -> ASGIApp:
    """The server as an application for another event loop than the one it runs in."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        taken = [await receive()]
        while taken[-1].get("more_body"):
            taken.append(await receive())
        answer: list[Message] = []

        async def give() -> Message:
            return taken.pop(0) if taken else {"type": "http.disconnect"}

        async def keep(message: Message) -> None:
            answer.append(message)

        async def run() -> None:
            assert served.app is not None
            await served.app(scope, give, keep)

        served.portal.call(run)
        for message in answer:
            await send(message)

    return app


class Fuzzing:
    """One server with a user who has allowed a service, and what it answered."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.answers: Counter[tuple[str, int]] = Counter()
        browser = served.browser()
        browser.sign_in()
        self.device = browser.enrol()
        added = served.run(
            lambda: services.add_service(served.site, "Bookshop", {"logins", "codes"})
        )
        browser.get(f"/services/{added.id}")
        browser.post(f"/services/{added.id}/allow", {"scopes": browser.hidden("scopes")})
        self.headers = {"Authorization": f"Bearer {added.key}"}
        self.logins: list[str] = []
        config = SchemathesisConfig.from_dict({"base-url": served.site.origin})
        self.schema = schemathesis.openapi.from_dict(document(served.site.origin), config=config)
        self.schema.app = bridge(served)

    def run(self, examples: int, number: int = 1) -> None:
        for found in self.schema.get_all_operations():
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                strategy = operation.as_strategy(generation_mode=mode)
                # Where there is nothing to leave out or to spoil, nothing can be generated.
                with suppress(Unsatisfiable):
                    self._send(strategy, mode, examples, number)

    def _send(self, strategy: Any, mode: GenerationMode, examples: int, number: int) -> None:
        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy, known=st.booleans())
        def send(case: Any, known: bool) -> None:
            if known and mode is GenerationMode.POSITIVE:
                self._make_known(case)
            answer = case.call_and_validate(headers=self.headers)
            self.answers[f"{case.method} {case.path}", answer.status_code] += 1
            if answer.status_code == 201:
                self._begun(answer.json())

        send()

    def _begun(self, login: dict[str, Any]) -> None:
        """Approve every other one, so that there are results."""
        self.logins.append(login["id"])
        (request,) = [one for one in self.device.poll() if one.login == login["id"]]
        if len(self.logins) % 2:
            self.device.decide(request, "approve", login["code"])

    def _make_known(self, case: Any) -> None:
        """Ask about a user and a login that there are: chance would not find them."""
        if self.logins and "id" in case.path_parameters:
            case.path_parameters["id"] = self.logins[-1]
        if isinstance(case.body, dict):
            known = {"user": USER, "binding": BINDING, "code": self.device.otp()}
            case.body.update({name: one for name, one in known.items() if name in case.body})


@contextmanager
def fuzzing(folder: Path, database: str = "") -> Iterator[Fuzzing]:
    with serving(folder, database=database, limits_times=1_000_000) as served:
        yield Fuzzing(served)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    arguments = parser.parse_args()
    for kind in [arguments.database] if arguments.database else ("sqlite", "postgresql"):
        url = cluster().new_database() if kind == "postgresql" else ""
        with tempfile.TemporaryDirectory() as data, fuzzing(Path(data), url) as one:
            one.run(arguments.examples)
            print(f"{kind}: {one.answers.total()} requests, each answered as the document says")
            for (address, status), count in sorted(one.answers.items()):
                print(f"    {address}: {status} x {count}")
        if url:
            cluster().drop(url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
