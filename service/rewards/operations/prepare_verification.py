"""Prepare a verification: the holder's code opens a session and shows what can be used."""

from datetime import datetime

from sqlmodel import Session

from service import identity
from service.core.clock import rfc3339
from service.core.context import Context
from service.core.database import transact
from service.core.refusals import Refusal
from service.rewards.answers import Answer, till_voucher_answer
from service.rewards.codes import HASH_PURPOSE, digits_of, is_well_formed
from service.rewards.domain.offers import Terminal
from service.rewards.domain.refusals import HolderCodeSpent, HolderCodeWrong, TypingLocked
from service.rewards.domain.tills import SESSION_LIFETIME, TillSession
from service.rewards.domain.vouchers import refusals_at
from service.rewards.refs import make_ref
from service.rewards.store.merchants import get_terminal
from service.rewards.store.tills import (
    insert_till_session,
    is_known_code,
    lock_typing,
    set_typing,
    spend_code,
)
from service.rewards.store.vouchers import list_at_till


def prepare_verification(context: Context, caller: identity.MachineCaller, shown: str) -> Answer:
    """Spend the holder's code, open a session of a few minutes and list the holder's vouchers of this merchant.

    A wrong code is counted even though it is refused, so what is refused inside the transaction is raised after it
    has been committed.

    Raises:
        TypingLocked: Five wrong codes within a minute at this terminal.
        HolderCodeWrong: Nobody shows this code.
        HolderCodeSpent: It was shown before, or its minute is over.
    """
    code = digits_of(shown)

    def work(session: Session) -> Answer | Refusal:
        now = context.now()
        identity.spend_proof(session, caller, now)
        holder = _take_holder(context, session, caller.machine_id, code, now)
        if isinstance(holder, Refusal):
            return holder
        terminal = get_terminal(session, caller.machine_id)
        till = TillSession(terminal.terminal_id, context.new_id(), holder, now + SESSION_LIFETIME)
        insert_till_session(session, till)
        return _show(context, session, terminal, till, now)

    answer = transact(context, work)
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _take_holder(context: Context, session: Session, terminal_id: int, code: str, now: datetime) -> int | Refusal:
    """Return whose code it is; a wrong one is counted under the terminal's lock, so parallel guesses queue."""
    typing = lock_typing(session, terminal_id)
    locked_until = typing.locked_until(now)
    if locked_until is not None:
        wait_s = -((now - locked_until).total_seconds() // 1)
        return TypingLocked(retry_after_s=int(wait_s), locked_until=rfc3339(locked_until))
    if is_well_formed(code):
        code_hash = context.keyring.hash(HASH_PURPOSE, code)
        holder = spend_code(session, code_hash, now)
        if holder is not None:
            return holder
        if is_known_code(session, code_hash):
            return HolderCodeSpent()
    set_typing(session, terminal_id, typing.after_wrong(now))
    return HolderCodeWrong()


def _show(context: Context, session: Session, terminal: Terminal, till: TillSession, now: datetime) -> Answer:
    shown = []
    for voucher in list_at_till(session, till.citizen_id, terminal, now):
        ref = make_ref(context.keyring, till.session_id, voucher.voucher_id)
        shown.append(till_voucher_answer(voucher, ref, list(refusals_at(voucher, terminal.store_id, now))))
    return {
        "session_id": str(till.session_id),
        "holder_mask": identity.holder_mask(session, context.keyring, till.citizen_id),
        "vouchers": sorted(shown, key=lambda one: not one["usable"]),
        "expires_at": rfc3339(till.expires_at),
        "outcome": "done",
    }
