"""What an operator's browser holds: a session token in a cookie, and a CSRF token made from it."""

import base64
import hmac

from service.core.keyring import Keyring

TOKEN_BYTES = 32


def write_session_token(random: bytes) -> str:
    """Return the cookie's text."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def hash_session_token(keyring: Keyring, token: str) -> bytes:
    """Return the hash that a session is found by."""
    return keyring.hash("operator.session", token)


def csrf_token(keyring: Keyring, token: str) -> str:
    """Return the token that a change must carry; another site can send the cookie but cannot know this."""
    return keyring.hash("operator.csrf", token).hex()


def is_csrf_token(keyring: Keyring, token: str, presented: str) -> bool:
    """Tell whether ``presented`` belongs to the session, in constant time."""
    return hmac.compare_digest(csrf_token(keyring, token).encode(), presented.encode())
