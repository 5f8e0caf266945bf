"""Entrustments (委托) and bindings: what a citizen agreed to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.core.texts import Text

ENTRUSTMENT_VERSION = "2026-11"
ENTRUSTMENT_TEXTS: dict[str, Text] = {
    "2026-11": Text(
        "本人委托碳惠春城平台汇集本人低碳行为产生的减排量，参与碳普惠核算、核证、签发与交易，"
        "所得权益依平台规则返还。撤回委托不影响撤回前已入池的减排量；积分不受委托影响。",
        "I entrust Tanhui Chuncheng with pooling the emission reductions of my low-carbon acts and with having "
        "them accounted, verified, issued and traded; what they yield is returned under the platform's rules. "
        "Withdrawing leaves untouched what was pooled before; points do not depend on this entrustment.",
    ),
}
"""Every text that was ever in force, by its version; a text is never changed."""


@dataclass(frozen=True, slots=True)
class Entrustment:
    """One time in which an entrustment was in force."""

    version: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Binding:
    """A partner's account that the citizen proved to be theirs."""

    binding_id: UUID
    partner_id: int
    bound_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bound:
    """Whom a partner's subject belongs to, and whether their reductions may be pooled."""

    citizen_id: int
    entrusted: bool
    bound_at: datetime
