"""Access tokens: a citizen's proof for a quarter of an hour; verified without asking the database."""

import re
from datetime import datetime

from service.core.key_pairs import PrivateKey, PublicKey
from service.core.signing import Flaw, NotAccepted, check_times, open_token, sign_claims, times
from service.identity.domain.citizens import ACCESS_TOKEN_LIFETIME_S

AUDIENCE = "tanhui-citizen"
_SUBJECT = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


def make_access_token(key: PrivateKey, citizen_id: int, *, issuer: str, now: datetime) -> str:
    """Return the token of a citizen."""
    claims = {"iss": issuer, "aud": AUDIENCE, "sub": str(citizen_id)}
    return sign_claims(key, {**claims, **times(now, ACCESS_TOKEN_LIFETIME_S)})


def read_access_token(token: str, key: PublicKey, *, issuer: str, now: datetime) -> int:
    """Return whose token it is.

    Raises:
        NotAccepted: For the reason it carries.
    """
    claims = open_token(token, key)
    subject = claims.get("sub")
    if claims.get("iss") != issuer or claims.get("aud") != AUDIENCE:
        raise NotAccepted(Flaw.CLAIMS)
    check_times(claims, now, ACCESS_TOKEN_LIFETIME_S)
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise NotAccepted(Flaw.CLAIMS)
    return int(subject)
