"""Find the machine behind a key."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.store import machines
from service.identity.store.machines import MachineKey


def find_machine_key(context: Context, key_id: str) -> MachineKey | None:
    """Return a registered key and its machine."""

    def find(session: Session) -> MachineKey | None:
        return machines.find_machine_key(session, key_id)

    return transact(context, find)
