"""Send a sign-in code to a phone."""

from datetime import timedelta

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.refusals import TooManyRequests
from service.identity.domain.citizens import CODE_LIFETIME_S, CodeSent, code_from
from service.identity.domain.limits import (
    CODE_PER_ADDRESS,
    CODE_PER_PHONE_DAY,
    CODE_PER_PHONE_HOUR,
    CODE_RESEND,
    is_exempt,
)
from service.identity.gateways import SmsGateway
from service.identity.phones import normalise_phone, phone_hash
from service.identity.sign_in_codes import hash_code
from service.identity.store import attempts, codes

RANDOM_BYTES = 8


def send_sign_in_code(context: Context, gateway: SmsGateway, phone: str, address: str) -> CodeSent:
    """Make a code, keep its hash, and send it once that is committed.

    Whether the phone belongs to an account is never looked at, so nothing can tell.

    Raises:
        PhoneUnusable: It is no mainland mobile number.
        TooManyRequests: The phone or the address asked too often; the attempt is counted all the same.
        SmsUnavailable: The gateway did not take the message.
    """
    normal = normalise_phone(phone)
    found_by = phone_hash(context.keyring, normal)
    code = code_from(context.random_bytes(RANDOM_BYTES))
    now = context.now()

    def keep(session: Session) -> int:
        wait_s = (
            attempts.count_attempt(session, found_by, CODE_RESEND, now)
            or attempts.count_address(session, context, CODE_PER_ADDRESS, address)
            or attempts.count_attempt(session, found_by, CODE_PER_PHONE_HOUR, now)
            or attempts.count_attempt(session, found_by, CODE_PER_PHONE_DAY, now)
        )
        if wait_s == 0:
            expires_at = now + timedelta(seconds=CODE_LIFETIME_S)
            codes.put_code(session, found_by, hash_code(context.keyring, normal, code), expires_at)
        return wait_s

    wait_s = transact(context, keep)
    if wait_s:
        raise TooManyRequests(retry_after_s=wait_s)
    gateway.send_code(context, normal, code, CODE_LIFETIME_S)
    exempt = is_exempt(address, development=context.development)
    return CodeSent(CODE_LIFETIME_S, CODE_RESEND.window_s, "exempt_in_development" if exempt else "applied")
