"""The holder's code: 12 random digits and a check digit, and what its QR says.

The check digit is Damm's (python-stdnum): it finds every single wrong digit and every swap of two neighbours,
which is what fingers do at a till; Luhn misses the swap of 0 and 9.
"""

from collections.abc import Callable
from datetime import timedelta

from stdnum import damm

RANDOM_DIGITS = 12
CODE_DIGITS = RANDOM_DIGITS + 1
CODE_LIFETIME = timedelta(seconds=60)
HASH_PURPOSE = "rewards/holder-code"
QR_PREFIX = "tanhui:holder:"

_DRAW_BYTES = 8
_DRAWS = 10**RANDOM_DIGITS
_FAIR_BELOW = 2 ** (8 * _DRAW_BYTES) // _DRAWS * _DRAWS


def draw_code(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new code; every one of the 10**12 is equally likely."""
    drawn = int.from_bytes(random_bytes(_DRAW_BYTES), "big")
    while drawn >= _FAIR_BELOW:
        # The last, incomplete stretch would favour small numbers.
        drawn = int.from_bytes(random_bytes(_DRAW_BYTES), "big")
    digits = f"{drawn % _DRAWS:0{RANDOM_DIGITS}d}"
    return digits + str(damm.calc_check_digit(digits))


def is_well_formed(code: str) -> bool:
    """Tell whether the digits agree with the check digit."""
    return bool(damm.is_valid(code))


def qr_text(code: str) -> str:
    """Return what the holder's QR code says; a till may send either this or the digits."""
    return QR_PREFIX + code


def digits_of(shown: str) -> str:
    """Return the digits of what a till typed or scanned."""
    return shown.removeprefix(QR_PREFIX)
