"""Verify vouchers at a till (核销)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service import identity, ledger
from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.core.refusals import FieldProblem, InvalidRequest, Refusal
from service.core.texts import Text
from service.rewards.answers import Answer, again, done, told, verification_answer
from service.rewards.domain.offers import Terminal
from service.rewards.domain.refusals import TillSessionOver, VoucherNotPrepared
from service.rewards.domain.tills import TillSession
from service.rewards.domain.vouchers import Redemption, Settling, Voucher, refusals_at, settle
from service.rewards.refs import read_ref
from service.rewards.store.merchants import get_terminal
from service.rewards.store.redemptions import insert_redemptions
from service.rewards.store.tills import find_till_session
from service.rewards.store.vouchers import Locked, lock_vouchers, use_vouchers

VOUCHER_TWICE = Text("同一张券出现两次。", "The same voucher stands twice.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a terminal asks: all of these vouchers or none."""

    verify_no: str
    session_id: UUID
    voucher_refs: tuple[str, ...]
    clerk: str | None


@dataclass(frozen=True, slots=True)
class Till:
    """Where, when and for whom a verification is done."""

    terminal: Terminal
    holder: TillSession
    now: datetime
    asked: Asked


def verify_vouchers(context: Context, caller: identity.MachineCaller, asked: Asked) -> Answer:
    """Verify one or several vouchers of one holder, all or none, under the terminal's own number.

    The order of locks is number, vouchers ascending. The number comes before session, window and state, so the
    same number gives the same answer however late it is asked again. What is asked is which vouchers, and by which
    clerk; the session and its references only prove that the holder is there, and may be others the next time.

    Raises:
        NumberReused: The number stands for another verification.
        TillSessionOver: The session is not of this terminal or has ended.
        VoucherNotPrepared: A reference is not of this session.
        AlreadyUsed: A voucher was used before; says when and where.
        VoucherExpired: A voucher's time is over at this instant.
        StoreNotEligible: A voucher is not for this terminal's store.
    """
    key = caller.number_key("verify", asked.verify_no)
    voucher_ids = tuple(read_ref(context.keyring, asked.session_id, ref) for ref in asked.voucher_refs)
    # A reference that is not of this session stands for itself: for no voucher, and for no other request.
    named = [voucher_id or ref for voucher_id, ref in zip(voucher_ids, asked.voucher_refs, strict=True)]
    what = {"vouchers": sorted(str(name) for name in named), "clerk": asked.clerk}

    def work(session: Session) -> Answer:
        now = context.now()
        identity.spend_proof(session, caller, now)
        first = claim(session, key, what, now)
        if first is not None:
            return again(first)
        holder = find_till_session(session, caller.machine_id, asked.session_id, now)
        if holder is None:
            raise TillSessionOver
        till = Till(get_terminal(session, caller.machine_id), holder, now, asked)
        redemptions = _redeem(context, session, till, _accept_refs(voucher_ids))
        answer = done(verification=verification_answer(redemptions))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)


def _redeem(context: Context, session: Session, till: Till, voucher_ids: Sequence[UUID]) -> list[Redemption]:
    """Take the vouchers, move their points and the merchant's money, and write the lines of its statement."""
    citizen_id, merchant_id = till.holder.citizen_id, till.terminal.merchant_id
    moment = ledger.open_moment(session, till.now)
    locked = lock_vouchers(session, citizen_id, sorted(voucher_ids))
    vouchers = _accept(till, voucher_ids, locked)
    used = use_vouchers(session, citizen_id, sorted(voucher_ids), till.terminal.terminal_id, till.now)
    if used != len(voucher_ids):
        message = f"{used} of {len(voucher_ids)} vouchers could be used although all were locked and found usable"
        raise RuntimeError(message)
    settling = settle(merchant_id, vouchers, locked.shares)
    occasion = ledger.Occasion(moment, "verification", context.new_id(), context.new_id)
    ledger.redeem(session, occasion, citizen_id, locked.lots, merchant_id)
    for funder_id, amount_fen in settling.by_funder.items():
        ledger.pay(session, occasion, funder_id, merchant_id, amount_fen)
    redemptions = [_redemption(context, till, voucher, occasion, settling) for voucher in vouchers]
    insert_redemptions(session, redemptions)
    return redemptions


def _accept_refs(read: Sequence[UUID | None]) -> list[UUID]:
    voucher_ids: list[UUID] = []
    for position, voucher_id in enumerate(read):
        if voucher_id is None:
            raise VoucherNotPrepared(errors=[_problem(position, VoucherNotPrepared())])
        if voucher_id in voucher_ids:
            raise InvalidRequest(errors=[FieldProblem(_pointer(position), "VOUCHER_TWICE", VOUCHER_TWICE)])
        voucher_ids.append(voucher_id)
    return voucher_ids


def _accept(till: Till, voucher_ids: Sequence[UUID], locked: Locked) -> list[Voucher]:
    """Return the vouchers in the order asked for.

    Raises:
        Refusal: The first reason why they cannot all be taken; ``errors`` lists every one.
    """
    by_id = {voucher.voucher_id: voucher for voucher in locked.vouchers}
    reasons: list[tuple[int, Refusal]] = [
        (position, refusal)
        for position, voucher_id in enumerate(voucher_ids)
        for refusal in refusals_at(by_id[voucher_id], till.terminal.store_id, till.now)
    ]
    if reasons:
        _, first = reasons[0]
        first.errors = tuple(_problem(*reason) for reason in reasons)
        raise first
    return [by_id[voucher_id] for voucher_id in voucher_ids]


def _redemption(
    context: Context, till: Till, voucher: Voucher, occasion: ledger.Occasion, settling: Settling
) -> Redemption:
    return Redemption(
        merchant_id=till.terminal.merchant_id,
        day=occasion.moment.booked_on,
        redemption_id=context.new_id(),
        verify_id=occasion.source_id,
        verify_no=till.asked.verify_no,
        terminal_id=till.terminal.terminal_id,
        store_id=till.terminal.store_id,
        clerk=till.asked.clerk,
        citizen_id=voucher.citizen_id,
        voucher_id=voucher.voucher_id,
        offer_id=voucher.offer_id,
        title=voucher.title,
        points=voucher.points,
        face_value_fen=voucher.face_value_fen,
        settle_fen=settling.by_offer[voucher.offer_id],
        verified_at=till.now,
    )


def _problem(position: int, refusal: Refusal) -> FieldProblem:
    return FieldProblem(_pointer(position), refusal.code, told(refusal))


def _pointer(position: int) -> str:
    return f"#/voucher_refs/{position}"
