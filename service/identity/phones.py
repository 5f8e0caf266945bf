"""Phones: however they are written, one number is one text (E.164), and only its ends are shown."""

import re
import unicodedata

import phonenumbers

from service.core.keyring import Keyring
from service.core.refusals import FieldProblem
from service.identity.refusals import PhoneUnusable

REGION = "CN"
COUNTRY_CODE = 86
_WRITTEN = re.compile(r"[+0-9 ().\-]{11,24}", re.ASCII)
_SEALED_FOR = "citizen.phone"
_FOUND_FOR = "citizen.phone.lookup"


def normalise_phone(text: str) -> str:
    """Return a mainland mobile number as E.164.

    Full-width digits and the usual separators are read; letters that only look like digits are not.

    Raises:
        PhoneUnusable: It is anything else.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    refusal = PhoneUnusable(errors=[FieldProblem("#/phone", PhoneUnusable.code, PhoneUnusable.detail)])
    if not _WRITTEN.fullmatch(plain):
        raise refusal
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        raise refusal from None
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != COUNTRY_CODE or not mobile:
        raise refusal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """Return what may be shown of a phone: ``138****5678``."""
    national = phone.removeprefix(f"+{COUNTRY_CODE}")
    return f"{national[:3]}****{national[-4:]}"


def phone_hash(keyring: Keyring, phone: str) -> bytes:
    """Return the keyed hash a phone is found by."""
    return keyring.hash(_FOUND_FOR, phone)


def seal_phone(keyring: Keyring, phone: str) -> bytes:
    """Encrypt a phone."""
    return keyring.seal(_SEALED_FOR, phone.encode())


def open_phone(keyring: Keyring, sealed: bytes) -> str:
    """Decrypt a phone."""
    return keyring.open(_SEALED_FOR, sealed).decode()
