"""Stands before every route: finds the caller, looks into the permission table, hands the caller in."""

import functools
from collections.abc import Callable
from typing import Any

from flask import request

from service.core.context import Context
from service.identity.authentication import Authenticator
from service.identity.callers import Caller, Visitor, kind_of
from service.identity.permissions import Permission, permission
from service.identity.token_refusals import Forbidden

View = Callable[..., Any]
Requires = Callable[[str], Callable[[View], View]]
"""``@requires("wallet.read")`` above a view gives it the caller as its first argument."""

PERMISSION_ATTRIBUTE = "permission"
"""Where a guarded view keeps the name of its permission, for the document and the test of every route."""


def guard(context: Context) -> Requires:
    """Return the decorator that every route of the application wears."""
    authenticator = Authenticator(context)

    def requires(name: str) -> Callable[[View], View]:
        row = permission(name)

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def guarded(*args: object, **kwargs: object) -> object:
                return view(_admitted(authenticator, row), *args, **kwargs)

            guarded.__dict__[PERMISSION_ATTRIBUTE] = name
            return guarded

        return decorate

    return requires


def _admitted(authenticator: Authenticator, row: Permission) -> Caller:
    if row.is_open:
        return Visitor(request.remote_addr or "")
    caller = authenticator.caller_of(request)
    if kind_of(caller) not in row.holders:
        raise Forbidden(permission=row.name)
    return caller
