"""Cookies, the form's proof that we drew it, and browsers that were here before.

The session cookie is random and its hash a row. Before sign-in a visit cookie takes its place
in the forms. A browser that signed in carries a signed list of accounts, which grants nothing:
it only counts apart from strangers.
"""

import hashlib
import hmac
import re
import secrets
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from watchword.protocol.encoding import from_base64url, to_base64url
from watchword_server.site import Site

_YEAR = 365 * 86_400
_REMEMBERED = 5
_QUESTION_SECONDS = 600
_SERVICE_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def _name(site: Site, name: str) -> str:
    # The prefix makes browsers refuse the cookie unless it came by TLS, for this host alone.
    return f"__Host-watchword-{name}" if site.settings.is_https else f"watchword-{name}"


def session_cookie(site: Site, request: Request) -> str | None:
    """Return the session cookie's value: the new one, if this very request has changed it."""
    changed: str | None = getattr(request.state, "new_session", None)
    return changed or request.cookies.get(_name(site, "session"))


def change_session(request: Request, value: str) -> None:
    """Have the session cookie changed by whatever answer this request gets."""
    request.state.new_session = value


def keep_session(site: Site, request: Request, response: Response) -> None:
    """Send the session cookie along if this request has changed it."""
    if value := getattr(request.state, "new_session", None):
        set_session(site, response, value)


def set_session(site: Site, response: Response, value: str) -> None:
    """Give the browser a session; it ends with the browser, and in the database."""
    _set(site, response, "session", value, None)


def clear_session(site: Site, response: Response) -> None:
    """Take the session from the browser."""
    _set(site, response, "session", "", 0)


def _set(site: Site, response: Response, name: str, value: str, age: int | None) -> None:
    response.set_cookie(
        _name(site, name),
        value,
        max_age=age,
        path="/",
        secure=site.settings.is_https,
        httponly=True,
        samesite="lax",
    )


def kept_question(site: Site, request: Request) -> str:
    """Return what a program asked by way of this browser, the query of an address; "": nothing."""
    try:
        return from_base64url(request.cookies.get(_name(site, "question"), "")).decode("ascii")
    except ValueError:
        return ""


def keep_question(site: Site, response: Response, query: str) -> None:
    """Keep a program's question until the person has signed in and answered; "" forgets it."""
    value = to_base64url(query.encode("ascii"))
    _set(site, response, "question", value, _QUESTION_SECONDS if value else 0)


def preference(site: Site, request: Request, name: str) -> str:
    """Return what this browser chose in the footer, or "" if it chose nothing."""
    return request.cookies.get(_name(site, name), "")


def set_preference(site: Site, response: Response, name: str, value: str) -> None:
    """Remember a choice; "" forgets it."""
    _set(site, response, name, value, _YEAR if value else 0)


def form_key(site: Site, request: Request) -> tuple[str, str | None]:
    """Return the form's hidden value, and the visit cookie to set if the browser has none yet."""
    bound = session_cookie(site, request) or request.cookies.get(_name(site, "visit"))
    if bound:
        return _form_value(site, bound), None
    visit = to_base64url(secrets.token_bytes(16))
    return _form_value(site, visit), visit


def set_visit(site: Site, response: Response, visit: str) -> None:
    """Give the browser a visit cookie."""
    _set(site, response, "visit", visit, None)


def form_is_ours(site: Site, request: Request, value: object) -> bool:
    """Whether a form was drawn by us for this very browser, and sent from our own page."""
    bound = session_cookie(site, request) or request.cookies.get(_name(site, "visit"))
    if not bound or not isinstance(value, str):
        return False
    origin = request.headers.get("origin")
    if origin is not None and origin != site.origin:
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return hmac.compare_digest(_form_value(site, bound).encode(), value.encode("utf-8", "replace"))


def _form_value(site: Site, bound: str) -> str:
    text = b"form\0" + bound.encode("utf-8", "surrogatepass")
    return to_base64url(hmac.digest(site.secret, text, hashlib.sha256)[:20])


def come_back_to(site: Site, response: Response, service_id: str) -> None:
    """Have the browser come back to a service's page once it is in; what is no id forgets it."""
    wanted = service_id if _SERVICE_ID.fullmatch(service_id) else ""
    _set(site, response, "service", wanted, 900 if wanted else 0)


def first_page(site: Site, request: Request) -> str:
    """Return where a browser goes that is let in: to what it came for, one of our own pages."""
    if kept_question(site, request):
        return "/authorise"
    wanted = request.cookies.get(_name(site, "service"), "")
    return f"/services/{wanted}" if _SERVICE_ID.fullmatch(wanted) else "/account"


def _signer(site: Site) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site.secret, salt="known browser")


def _known_accounts(site: Site, request: Request) -> list[str]:
    try:
        value: Any = _signer(site).loads(
            request.cookies.get(_name(site, "known"), "")[:1024], max_age=_YEAR
        )
    except BadData:
        return []
    return [str(one) for one in value][:_REMEMBERED] if isinstance(value, list) else []


def is_known(site: Site, request: Request, user_id: str) -> bool:
    """Whether this browser signed in to this account before."""
    return user_id in _known_accounts(site, request)


def remember_browser(site: Site, request: Request, response: Response, user_id: str) -> None:
    """Remember that this browser signed in to this account."""
    others = [one for one in _known_accounts(site, request) if one != user_id]
    value = _signer(site).dumps([user_id, *others][:_REMEMBERED])
    _set(site, response, "known", str(value), _YEAR)
