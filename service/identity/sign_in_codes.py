"""How a sign-in code is kept: as a keyed hash together with its phone."""

from service.core.keyring import Keyring


def hash_code(keyring: Keyring, phone: str, code: str) -> bytes:
    """Return the hash that stands for ``code`` sent to ``phone``."""
    return keyring.hash("citizen.sign_in_code", f"{phone}:{code}")
