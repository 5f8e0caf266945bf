"""Settlement: the day is closed, every merchant gets its statement, the figures agree to the fen."""

from service.settlement.proofs import CHECKS
from service.settlement.routes import blueprints

__all__ = ["CHECKS", "blueprints"]
