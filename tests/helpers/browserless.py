"""A browser without a window: forms are found in the page and filled in, cookies are kept.

It knows the server's pages only as a browser does, by their forms and fields.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2
import numpy as np
import zxingcpp

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass
class Form:
    """A form of the page that is shown."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif tag in {"input", "button"} and self.forms and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Browserless:
    """One browser session at one server."""

    def __init__(self, origin: str) -> None:
        self._http = httpx2.Client(
            base_url=origin,
            follow_redirects=True,
            trust_env=False,
            headers={"User-Agent": FIREFOX},
            timeout=30,
        )
        self.page = ""
        self.path = ""

    def close(self) -> None:
        self._http.close()

    def open(self, path: str) -> None:
        self._show(self._http.get(path))

    def submit(self, action: str, **fields: str) -> None:
        """Fill in and send the page's first form whose action ends in `action`."""
        forms = self._parsed().forms
        form = next((form for form in forms if form.action.endswith(action)), None)
        assert form is not None, f"no form {action} on {self.path}: {[f.action for f in forms]}"
        self._show(self._http.post(form.action or self.path, data=form.fields | fields))

    def json(self, path: str) -> Any:
        return self._http.get(path).json()

    @property
    def text(self) -> str:
        """What a person reads on the page."""
        return " ".join(" ".join(self._parsed().texts).split())

    def qr_text(self) -> str:
        """Return what the page's QR code says, read from its picture."""
        svg = re.search(r"<svg.*?</svg>", self.page, re.DOTALL)
        assert svg is not None, "no picture on the page"
        # In two of a thousand QR codes the squares happen to draw a bar code of four digits, too.
        kind = zxingcpp.BarcodeFormat.QRCode
        (barcode,) = zxingcpp.read_barcodes(_raster(svg[0]), formats=kind)
        return str(barcode.text)

    # What a person does at the reference server.

    def sign_in(self, name: str, password: str) -> None:
        self.open("/sign-in")
        self.submit("/sign-in", name=name, password=password)

    def add_device(self, password: str, code: str = "") -> str:
        """Ask for a QR code on the security page and return its link."""
        self.open("/security")
        self.submit("/security/devices")
        if 'name="password"' in self.page:
            self.submit("/security/devices", password=password, code=code)
        return self.qr_text()

    def join(self, typed: str) -> None:
        self.open("/security")
        self.submit("/security/joining/confirm", code=typed)

    def refuse(self) -> None:
        self.open("/security")
        self.submit("/security/joining/refuse")

    def match_code(self) -> str:
        """Return the code the waiting page shows."""
        self.open("/sign-in/waiting")
        match = re.search(r'aria-label="Code: ([0-9A-Z ]+)"', self.page)
        assert match is not None, self.text
        return match[1].replace(" ", "")

    def is_let_in(self) -> bool:
        """Finish an approved login as the page's script does, and say whether we are inside."""
        self.open("/sign-in/waiting")
        if self.path == "/sign-in/waiting" and "/sign-in/finish" in self.page:
            self.submit("/sign-in/finish")
        self.open("/account")
        return self.path == "/account"

    def _show(self, response: httpx2.Response) -> None:
        self.page, self.path = response.text, response.url.path

    def _parsed(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.page)
        return parser


def _raster(svg: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Draw the squares of a QR code's SVG as an 8-bit picture."""
    size = re.search(r'viewBox="0 0 ([0-9]+) ', svg)
    assert size is not None
    picture = np.full((int(size[1]), int(size[1])), 255, np.uint8)
    for x, y in re.findall(r"M([0-9]+) ([0-9]+)h1v1h-1z", svg):
        picture[int(y), int(x)] = 0
    return np.kron(picture, np.ones((4, 4), np.uint8))
