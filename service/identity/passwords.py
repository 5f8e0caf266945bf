"""Operators' passwords, hashed with argon2id (RFC 9106) as the library recommends."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SALT_BYTES = 16
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A hash that no password has: verified against when a login is unknown, so that both take the same time."""

_hasher = PasswordHasher()


def hash_password(password: str, salt: bytes) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(_typed(password), salt=salt)


def is_password(password: str, password_hash: str) -> bool:
    """Tell whether ``password`` is the one that was hashed."""
    try:
        return _hasher.verify(password_hash, _typed(password))
    except (VerificationError, InvalidHashError):
        return False


def _typed(password: str) -> str:
    """Two keyboards may write one letter in two ways (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
