"""Accounts to look at: many kinds, long names, one with a server."""

from dataclasses import replace

from watchword.otp.parameters import Algorithm, OtpParameters, OtpType
from watchword.vault.account import Account, ServerLink

SECRET = b"12345678901234567890"  # RFC 4226 appendix D

CODES = (
    "7KQM-2F9X", "R4TD-88WN", "0PZC-J5HV", "MB61-QE3Y", "X9GA-4TKR",
    "C2VN-7D0S", "5HWE-ZP8M", "KT3B-6YQJ", "N8RX-1AGF", "E6SD-V4CZ",
)  # fmt: skip


def totp(secret: bytes = SECRET, **more: object) -> OtpParameters:
    return replace(OtpParameters(type=OtpType.TOTP, secret=secret), **more)  # type: ignore[arg-type]


def link(origin: str = "https://login.kalos.ch", name: str = "Ana’s desktop") -> ServerLink:
    return ServerLink(
        kind="native",
        origin=origin,
        service="Kalos Club",
        user="ana@kalos.ch",
        device_id="device-1",
        device_name=name,
        device_key=b"\1" * 32,
        server_key=b"\2" * 32,
        backup_codes=CODES,
    )


def sample_accounts() -> list[Account]:
    return [
        Account(
            id="a1",
            issuer="Kalos Club",
            account="ana@kalos.ch",
            otp=totp(),
            link=link(),
            tags=("work",),
            favourite=True,
        ),
        Account(id="a2", issuer="GitHub", account="ana-ferrer", otp=totp(b"second secret 123456")),
        Account(
            id="a3",
            issuer="privacyIDEA · Uni Basel",
            account="a.ferrer@unibas",
            otp=totp(b"third secret 1234567", algorithm=Algorithm.SHA256),
            link=link("https://pi.unibas.ch"),
            tags=("work",),
        ),
        Account(
            id="a4",
            issuer="AWS",
            account="root · 4471-0092",
            otp=totp(b"fourth secret 123456", period=40),
            tags=("work", "family"),
        ),
        Account(
            id="a5",
            issuer="Router",
            account="admin",
            otp=OtpParameters(type=OtpType.HOTP, secret=SECRET, counter=0),
            tags=("family",),
        ),
        Account(
            id="a6",
            issuer="PostFinance",
            account="Ana Ferrer",
            otp=totp(b"sixth secret 1234567", digits=8),
        ),
        Account(
            id="a7",
            issuer="The Most Honourable Society of Exceedingly Long Names, Incorporated",
            account="ana.maria.ferrer-de-la-torre.y.montserrat@department.example.org",
            otp=totp(b"seventh secret 12345"),
        ),
    ]
