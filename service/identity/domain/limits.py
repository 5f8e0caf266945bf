"""How often something may be tried. Counted in fixed windows, exactly, across all processes."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``attempts_max`` in ``window_s``, for one purpose."""

    purpose: str
    attempts_max: int
    window_s: int


CODE_RESEND = Limit("code.resend", 1, 60)
CODE_PER_PHONE_HOUR = Limit("code.phone.hour", 5, 3_600)
CODE_PER_PHONE_DAY = Limit("code.phone.day", 10, 86_400)
CODE_PER_ADDRESS = Limit("code.address", 60, 600)
SIGN_IN_PER_ADDRESS = Limit("sign_in.address", 300, 600)
OPERATOR_PER_LOGIN = Limit("operator.login", 5, 900)
OPERATOR_PER_ADDRESS = Limit("operator.address", 30, 900)

UNKNOWN_ADDRESS = "unknown"
IPV6_HOUSEHOLD_BITS = 64
"""One household or phone gets a whole /64, so single IPv6 addresses are counted together."""


def address_group(address: str) -> str:
    """Return what is counted as one address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_HOUSEHOLD_BITS), strict=False))
    return str(found)


def is_exempt(address: str, *, development: bool) -> bool:
    """Tell whether address limits leave ``address`` alone: this very machine, in development mode only."""
    if not development:
        return False
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback
