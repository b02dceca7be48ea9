#!/usr/bin/env python3
"""A page that is protected by Watchword: the worked example of docs/services-api.md.

    export WATCHWORD=http://127.0.0.1:8765  (the server, and what `watchword-server service add` printed:)
    export WATCHWORD_SERVICE=… WATCHWORD_SERVER_KEY=… WATCHWORD_KEY=wwk_…
    python3 protected_page.py               (then http://127.0.0.1:8080)

Needs Python 3.11 and `cryptography`. For more than trying it needs TLS before it, a password of its own where
password_is_right() says so, and sessions that outlive the process.
"""

import hashlib
import json
import os
import secrets
import urllib.error
import urllib.request
from base64 import urlsafe_b64decode
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Watchword:
    """All that a service needs of the API."""

    def __init__(self, origin, service, server_key, key):
        self.api, self.service, self.key = f"{origin}/api/services/v1", service, key
        self.server_key = Ed25519PublicKey.from_public_bytes(unbase(server_key))

    def ask(self, method, path, body=None, **headers):
        """Return status and answer; headers' names come with underscores."""
        request = urllib.request.Request(  # noqa: S310 - the operator's own address
            self.api + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=35) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def begin(self, user, binding, ip, user_agent):
        body = {"user": user, "binding": binding, "ip": ip, "user_agent": user_agent}
        return self.ask("POST", "/logins", body, Idempotency_Key=secrets.token_urlsafe(16))

    def is_open(self, login):
        """Whether nobody has answered yet; comes back as soon as somebody does."""
        _, answer = self.ask("GET", f"/logins/{login}", Prefer="wait=10")
        return answer.get("state") == "open"

    def approved(self, login, binding):
        """Return the user whose device approved, or None: the signature says so, once."""
        nonce = secrets.token_urlsafe(16)
        body = {"binding": binding, "nonce": nonce}
        status, answer = self.ask("POST", f"/logins/{login}/result", body)
        if status != 200:
            return None
        signed = unbase(answer["signed"])
        try:
            self.server_key.verify(unbase(answer["sig"]), signed)
        except InvalidSignature:
            return None
        result = json.loads(signed)
        wanted = {"typ": "watchword/service-login", "v": 1, "aud": self.service,
                  "nonce": nonce, "login": login, "result": "approved"}  # fmt: skip
        return result["user"] if wanted.items() <= result.items() else None


def unbase(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def password_is_right(user, password):
    """Put your own check here: without one, whoever knows a name can ring at that person's desk."""
    right = os.environ.get("PAGE_PASSWORD", "demo")
    return bool(user) and secrets.compare_digest(password.encode(), right.encode())


class Page(BaseHTTPRequestHandler):
    """Sign in, wait, and the page itself; `watchword` is set by page_server()."""

    sessions = {}  # noqa: RUF012 - cookie: {"user": …} once in, before {"login": …, "code": …}

    def do_GET(self):
        cookie = self.cookie()
        session = self.sessions.get(cookie, {})
        if self.path == "/wait" and "login" in session:
            if self.watchword.is_open(session["login"]):
                return self.wait_page(session["code"])
            self.sessions.pop(cookie, None)  # a new one, whatever the answer is
            user = self.watchword.approved(session["login"], binding(cookie))
            return self.go("/", {"user": user} if user else {"error": "Nobody was let in."})
        if "user" in session:
            return self.page(f"<h1>The page</h1><p>You are {escape(session['user'])}.</p>")
        return self.sign_in_page(session.get("error", ""))

    def do_POST(self):
        form = parse_qs(
            self.rfile.read(min(int(self.headers["Content-Length"] or 0), 4096)).decode()
        )
        user, password = (form.get(name, [""])[0] for name in ("user", "password"))
        if not password_is_right(user, password):
            return self.sign_in_page("That was not right.", 403)
        cookie = secrets.token_urlsafe(32)
        status, answer = self.watchword.begin(
            user, binding(cookie), self.client_address[0], self.headers.get("User-Agent", "")
        )
        if status == 403 and "allow" in answer:
            where = escape(answer["allow"])
            return self.page(f"<p>First <a href='{where}'>allow this page to ask you</a>.</p>")
        if status != 201:
            return self.sign_in_page(f"It does not go now: {answer['error']}.", 503)
        return self.go("/wait", {"login": answer["id"], "code": answer["code"]}, cookie)

    def wait_page(self, code):
        self.page(
            f"<meta http-equiv=refresh content=1><h1>{escape(code)}</h1><p>Type it in Watchword.</p>"
        )

    def sign_in_page(self, error="", status=200):
        self.page(
            f"<p role=alert>{escape(error)}</p><form method=post>"
            "<label>Name <input name=user></label> "
            "<label>Password <input name=password type=password></label> <button>Sign in</button></form>",
            status,
        )

    def cookie(self):
        found = SimpleCookie(self.headers.get("Cookie", "")).get("page")
        return found.value if found else ""

    def go(self, path, session, cookie=""):
        """Redirect with a new cookie: the one before may be known to somebody."""
        cookie = cookie or secrets.token_urlsafe(32)
        self.sessions[cookie] = session
        self.send_response(303)
        self.send_header("Location", path)
        self.send_header("Set-Cookie", f"page={cookie}; HttpOnly; SameSite=Strict; Path=/")
        self.end_headers()

    def page(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Page</title>{body}".encode())

    def log_message(self, *_):
        """Say nothing: what is asked for is nobody else's."""


def binding(cookie):
    """Return what only this browser has, without giving its cookie away."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def page_server(watchword, port=8080):
    page = type("ThisPage", (Page,), {"watchword": watchword, "sessions": {}})
    return ThreadingHTTPServer(("127.0.0.1", port), page)


if __name__ == "__main__":
    names = ("WATCHWORD", "WATCHWORD_SERVICE", "WATCHWORD_SERVER_KEY", "WATCHWORD_KEY")
    page_server(Watchword(*(os.environ[name] for name in names))).serve_forever()
