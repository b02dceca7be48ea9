"""Coverage-guided fuzzing of everything that reads the text of a QR code.

    python tests/fuzz/fuzz_links.py [-runs=N] [-max_total_time=SECONDS] [-seed=N] [FOLDER …]

Options are libFuzzer's; a folder keeps what was found interesting. The process ends with 0 when
every input was read or refused with a reason, and with a traceback and the input otherwise.
Whatever is read must also survive being written and read once more.
"""

import base64
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["watchword"]):
    from watchword.enrolment.scanned import MigrationFound, OtpauthFound, recognise
    from watchword.errors import InvalidInput
    from watchword.otp import migration, otpauth
    from watchword.otp.migration_export import export
    from watchword.otp.otpauth import OtpauthEntry

HERE = Path(__file__).resolve().parent
SECRET = "GEZDGNBVGY3TQOJQ"
BEFORE = f"otpauth://totp/A:b?secret={SECRET}&"


def one_input(data: bytes) -> None:
    """Read one input, whose first byte says how; any error but InvalidInput is a find."""
    text = data[1:].decode("utf-8", "surrogateescape")
    try:
        match data[:1]:
            case b"1":
                read_text(BEFORE + text)
            case b"2":
                message = base64.b64encode(data[1:]).decode("ascii")
                read_export(f"otpauth-migration://offline?data={message}")
            case _:
                read_text(text)
    except InvalidInput as refused:
        fit_to_show(refused)


def fit_to_show(refused: InvalidInput) -> None:
    assert refused.title
    assert len(str(refused)) < 1000


def read_text(text: str) -> None:
    found = recognise(text)
    if isinstance(found, OtpauthFound):
        written_again(found.entry)
    elif isinstance(found, MigrationFound):
        read_export(found.text)


def read_export(uri: str) -> None:
    part = migration.parse(uri)
    written = export(part.entries, part.batch_id % 2**31)
    again = [entry for link in written.links for entry in migration.parse(link).entries]
    assert len(again) + len(written.left_out) == len(part.entries)
    for entry in part.entries:
        written_again(entry)


def written_again(entry: OtpauthEntry) -> None:
    again = otpauth.parse(otpauth.write(entry.otp, entry.issuer, entry.account))
    assert (again.otp, again.issuer, again.account) == (entry.otp, entry.issuer, entry.account)


def main() -> None:
    seeds = ",".join(str(path) for path in sorted((HERE / "seeds").iterdir()))
    # What is slow here is slow for a person, too: nothing takes a second.
    options = [
        f"-seed_inputs={seeds}",
        f"-dict={HERE / 'links.dict'}",
        "-max_len=700",
        "-timeout=5",
    ]
    atheris.Setup([*sys.argv, *options], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
