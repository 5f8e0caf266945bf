"""Identity: who is calling. Citizens, operators, partners and terminals; what they sign in and sign with."""

from service.identity.authentication import CSRF_HEADER, OPERATOR_COOKIE
from service.identity.callers import (
    Caller,
    CitizenCaller,
    MachineCaller,
    MachineKind,
    OperatorCaller,
    Proof,
    Visitor,
)
from service.identity.commands import commands
from service.identity.domain.consent import Bound
from service.identity.gateways import DevelopmentGateway, HttpSmsGateway, SmsGateway
from service.identity.guard import PERMISSION_ATTRIBUTE, Requires, guard
from service.identity.permissions import OPERATOR_ROLES, PERMISSIONS, Permission
from service.identity.refusals import KeyAlreadyRegistered, KeyNotUsable
from service.identity.routes import blueprints
from service.identity.store.citizens import holder_mask
from service.identity.store.consent import find_bound, subject_hash
from service.identity.store.machines import register_machine, spend_proof
from service.identity.sweeps import sweeps
from service.identity.token_refusals import (
    AUTHENTICATION_REFUSALS,
    CsrfTokenInvalid,
    Forbidden,
    RequestReplayed,
)

__all__ = [
    "AUTHENTICATION_REFUSALS",
    "CSRF_HEADER",
    "OPERATOR_COOKIE",
    "OPERATOR_ROLES",
    "PERMISSIONS",
    "PERMISSION_ATTRIBUTE",
    "Bound",
    "Caller",
    "CitizenCaller",
    "CsrfTokenInvalid",
    "DevelopmentGateway",
    "Forbidden",
    "HttpSmsGateway",
    "KeyAlreadyRegistered",
    "KeyNotUsable",
    "MachineCaller",
    "MachineKind",
    "OperatorCaller",
    "Permission",
    "Proof",
    "RequestReplayed",
    "Requires",
    "SmsGateway",
    "Visitor",
    "blueprints",
    "commands",
    "find_bound",
    "guard",
    "holder_mask",
    "register_machine",
    "spend_proof",
    "subject_hash",
    "sweeps",
]
