"""What is signed: a machine's request, a binding ticket, an access token. Each is a JWT (RFC 7519).

Pure: keys, claims and the present instant come in as arguments, so a client, a test and the service share
this file. Signatures are EdDSA over Ed25519 (RFC 8037) or ES256 (RFC 7518). The algorithm is taken from the
key, never from the token.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt

from service.core.key_pairs import PrivateKey, PublicKey, algorithm_of, key_id_of

REQUEST_AUDIENCE = "tanhui"
TICKET_AUDIENCE = "tanhui-binding"
REQUEST_LIFETIME_S_MAX = 120
TICKET_LIFETIME_S_MAX = 600
CLOCK_SKEW_S_MAX = 30
"""How far ahead of us another machine's clock may run; nothing is accepted after its end, not by a second."""

TOKEN_CHARACTERS_MAX = 4_096
SUBJECT_CHARACTERS_MAX = 200
_SECONDS_MAX = 2**33
_HEADERS = frozenset({"alg", "kid", "typ"})
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Flaw(StrEnum):
    """Why a token is not accepted."""

    MALFORMED = "MALFORMED"
    ALGORITHM = "ALGORITHM"
    SIGNATURE = "SIGNATURE"
    CLAIMS = "CLAIMS"
    EXPIRED = "EXPIRED"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"
    LIFETIME = "LIFETIME"
    REQUEST_CHANGED = "REQUEST_CHANGED"
    BODY_CHANGED = "BODY_CHANGED"


class NotAccepted(Exception):  # noqa: N818 - an answer about a token, not an error of ours
    """The token is not accepted, for one reason."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class RequestLine:
    """The request line as it is sent: nothing decoded, nothing put in order."""

    method: str
    path: str
    query: str

    @classmethod
    def of(cls, method: str, target: str) -> "RequestLine":
        """Return the line of a method and a raw target (``/path?query``)."""
        path, _, query = target.partition("?")
        return cls(method.upper(), path, query)


@dataclass(frozen=True, slots=True)
class SignedOnce:
    """The one-time id of a token and the instant until which it has to be remembered."""

    one_time_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose line is proved; its body is proved by :meth:`check_body`, once it has been read."""

    once: SignedOnce
    body_sha256: str

    def check_body(self, body: bytes) -> None:
        """Hold the body against the digest that was signed.

        Raises:
            NotAccepted: Another body was signed.
        """
        if sha256(body).hexdigest() != self.body_sha256:
            raise NotAccepted(Flaw.BODY_CHANGED)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A partner's word that its subject asked to be bound."""

    subject_token: str
    once: SignedOnce


def make_request_token(key: PrivateKey, line: RequestLine, body: bytes, *, now: datetime, request_id: UUID) -> str:
    """Return the JWT that goes behind ``Authorization: Machine``."""
    bound = {"mth": line.method, "pth": line.path, "qry": line.query, "dig": sha256(body).hexdigest()}
    claims = {"aud": REQUEST_AUDIENCE, "jti": str(request_id), **bound}
    return sign_claims(key, {**claims, **times(now, REQUEST_LIFETIME_S_MAX)})


def check_request_token(token: str, key: PublicKey, line: RequestLine, *, now: datetime) -> SignedRequest:
    """Return what a token proves that was made by ``key`` for exactly this request line.

    The body is not needed yet, so a stranger's body is never read.

    Raises:
        NotAccepted: For the reason it carries.
    """
    claims = open_token(token, key)
    one_time_id = _check_once(claims, key, REQUEST_AUDIENCE)
    expires_at = check_times(claims, now, REQUEST_LIFETIME_S_MAX)
    if (claims.get("mth"), claims.get("pth"), claims.get("qry")) != (line.method, line.path, line.query):
        raise NotAccepted(Flaw.REQUEST_CHANGED)
    digest = claims.get("dig")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise NotAccepted(Flaw.CLAIMS)
    return SignedRequest(SignedOnce(one_time_id, expires_at), digest)


def make_ticket(key: PrivateKey, subject_token: str, *, now: datetime, ticket_id: UUID) -> str:
    """Return the ticket a partner hands to its own signed-in user."""
    claims = {"aud": TICKET_AUDIENCE, "jti": str(ticket_id), "sub": subject_token}
    return sign_claims(key, {**claims, **times(now, TICKET_LIFETIME_S_MAX)})


