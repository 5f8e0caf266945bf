"""Key pairs: Ed25519 (RFC 8032) and P-256 keys, as PEM, as JWK (RFC 7517) and by name.

A key is named by its JWK thumbprint (RFC 7638), so a name stands for one key for ever.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

_COORDINATE_BYTES = 32


class KeyUnusable(ValueError):  # noqa: N818 - an answer about a key, not an error of ours
    """A key is neither Ed25519 nor P-256, or is not written as one."""


def new_private_key() -> PrivateKey:
    """Return a fresh Ed25519 key."""
    return Ed25519PrivateKey.generate()


def write_private_key(key: PrivateKey) -> bytes:
    """Return ``key`` as an unencrypted PKCS #8 PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(pem: bytes) -> PrivateKey:
    """Return the key of a PEM file.

    Raises:
        KeyUnusable: It is no private key, or one of another kind.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        message = "not an unencrypted private key in PEM"
        raise KeyUnusable(message) from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    message = "only Ed25519 and P-256 keys are used"
    raise KeyUnusable(message)


def public_jwk(key: PublicKey) -> dict[str, str]:
    """Return the public key as a JWK (RFC 7517) with its required members only."""
    if isinstance(key, Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(key.public_bytes_raw())}
    point = key.public_numbers()
    x, y = (number.to_bytes(_COORDINATE_BYTES, "big") for number in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": _base64url(x), "y": _base64url(y)}


def read_public_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """Return the public key of a JWK; further members but the private one are ignored.

    Raises:
        KeyUnusable: It carries a private key, is of another kind, or is no point of its curve.
    """
    if "d" in jwk:
        message = "a private key was sent where a public one belongs"
        raise KeyUnusable(message)
    kind = (jwk.get("kty"), jwk.get("crv"))
    try:
        if kind == ("OKP", "Ed25519"):
            return Ed25519PublicKey.from_public_bytes(_coordinate(jwk.get("x")))
        if kind == ("EC", "P-256"):
            x, y = (int.from_bytes(_coordinate(jwk.get(name)), "big") for name in ("x", "y"))
            return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except (ValueError, UnsupportedAlgorithm):
        message = "the coordinates are no point of the curve"
        raise KeyUnusable(message) from None
    message = "only Ed25519 and P-256 keys are used"
    raise KeyUnusable(message)


def key_id_of(key: PublicKey) -> str:
    """Return the key's RFC 7638 thumbprint."""
    canonical = json.dumps(public_jwk(key), separators=(",", ":"), sort_keys=True)
    return _base64url(sha256(canonical.encode()).digest())


def algorithm_of(key: PublicKey) -> str:
    """Return the one JWS algorithm this kind of key signs with."""
    return "EdDSA" if isinstance(key, Ed25519PublicKey) else "ES256"


def _coordinate(text: object) -> bytes:
    if not isinstance(text, str):
        message = "a coordinate is missing"
        raise ValueError(message)  # noqa: TRY004 - a value from outside, refused like any other bad one
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        message = "a coordinate is not base64url"
        raise ValueError(message) from None
    if len(value) != _COORDINATE_BYTES:
        message = "a coordinate has another length"
        raise ValueError(message)
    return value


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
