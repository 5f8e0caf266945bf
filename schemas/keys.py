"""The wire of public keys: what partners and terminals are registered with."""

from schemas.fields import Choice, Pattern, PlainText, Wire

NAME_MAX = 120


class PublicKeyIn(Wire):
    """An Ed25519 or P-256 public key as a JWK (RFC 8037, RFC 7518)."""

    kty = Choice("OKP", "EC", required=True)
    crv = Choice("Ed25519", "P-256", required=True)
    x = Pattern(r"[A-Za-z0-9_-]{43}", required=True)
    y = Pattern(r"[A-Za-z0-9_-]{43}")
    kid = PlainText(max_length=NAME_MAX)
    alg = Choice("EdDSA", "ES256")
    use = Choice("sig")
