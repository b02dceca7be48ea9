"""10,000 codes: ours beside pyotp's, turn and turn about in one run.

Both get what they work from: ours the secret's bytes, pyotp an object that holds base32. Ours also
computes the window a code is valid in.
"""

import random
import time
from collections.abc import Callable

import pyotp

from watchword.otp.base32 import write
from watchword.otp.code import code_at, next_code_at
from watchword.otp.parameters import OtpParameters, OtpType

SEED = 20260
CODES = 10_000
ROUNDS = 7
AT = 1_700_000_000


def best(*works: Callable[[], object]) -> list[float]:
    """Return the fastest of ROUNDS runs of each, in CPU seconds; rounds alternate."""
    fastest = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            started = time.process_time()
            work()
            fastest[place] = min(fastest[place], time.process_time() - started)
    return fastest


def main() -> None:
    source = random.Random(SEED)
    secrets = [source.randbytes(20) for _ in range(CODES)]
    ours = [OtpParameters(type=OtpType.TOTP, secret=secret) for secret in secrets]
    peers = [pyotp.TOTP(write(secret)) for secret in secrets]
    assert [code_at(each, AT).value for each in ours] == [each.at(AT) for each in peers]
    peer, code, both = best(
        lambda: [each.at(AT) for each in peers],
        lambda: [code_at(each, AT) for each in ours],
        lambda: [(code_at(each, AT), next_code_at(each, AT)) for each in ours],
    )
    print(
        f"seed {SEED}, {CODES:,} SHA-1 codes, best of {ROUNDS}, pyotp {peer * 1000:.0f} ms = 1.00"
    )
    print(f"{'code with its window':<28}{code / peer:6.2f}   {code * 1000:.0f} ms")
    print(f"{'code and next code':<28}{both / peer:6.2f}   {both * 1000:.0f} ms")


if __name__ == "__main__":
    main()
