"""Activities: data partners, their batches, and the low-carbon activities that are credited from them.

Above it, nothing needs to call in yet; the application takes the doors, the sweeps and the book checks from here.
"""

from service.activities.commands import commands
from service.activities.routes import blueprints
from service.activities.store.proofs import CHECKS
from service.activities.sweeps import process_batch, sweeps

__all__ = ["CHECKS", "blueprints", "commands", "process_batch", "sweeps"]
