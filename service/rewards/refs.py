"""Voucher references: what a till holds instead of a voucher's own id.

A reference is the pair (session, voucher) sealed by the service: it means nothing outside the session that showed
it, cannot be made up, and needs no row.
"""

import base64
import binascii
from uuid import UUID

from cryptography.exceptions import InvalidTag

from service.core.keyring import Keyring

PURPOSE = "rewards/voucher-ref"
_UUID_BYTES = 16


def make_ref(keyring: Keyring, session_id: UUID, voucher_id: UUID) -> str:
    """Return the reference of a voucher within a session."""
    box = keyring.seal(PURPOSE, session_id.bytes + voucher_id.bytes)
    return base64.urlsafe_b64encode(box).rstrip(b"=").decode()


def read_ref(keyring: Keyring, session_id: UUID, ref: str) -> UUID | None:
    """Return the voucher a reference stands for, or ``None`` if this session did not hand it out."""
    try:
        box = base64.b64decode(ref + "=" * (-len(ref) % 4), altchars=b"-_", validate=True)
        pair = keyring.open(PURPOSE, box)
    except (ValueError, binascii.Error, InvalidTag):
        return None
    if len(pair) != 2 * _UUID_BYTES or pair[:_UUID_BYTES] != session_id.bytes:
        return None
    return UUID(bytes=pair[_UUID_BYTES:])
