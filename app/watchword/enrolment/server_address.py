"""A server's address as people type or paste it, read as the one origin that it means."""

from watchword.errors import InvalidInput
from watchword.protocol.origin import Origin, parse_origin


def read_address(text: str) -> Origin:
    """Return the origin that was typed; raises InvalidInput (or its OriginRefused).

    `https://` may be left out, and what a browser's address line has after the host is let go:
    the host is shown, and confirmed, before anything is contacted.
    """
    typed = text.strip()
    scheme, separator, rest = typed.partition("://")
    if not separator:
        scheme, rest = "https", typed
    for mark in "/?#":
        rest = rest.partition(mark)[0]
    if not rest.isascii():
        raise InvalidInput(
            "Only plain letters can be used here",
            "Names look alike in other alphabets.",
            "Write it as the browser's address line has it once it is copied, beginning with xn--.",
        )
    origin = parse_origin(f"{scheme}://{rest}")
    if not separator and origin.is_loopback:
        return parse_origin(f"http://{rest}")  # on this computer nobody has a certificate
    return origin
