"""What we write, we read back."""

from hypothesis import given
from hypothesis import strategies as st

from watchword.otp.otpauth import parse, write
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType

texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=60)
parameters = st.one_of(
    st.builds(
        OtpParameters,
        type=st.just(OtpType.TOTP),
        secret=st.binary(min_size=1, max_size=128),
        algorithm=st.sampled_from(Algorithm),
        digits=st.integers(5, 10),
        period=st.integers(5, 86_400),
    ),
    st.builds(
        OtpParameters,
        type=st.just(OtpType.HOTP),
        secret=st.binary(min_size=1, max_size=128),
        algorithm=st.sampled_from(Algorithm),
        digits=st.integers(5, 10),
        counter=st.integers(0, 2**63 - 1),
    ),
)


@given(parameters, texts, texts)
def test_a_link_keeps_everything(otp: OtpParameters, issuer: str, account: str) -> None:
    entry = parse(write(otp, issuer, account))
    assert (entry.otp, entry.issuer, entry.account) == (otp, issuer, account)
    assert not entry.label_issuer