def check_ticket(token: str, key: PublicKey, *, now: datetime) -> Ticket:
    """Return what the ticket proves.

    Raises:
        NotAccepted: For the reason it carries.
    """
    claims = open_token(token, key)
    one_time_id = _check_once(claims, key, TICKET_AUDIENCE)
    expires_at = check_times(claims, now, TICKET_LIFETIME_S_MAX)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX:
        raise NotAccepted(Flaw.CLAIMS)
    if any("\ud800" <= letter <= "\udfff" for letter in subject):
        # Half of a surrogate pair is no text: it cannot be written in UTF-8, so not hashed either.
        raise NotAccepted(Flaw.CLAIMS)
    return Ticket(subject, SignedOnce(one_time_id, expires_at))


def sign_claims(key: PrivateKey, claims: Mapping[str, object]) -> str:
    """Return a JWT of ``claims``, issued by and named after ``key`` unless the claims name another issuer."""
    public = key.public_key()
    key_id = key_id_of(public)
    return jwt.encode({"iss": key_id, **claims}, key, algorithm=algorithm_of(public), headers={"kid": key_id})


def read_key_id(token: str) -> str:
    """Return which key a token says it was signed with; nothing is proved yet.

    Raises:
        NotAccepted: It is no JWT of ours by its form or its algorithm.
    """
    header = _header(token)
    if header.get("alg") not in ("EdDSA", "ES256"):
        raise NotAccepted(Flaw.ALGORITHM)
    key_id = header.get("kid")
    if not _HEADERS.issuperset(header) or not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise NotAccepted(Flaw.MALFORMED)
    return key_id


def open_token(token: str, key: PublicKey) -> dict[str, Any]:
    """Return the claims of a token that ``key`` signed; the caller checks what they say.

    Raises:
        NotAccepted: The signature is not of this key, or of another algorithm than the key's own.
    """
    read_key_id(token)
    # The library would read the machine's own clock; check_times holds the times against ``now`` instead.
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm_of(key)],
            options={
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_aud": False,
                "verify_iss": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except jwt.InvalidAlgorithmError:
        raise NotAccepted(Flaw.ALGORITHM) from None
    except jwt.InvalidSignatureError:
        raise NotAccepted(Flaw.SIGNATURE) from None
    except (jwt.PyJWTError, ValueError):
        raise NotAccepted(Flaw.MALFORMED) from None
    return claims


def check_times(claims: Mapping[str, Any], now: datetime, lifetime_s_max: int) -> datetime:
    """Return when the token ends, if it has begun, has not ended and does not live longer than allowed.

    Raises:
        NotAccepted: For the reason it carries.
    """
    issued_at, expires_at = _instant(claims.get("iat")), _instant(claims.get("exp"))
    if issued_at > now + timedelta(seconds=CLOCK_SKEW_S_MAX):
        raise NotAccepted(Flaw.FROM_THE_FUTURE)
    if now >= expires_at:
        raise NotAccepted(Flaw.EXPIRED)
    if not timedelta(0) < expires_at - issued_at <= timedelta(seconds=lifetime_s_max):
        raise NotAccepted(Flaw.LIFETIME)
    return expires_at


def times(now: datetime, lifetime_s: int) -> dict[str, object]:
    """Return the claims of a token that is issued now and lives ``lifetime_s``."""
    issued_at = int(now.timestamp())
    return {"iat": issued_at, "exp": issued_at + lifetime_s}


def _header(token: str) -> dict[str, object]:
    """Return a token's header alone: the library would take the whole token apart to read it."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise NotAccepted(Flaw.MALFORMED)
    text = token.partition(".")[0]
    try:
        header = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise NotAccepted(Flaw.MALFORMED) from None
    if not isinstance(header, dict):
        raise NotAccepted(Flaw.MALFORMED)
    return header


def _check_once(claims: Mapping[str, Any], key: PublicKey, audience: str) -> UUID:
    one_time_id = claims.get("jti")
    if claims.get("iss") != key_id_of(key) or claims.get("aud") != audience:
        raise NotAccepted(Flaw.CLAIMS)
    if not isinstance(one_time_id, str) or not _UUID.fullmatch(one_time_id):
        raise NotAccepted(Flaw.CLAIMS)
    return UUID(one_time_id)


def _instant(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= _SECONDS_MAX:
        raise NotAccepted(Flaw.CLAIMS)
    return datetime.fromtimestamp(seconds, UTC)
