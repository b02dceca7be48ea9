"""The numbers both ends must agree on: version, paths, limits (docs/protocol.md)."""

from typing import Final

VERSION: Final = 1
API: Final = "/api/v1"
SIGNATURE_TAG: Final = "watchword/1"

# Lifetimes, in seconds.
ENROLMENT_LIFETIME: Final = 600
REQUEST_LIFETIME: Final = 120
REDEMPTION_LIFETIME: Final = 60
NONCE_LIFETIME: Final = 300
SIGNATURE_WINDOW: Final = 60  # how far `created` may lie from the server's clock, either way

# Sizes.
BODY_LIMIT: Final = 65_536  # bytes of any request or answer
LINK_LIMIT: Final = 400  # characters of a link
DEVICE_NAME_LIMIT: Final = 64  # characters
LONGEST_WAIT: Final = 25  # seconds a long poll may be held
KNOWN_LIMIT: Final = 32  # request ids a poll may name

MATCH_TRIES: Final = 3
SHORT_CODE_TRIES: Final = 3
