"""Where sign-in codes leave the house: a real SMS gateway over HTTP, or a table that a developer can read."""

import hmac
from hashlib import sha256
from typing import Protocol

import httpx
import orjson
import structlog

from service.core.clock import rfc3339
from service.core.context import Context
from service.identity.operations.keep_development_sms import keep_development_sms
from service.identity.phones import mask_phone
from service.identity.refusals import SmsUnavailable

TIMEOUT_S = 5
CONNECT_RETRIES = 2
"""Only connecting is tried again: a message that may have left is not sent twice."""

log = structlog.get_logger("tanhui.identity")


class SmsGateway(Protocol):
    """Sends a sign-in code to a phone."""

    def send_code(self, context: Context, phone: str, code: str, lifetime_s: int) -> None:
        """Send it, or raise ``SmsUnavailable``; called outside any transaction."""


class DevelopmentGateway:
    """Keeps codes where `tanhui dev codes` reads them; refuses to work outside development mode."""

    def send_code(self, context: Context, phone: str, code: str, lifetime_s: int) -> None:
        """Keep the code.

        Raises:
            SmsUnavailable: The service does not run in development mode.
        """
        if not context.development:
            log.error("sms_not_sent", reason="the development gateway works in development mode only")
            raise SmsUnavailable
        keep_development_sms(context, phone, code, lifetime_s)


class HttpSmsGateway:
    """Posts each message as JSON to a gateway.

    The body is ``{"phone", "template", "params", "sent_at"}``; the header ``X-Signature`` carries the hex
    HMAC-SHA256 of the body under the shared key. Any 2xx answer means that the message was taken.
    """

    def __init__(self, url: str, key: bytes, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._key = key
        self._timeout_s = timeout_s

    def send_code(self, context: Context, phone: str, code: str, lifetime_s: int) -> None:
        """Send the code.

        Raises:
            SmsUnavailable: The gateway could not be reached, was too slow, or did not take the message.
        """
        message = {
            "phone": phone,
            "template": "sign_in_code",
            "params": {"code": code, "minutes": lifetime_s // 60},
            "sent_at": rfc3339(context.now()),
        }
        body = orjson.dumps(message)
        signature = hmac.digest(self._key, body, sha256).hex()
        headers = {"Content-Type": "application/json", "X-Signature": signature}
        try:
            with httpx.Client(
                transport=httpx.HTTPTransport(retries=CONNECT_RETRIES), timeout=self._timeout_s
            ) as client:
                client.post(self._url, content=body, headers=headers).raise_for_status()
        except httpx.HTTPError as error:
            # The error's text may hold the address of the gateway, never the message.
            log.warning("sms_not_sent", phone=mask_phone(phone), reason=type(error).__name__)
            raise SmsUnavailable from error
