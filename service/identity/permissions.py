"""Who may do what: one table. A route names its permission; a permission that is not here does not exist.

Holders are ``anyone``, ``citizen``, ``partner``, ``terminal`` and ``operator:<role>``. *Own data* means that the
operation finds rows only under the caller's own id, so another person's id is answered as not found.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SYSTEM = "operator:system"
OPERATIONS = "operator:operations"
AUDIT = "operator:audit"
OPERATOR_ROLES = ("system", "operations", "audit")


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the table."""

    name: str
    holders: frozenset[str]
    own_data: bool

    @property
    def is_open(self) -> bool:
        """Tell whether the route asks for no credentials at all."""
        return "anyone" in self.holders


_EVERYBODY = ("anyone",)
_CITIZEN = ("citizen",)
_PARTNER = ("partner",)
_TERMINAL = ("terminal",)
_MANAGERS = (SYSTEM, OPERATIONS)
_OPERATORS = (SYSTEM, OPERATIONS, AUDIT)

_OWN = True
_ALL = False

# fmt: off
_TABLE: tuple[tuple[str, Iterable[str], bool], ...] = (
    # permission                  holders       whose data
    ("public.sign_in",            _EVERYBODY,   _ALL),
    ("public.operator_sign_in",   _EVERYBODY,   _ALL),
    ("public.health",             _EVERYBODY,   _ALL),
    ("public.keys",               _EVERYBODY,   _ALL),
    ("public.methods",            _EVERYBODY,   _ALL),
    ("offers.read",               _EVERYBODY,   _ALL),
    ("me.read",                   _CITIZEN,     _OWN),
    ("entrustment.write",         _CITIZEN,     _OWN),
    ("bindings.write",            _CITIZEN,     _OWN),
    ("wallet.read",               _CITIZEN,     _OWN),
    ("activities.read",           _CITIZEN,     _OWN),
    ("transfers.read",            _CITIZEN,     _OWN),
    ("orders.write",              _CITIZEN,     _OWN),
    ("orders.read",               _CITIZEN,     _OWN),
    ("codes.write",               _CITIZEN,     _OWN),
    ("partner.batches.write",     _PARTNER,     _OWN),
    ("partner.batches.read",      _PARTNER,     _OWN),
    ("terminal.verify",           _TERMINAL,    _OWN),
    ("terminal.query",            _TERMINAL,    _OWN),
    ("operator.session",          _OPERATORS,   _OWN),
    ("operator.partners.write",   (SYSTEM,),    _ALL),
    ("operator.partners.read",    _OPERATORS,   _ALL),
    ("operator.merchants.write",  _MANAGERS,    _ALL),
    ("operator.merchants.read",   _OPERATORS,   _ALL),
    ("operator.stores.write",     _MANAGERS,    _ALL),
    ("operator.stores.read",      _OPERATORS,   _ALL),
    ("operator.terminals.write",  _MANAGERS,    _ALL),
    ("operator.terminals.read",   _OPERATORS,   _ALL),
    ("operator.offers.write",     _MANAGERS,    _ALL),
    ("operator.offers.read",      _OPERATORS,   _ALL),
    ("operator.days.close",       _MANAGERS,    _ALL),
    ("operator.statements.read",  _OPERATORS,   _ALL),
)
# fmt: on

PERMISSIONS: dict[str, Permission] = {
    name: Permission(name, frozenset(holders), own_data) for name, holders, own_data in _TABLE
}


def permission(name: str) -> Permission:
    """Return a row of the table.

    Raises:
        LookupError: A route names a permission that the table does not have.
    """
    found = PERMISSIONS.get(name)
    if found is None:
        message = f"no permission {name!r} in service/identity/permissions.py"
        raise LookupError(message)
    return found
