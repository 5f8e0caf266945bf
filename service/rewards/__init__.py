"""Rewards: points become a voucher, a till verifies it. Merchants, stores, terminals, offers, orders, vouchers.

What other contexts use. ``redemptions_of`` and the views are what settlement draws its statements from.
"""

from service.rewards.domain.vouchers import Redemption
from service.rewards.routes import blueprints
from service.rewards.store.merchants import find_merchant
from service.rewards.store.proofs import CHECKS
from service.rewards.store.redemptions import redemptions_of
from service.rewards.sweeps import sweeps
from service.rewards.views import MERCHANT_IDS, REDEMPTION_LINES

__all__ = [
    "CHECKS",
    "MERCHANT_IDS",
    "REDEMPTION_LINES",
    "Redemption",
    "blueprints",
    "find_merchant",
    "redemptions_of",
    "sweeps",
]
