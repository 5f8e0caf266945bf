"""Finds out who is calling from what a request carries."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Request

from service.core.context import Context
from service.core.key_pairs import PublicKey
from service.core.signing import Flaw, NotAccepted, RequestLine, check_request_token, read_key_id
from service.identity.access_tokens import read_access_token
from service.identity.callers import Caller, CitizenCaller, MachineCaller, OperatorCaller, Proof
from service.identity.operations.find_machine_key import find_machine_key
from service.identity.operations.find_operator_session import find_operator_session
from service.identity.operations.find_signing_key import find_signing_key
from service.identity.operator_tokens import is_csrf_token
from service.identity.store.machines import MachineKey
from service.identity.token_refusals import (
    CsrfTokenInvalid,
    TokenExpired,
    Unauthenticated,
    UnknownKey,
    token_refusal,
)

OPERATOR_COOKIE = "tanhui_operator"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KEYS_MAX = 10_000
"""A bound on memory; when it is reached the keys are read anew."""

Key = TypeVar("Key", PublicKey, MachineKey)


class Authenticator:
    """Tells who is calling.

    Keys are kept in the process: a key is named by its own digest and never changes, so what was read once stays
    true. Whether a machine may still act is decided in the transaction that spends its proof.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._machine_keys: dict[str, MachineKey] = {}
        self._signing_keys: dict[str, PublicKey] = {}

    def caller_of(self, request: Request) -> Caller:
        """Return who is calling.

        Raises:
            Refusal: Nobody, or somebody whose credentials are not accepted.
        """
        authorization = request.headers.get("Authorization")
        cookie = request.cookies.get(OPERATOR_COOKIE)
        try:
            if authorization is not None:
                return self._by_token(request, authorization)
        except NotAccepted as found:
            raise token_refusal(found) from None
        if cookie is not None:
            return self._operator(request, cookie)
        raise Unauthenticated

    def _by_token(self, request: Request, authorization: str) -> Caller:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self._citizen(token)
        if scheme.lower() == "machine":
            return self._machine(request, token)
        raise Unauthenticated

    def _citizen(self, token: str) -> CitizenCaller:
        key = _known(self._signing_keys, read_key_id(token), self._context, find_signing_key)
        now = self._context.now()
        return CitizenCaller(read_access_token(token, key, issuer=self._context.public_url, now=now))

    def _machine(self, request: Request, token: str) -> MachineCaller:
        known = _known(self._machine_keys, read_key_id(token), self._context, find_machine_key)
        now = self._context.now()
        signed = check_request_token(token, known.public_key, request_line(request), now=now)
        signed.check_body(request.get_data(cache=True))
        proof = Proof(str(signed.once.one_time_id), signed.once.expires_at, self._context.new_id())
        return MachineCaller(known.kind, known.machine_id, known.key_id, proof)

    def _operator(self, request: Request, cookie: str) -> OperatorCaller:
        found = find_operator_session(self._context, cookie)
        if found is None:
            raise Unauthenticated
        if self._context.now() >= found.expires_at:
            raise TokenExpired
        presented = request.headers.get(CSRF_HEADER, "")
        if request.method not in SAFE_METHODS and not is_csrf_token(self._context.keyring, cookie, presented):
            raise CsrfTokenInvalid
        operator = found.operator
        return OperatorCaller(operator.operator_id, operator.login, operator.role)


def request_line(request: Request) -> RequestLine:
    """Return the request line as it was sent.

    The raw line is what was signed; path and query as the server took them apart are what is routed by. They are
    held against each other, so nothing can be signed as one and served as the other.

    Raises:
        NotAccepted: They differ.
    """
    target = str(request.environ.get("RAW_URI", ""))
    if not target.startswith("/"):
        target = _origin_form(target)
    line = RequestLine.of(request.method, target)
    routed = request.environ.get("SCRIPT_NAME", "") + request.environ.get("PATH_INFO", "")
    same_path = unquote_to_bytes(line.path.encode("latin-1")) == routed.encode("latin-1")
    if not same_path or line.query != request.environ.get("QUERY_STRING", ""):
        raise NotAccepted(Flaw.REQUEST_CHANGED)
    return line


def _origin_form(absolute: str) -> str:
    """Return path and query of a target that was sent with its host (RFC 9112, absolute form)."""
    try:
        parts = urlsplit(absolute)
    except ValueError:
        raise NotAccepted(Flaw.REQUEST_CHANGED) from None
    return f"{parts.path}?{parts.query}" if "?" in absolute else parts.path


def _known(kept: dict[str, Key], key_id: str, context: Context, find: Callable[[Context, str], Key | None]) -> Key:
    found = kept.get(key_id)
    if found is None:
        found = find(context, key_id)
        if found is None:
            raise UnknownKey
        if len(kept) >= KEYS_MAX:
            kept.clear()
        kept[key_id] = found
    return found
