"""Steam's codes: RFC 6238's number, written in Steam's own letters (docs/otp-kinds.md)."""

ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"


def letters(number: int, length: int) -> str:
    """Return the truncated hash `number` (31 bits) as `length` letters, the lowest place first."""
    written = ""
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        written += ALPHABET[place]
    return written
