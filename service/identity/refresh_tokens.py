"""Refresh tokens: they name a session and its generation, and carry a keyed hash of that.

So a forged token is refused before the database is asked, and a spent one is told from a forged one: that is what
reuse detection needs, with one row per device instead of one per refresh.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from service.core.keyring import Keyring
from service.identity.domain.citizens import CitizenSession

_PURPOSE = "citizen.refresh"
_TEXT_CHARACTERS = 80
_NAMED_BYTES = 28
_CITIZEN_BYTES = 8
_SESSION_BYTES = 16
_GENERATION_BYTES = 4


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a genuine refresh token says."""

    citizen_id: int
    session_id: UUID
    generation: int


def write_refresh_token(keyring: Keyring, opened: CitizenSession) -> str:
    """Return the refresh token of a session's present generation."""
    named = (
        opened.citizen_id.to_bytes(_CITIZEN_BYTES, "big")
        + opened.session_id.bytes
        + opened.generation.to_bytes(_GENERATION_BYTES, "big")
    )
    return base64.urlsafe_b64encode(named + keyring.hash(_PURPOSE, named.hex())).decode()


def read_refresh_token(keyring: Keyring, text: str) -> RefreshToken | None:
    """Return what a token of ours says; ``None`` for any other text."""
    if len(text) != _TEXT_CHARACTERS or not text.isascii():
        return None
    try:
        whole = base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    named, proof = whole[:_NAMED_BYTES], whole[_NAMED_BYTES:]
    if not hmac.compare_digest(keyring.hash(_PURPOSE, named.hex()), proof):
        return None
    session_end = _CITIZEN_BYTES + _SESSION_BYTES
    return RefreshToken(
        int.from_bytes(named[:_CITIZEN_BYTES], "big"),
        UUID(bytes=named[_CITIZEN_BYTES:session_end]),
        int.from_bytes(named[session_end:], "big"),
    )
