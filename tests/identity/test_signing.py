import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from service.core.key_pairs import (
    KeyUnusable,
    PrivateKey,
    key_id_of,
    new_private_key,
    public_jwk,
    read_private_key,
    read_public_jwk,
    write_private_key,
)
from service.core.signing import (
    Flaw,
    NotAccepted,
    RequestLine,
    SignedOnce,
    SignedRequest,
    Ticket,
    check_request_token,
    check_ticket,
    make_request_token,
    make_ticket,
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ONCE = UUID("01900000-0000-7000-8000-000000000001")
KEYS: list[PrivateKey] = [new_private_key(), generate_private_key(SECP256R1())]
KEY = KEYS[0]
LINE = RequestLine("POST", "/v1/partner/batches", "after=a%20b")
BODY = b'{"batch_no": "1"}'

raw_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
lines = st.builds(
    RequestLine, st.sampled_from(["GET", "POST", "PUT", "DELETE"]), raw_text.map("/{}".format), raw_text
)


def flaw_of(
    token: str, key: PrivateKey = KEY, line: RequestLine = LINE, body: bytes = BODY, now: datetime = NOW
) -> Flaw | None:
    try:
        check_request_token(token, key.public_key(), line, now=now).check_body(body)
    except NotAccepted as found:
        return found.flaw
    return None


def signed(key: PrivateKey = KEY) -> str:
    return make_request_token(key, LINE, BODY, now=NOW, request_id=ONCE)


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def forged(claims: dict[str, object]) -> str:
    """Sign anything with the right key, even what our own code would never write."""
    header = {"kid": key_id_of(KEY.public_key())}
    return jwt.PyJWS().encode(json.dumps(claims).encode(), KEY, algorithm="EdDSA", headers=header)


@pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256"])
def test_a_signed_request_proves_its_line_its_body_and_its_one_time_id(key: PrivateKey) -> None:
    token = signed(key)

    proved = check_request_token(token, key.public_key(), LINE, now=NOW)

    once = SignedOnce(ONCE, NOW + timedelta(seconds=120))
    assert proved == SignedRequest(once, sha256(BODY).hexdigest())
    assert flaw_of(token, key) is None


def test_the_claims_are_those_that_the_recipe_names() -> None:
    assert claims_of(signed()) == {
        "iss": key_id_of(KEY.public_key()),
        "aud": "tanhui",
        "jti": str(ONCE),
        "iat": 1795140000,
        "exp": 1795140120,
        "mth": "POST",
        "pth": "/v1/partner/batches",
        "qry": "after=a%20b",
        "dig": sha256(BODY).hexdigest(),
    }


@given(lines, lines)
def test_another_line_is_refused(made: RequestLine, sent: RequestLine) -> None:
    token = make_request_token(KEY, made, BODY, now=NOW, request_id=ONCE)

    assert flaw_of(token, line=sent) == (None if made == sent else Flaw.REQUEST_CHANGED)


@given(st.binary(max_size=200), st.data())
def test_any_changed_byte_of_the_body_is_refused(body: bytes, data: st.DataObject) -> None:
    token = make_request_token(KEY, LINE, body, now=NOW, request_id=ONCE)
    place = data.draw(st.integers(0, len(body)))
    changed = data.draw(st.sampled_from([body[:place] + b"\0" + body[place:], body[:place] + body[place + 1 :]]))

    assert flaw_of(token, body=changed) == (None if changed == body else Flaw.BODY_CHANGED)


@given(st.data())
def test_any_changed_byte_of_the_signed_text_is_refused(data: st.DataObject) -> None:
    token = signed()
    signed_text, signature = token.rsplit(".", 1)
    place = data.draw(st.integers(0, len(signed_text) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_.").filter(lambda new: new != signed_text[place]))

    changed = f"{signed_text[:place]}{letter}{signed_text[place + 1 :]}.{signature}"

    assert flaw_of(changed) in {Flaw.SIGNATURE, Flaw.MALFORMED, Flaw.ALGORITHM}


@given(st.text(max_size=300))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    assert flaw_of(text) in {Flaw.MALFORMED, Flaw.ALGORITHM}


@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "jti", "iat", "exp", "mth", "pth", "qry", "dig"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=10)
        | st.lists(st.just("tanhui"), max_size=1),
    )
)
def test_no_claim_may_be_another(changed: dict[str, object]) -> None:
    right = claims_of(signed())

    token = forged({**right, **changed})

    same = {**right, **changed} == right and all(type(changed[k]) is type(right[k]) for k in changed)
    assert (flaw_of(token) is None) == same


@pytest.mark.parametrize("name", ["iss", "aud", "jti", "iat", "exp", "mth", "pth", "qry", "dig"])
def test_no_claim_may_be_missing(name: str) -> None:
    claims = claims_of(signed())
    del claims[name]

    assert flaw_of(forged(claims)) in {Flaw.CLAIMS, Flaw.REQUEST_CHANGED}


