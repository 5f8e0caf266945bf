"""One master secret, many purposes: keyed hashes to find people by, sealed boxes to keep them in.

Each purpose has its own key, derived with HKDF-SHA256 (RFC 5869), so a leak of one use is not a leak of the
others. Boxes are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
SECRET_BYTES_MIN = 32


class Keyring:
    """Derives and keeps the keys of each purpose."""

    def __init__(self, master_secret: bytes, random_bytes: Callable[[int], bytes]) -> None:
        if len(master_secret) < SECRET_BYTES_MIN:
            message = f"the master secret needs at least {SECRET_BYTES_MIN} bytes"
            raise ValueError(message)
        self._master_secret = master_secret
        self._random_bytes = random_bytes
        self._keys: dict[str, bytes] = {}

    def key(self, purpose: str) -> bytes:
        """Return the 32-byte key of ``purpose``."""
        found = self._keys.get(purpose)
        if found is None:
            kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
            found = self._keys[purpose] = kdf.derive(self._master_secret)
        return found

    def hash(self, purpose: str, text: str) -> bytes:
        """Return a 32-byte keyed hash by which ``text`` can be found but not read."""
        return hmac.digest(self.key(purpose), text.encode(), sha256)

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Encrypt ``content``; only the same purpose can open it."""
        nonce = self._random_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.key(purpose)).encrypt(nonce, content, purpose.encode())

    def open(self, purpose: str, box: bytes) -> bytes:
        """Decrypt what :meth:`seal` made.

        Raises:
            cryptography.exceptions.InvalidTag: The box was made by another key or was changed.
        """
        nonce, sealed = box[:NONCE_BYTES], box[NONCE_BYTES:]
        return AESGCM(self.key(purpose)).decrypt(nonce, sealed, purpose.encode())
