"""Login requests, links and accounts made up for a test."""

from watchword.providers.login_request import LoginRequest, Match
from watchword.vault.account import Account, ServerLink


def login_request(
    request_id: str = "r1",
    *,
    account_id: str = "a1",
    origin: str = "https://login.example",
    issued_at: float = 1_700_000_000.0,
    expires_at: float = 1_700_000_120.0,
    match: Match = Match.TYPE4,
    choices: tuple[str, ...] = (),
) -> LoginRequest:
    return LoginRequest(
        id=request_id,
        account_id=account_id,
        service="Kalos Club",
        account="elena",
        origin=origin,
        ip="192.0.2.7",
        place="Geneva",
        user_agent="Firefox on Windows",
        issued_at=issued_at,
        expires_at=expires_at,
        match=match,
        choices=choices,
    )


def link(*, kind: str = "native", state: str = "active", device_id: str = "d1") -> ServerLink:
    return ServerLink(
        kind=kind,
        origin="https://login.example",
        service="Kalos Club",
        user="elena",
        device_id=device_id,
        device_name="Laptop",
        device_key=bytes(32),
        server_key=bytes(32),
        state=state,
    )


def linked_account(account_id: str = "a1", the_link: ServerLink | None = None) -> Account:
    return Account(
        id=account_id, issuer="Kalos Club", account="elena", otp=None, link=the_link or link()
    )