def test_a_token_without_an_algorithm_is_refused() -> None:
    claims = claims_of(signed())

    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": claims["iss"]})

    assert flaw_of(unsigned) is Flaw.ALGORITHM


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    claims = claims_of(signed())
    secret = base64.urlsafe_b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    confused = jwt.encode(claims, secret, algorithm="HS256", headers={"kid": claims["iss"]})

    assert flaw_of(confused) is Flaw.ALGORITHM


def test_a_token_of_the_other_algorithm_under_the_same_name_is_refused() -> None:
    claims = claims_of(signed())

    other = jwt.encode(claims, KEYS[1], algorithm="ES256", headers={"kid": claims["iss"]})

    assert flaw_of(other) is Flaw.ALGORITHM


def test_another_keys_signature_under_the_same_name_is_refused() -> None:
    claims = claims_of(signed())

    forged = jwt.encode(claims, new_private_key(), algorithm="EdDSA", headers={"kid": claims["iss"]})

    assert flaw_of(forged) is Flaw.SIGNATURE


def test_another_machines_token_is_refused() -> None:
    assert flaw_of(signed(new_private_key())) is Flaw.SIGNATURE


@pytest.mark.parametrize(
    "header", [{"jku": "https://example.org"}, {"jwk": {}}, {"crit": ["x"]}, {"kid": "short"}]
)
def test_a_header_that_is_not_ours_is_refused(header: dict[str, object]) -> None:
    claims = claims_of(signed())

    token = jwt.encode(claims, KEY, algorithm="EdDSA", headers={"kid": claims["iss"], **header})

    assert flaw_of(token) is Flaw.MALFORMED


@pytest.mark.parametrize(
    ("iat_s", "exp_s", "flaw"),
    [
        (0, 120, None),
        (0, 121, Flaw.LIFETIME),
        (0, 0, Flaw.EXPIRED),
        (-60, 0, Flaw.EXPIRED),
        (-120, 1, Flaw.LIFETIME),
        (-119, 1, None),
        (30, 120, None),
        (31, 120, Flaw.FROM_THE_FUTURE),
        (20, 10, Flaw.LIFETIME),
    ],
)
def test_a_token_lives_for_two_minutes_at_most(iat_s: int, exp_s: int, flaw: Flaw | None) -> None:
    begin = int(NOW.timestamp())
    claims = {**claims_of(signed()), "iat": begin + iat_s, "exp": begin + exp_s}

    assert flaw_of(forged(claims)) is flaw


def test_a_ticket_proves_a_subject() -> None:
    ticket = make_ticket(KEY, "rider-7", now=NOW, ticket_id=ONCE)

    proved = check_ticket(ticket, KEY.public_key(), now=NOW)

    assert proved == Ticket("rider-7", SignedOnce(ONCE, NOW + timedelta(minutes=10)))


def test_a_ticket_is_no_request_and_a_request_is_no_ticket() -> None:
    ticket = make_ticket(KEY, "rider-7", now=NOW, ticket_id=ONCE)

    assert flaw_of(ticket) is Flaw.CLAIMS
    with pytest.raises(NotAccepted, match="CLAIMS"):
        check_ticket(signed(), KEY.public_key(), now=NOW)


@pytest.mark.parametrize("subject", ["", "x" * 201, None, 7])
def test_a_ticket_names_a_subject_of_bounded_length(subject: object) -> None:
    claims = claims_of(make_ticket(KEY, "rider-7", now=NOW, ticket_id=ONCE))

    with pytest.raises(NotAccepted, match=r"CLAIMS|MALFORMED"):
        check_ticket(forged({**claims, "sub": subject}), KEY.public_key(), now=NOW)


def test_a_key_is_named_by_its_thumbprint() -> None:
    # The example of RFC 8037, appendix A.3.
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    key = read_public_jwk(jwk)

    assert key_id_of(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert public_jwk(key) == jwk


@pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256"])
def test_a_key_survives_being_written_and_read(key: PrivateKey) -> None:
    again = read_private_key(write_private_key(key))

    assert public_jwk(again.public_key()) == public_jwk(key.public_key())
    assert read_public_jwk(json.loads(json.dumps(public_jwk(key.public_key())))) == key.public_key()


def pem_of_another_kind(kind: str) -> bytes:
    if kind == "text":
        return b"not a key"
    key = generate_private_key(SECP384R1()) if kind == "P-384" else generate_rsa_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("kind", ["text", "P-384", "RSA"])
def test_a_private_key_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(KeyUnusable):
        read_private_key(pem_of_another_kind(kind))


GOOD = public_jwk(KEYS[1].public_key())


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "?" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": "\u0661" * 43},
        {"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {**GOOD, "y": GOOD["x"]},
        {**GOOD, "d": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ],
)
def test_a_public_key_that_is_none_is_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(KeyUnusable):
        read_public_jwk(jwk)
