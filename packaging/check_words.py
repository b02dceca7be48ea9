"""Fails when a word the product does not use stands in a name or a text of the code.

The product's words are listed in docs/architecture.md. Words of a protocol or library that
we must name as others do (an HTTP header, a privacyIDEA parameter) are allowed by line.
"""

import re
import subprocess
import sys
from pathlib import Path

UNWANTED = {
    r"\btokens?\b": "say code, device or account",
    r"\bcredentials?\b": "say password, key or account",
    r"\b2fa\b": "say two-step sign-in",
    r"(?i)\w*Manager\b": "name the thing it is",
    r"\w*Handler\b": "name the thing it is",
}
# Names that belong to others: OAuth, privacyIDEA, HTML forms, Python's and Qt's own classes.
ALLOWED = re.compile(
    r"access_token|token_endpoint|csrf.?token|id_token|fbtoken|enrollment_credential|mToken|tokenType"
    r"|tokenOrder|contextmanager|ContextManager|StreamHandler|NullHandler|QueueHandler|privacyIDEA"
    r"|secrets\.token_|itsdangerous|PEER_?CRED|(?i:peer credentials)|RotatingFileHandler|login1\.Manager"
)


def main() -> int:
    files = subprocess.run(
        [
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "app/*.py",
            "app/*.html",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    found = 0
    for name in files:
        path = Path(name)
        if not path.exists():
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            rest = ALLOWED.sub("", line)
            for pattern, instead in UNWANTED.items():
                if match := re.search(pattern, rest):
                    print(f"{name}:{number}: '{match.group()}' is not one of our words: {instead}")
                    found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
