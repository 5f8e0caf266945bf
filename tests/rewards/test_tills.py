from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from service.core.refusals import InvalidRequest, NumberReused
from service.core.units import AmountFen
from service.identity import RequestReplayed
from service.rewards.domain.offers import Share
from service.rewards.domain.refusals import (
    AlreadyUsed,
    HolderCodeSpent,
    HolderCodeWrong,
    StoreNotEligible,
    TillSessionOver,
    TypingLocked,
    VerificationNotFound,
    VoucherExpired,
    VoucherNotPrepared,
)
from service.rewards.domain.tills import SHOWN_VOUCHERS_MAX
from service.rewards.operations.drop_spent_codes import drop_spent_codes
from service.rewards.operations.prepare_verification import prepare_verification
from tests.clock import MovingClock
from tests.rewards.market import Shop, at, open_shop


def test_a_till_sees_whose_vouchers_they_are_and_which_can_be_used_but_never_their_ids(shop: Shop) -> None:
    market = shop.market
    elsewhere = market.store(shop.merchant_id)
    other_offer = market.offer(shop.merchant_id, [elsewhere])
    foreign = open_shop(market)
    citizen_id = market.citizen(points=400)
    ids = [market.order(citizen_id, offer)["voucher"]["voucher_id"] for offer in (other_offer, shop.offer_id)]
    market.order(citizen_id, foreign.offer_id)

    prepared = market.prepared(shop.terminal_id, citizen_id)

    refs = [shown["voucher_ref"] for shown in prepared["vouchers"]]
    shown = {
        "title": {"zh": "满二十减五元", "en": "5 yuan off 20"},
        "face_value_fen": 500,
        "use_ends_at": "2026-11-28T00:00:00+08:00",
    }
    reason = {
        "code": "STORE_NOT_ELIGIBLE",
        "detail": {"zh": "请到券面列明的门店使用。", "en": "Use it in one of the stores it names."},
    }
    assert prepared == {
        "session_id": str(UUID(prepared["session_id"])),
        "holder_mask": "138****0001",
        "vouchers": [
            {"voucher_ref": refs[0], **shown, "usable": True, "reasons": []},
            {"voucher_ref": refs[1], **shown, "usable": False, "reasons": [reason]},
        ],
        "expires_at": "2026-11-20T10:05:00+08:00",
        "outcome": "done",
    }
    assert not any(voucher_id in str(prepared) or UUID(voucher_id).hex in str(prepared) for voucher_id in ids)


def test_a_verified_voucher_moves_points_and_money_and_is_a_line_of_the_statement(shop: Shop) -> None:
    market = shop.market
    citizen_id = market.citizen(points=100)
    voucher_id = market.order(citizen_id, shop.offer_id)["voucher"]["voucher_id"]

    answer = market.verify(shop.terminal_id, market.prepared(shop.terminal_id, citizen_id), verify_no="V-1")

    verified = answer["verification"]
    line = verified["vouchers"][0]
    assert answer == {
        "verification": {
            "verify_id": verified["verify_id"],
            "verify_no": "V-1",
            "verified_at": "2026-11-20T10:00:00+08:00",
            "business_day": "2026-11-20",
            "store_id": shop.store_id,
            "terminal_id": shop.terminal_id,
            "clerk": "小李",
            "vouchers": [
                {
                    "redemption_id": line["redemption_id"],
                    "voucher_id": voucher_id,
                    "offer_id": shop.offer_id,
                    "title": {"zh": "满二十减五元", "en": "5 yuan off 20"},
                    "face_value_fen": 500,
                    "settle_fen": 400,
                }
            ],
            "settle_fen": 400,
        },
        "outcome": "done",
        "replayed": False,
    }
    moved = market.rows(
        "SELECT owner_id, kind, from_account, to_account, amount, counterparty_id, source_id::text FROM transfer"
        " WHERE kind IN ('redeem', 'pay') ORDER BY kind, from_account"
    )
    verify_id = verified["verify_id"]
    merchant_id = shop.merchant_id
    assert moved == [
        (-1, "pay", "budget", "in_transit", 400, merchant_id, verify_id),
        (merchant_id, "pay", "in_transit", "payable", 400, -1, verify_id),
        (citizen_id, "redeem", "voucher_outstanding", "redeemed", 100, merchant_id, verify_id),
    ]
    used = market.vouchers(citizen_id)[0]
    assert (used["state"], used["used_at"]) == ("used", "2026-11-20T10:00:00+08:00")
    assert used["used_store"] == {
        "store_id": shop.store_id,
        "name": {"zh": "南屏街店", "en": "Nanping Street"},
    }
    assert market.findings() == []


def test_the_same_verify_number_gives_the_same_answer_for_ever_and_so_does_asking_by_it(
    shop: Shop, clock: MovingClock
) -> None:
    market = shop.market
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)
    first = market.verify(shop.terminal_id, prepared, verify_no="V-1")

    for days in (0, 1, 30, 400):
        clock.advance(days=days)
        if days:
            market.close((clock() - timedelta(days=1)).date())

        assert market.verify(shop.terminal_id, prepared, verify_no="V-1") == {**first, "replayed": True}
        assert market.query(shop.terminal_id, "V-1") == {"verification": first["verification"], "outcome": "done"}
    assert market.rows("SELECT count(*) FROM redemption") == [(1,)]
    assert market.findings() == []


def test_a_verify_number_used_for_something_else_is_refused(shop: Shop) -> None:
    market = shop.market
    citizen_id = market.citizen(points=200)
    market.order(citizen_id, shop.offer_id)
    market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)
    one, two = (shown["voucher_ref"] for shown in prepared["vouchers"])
    market.verify(shop.terminal_id, prepared, [one], "V-1")

    with pytest.raises(NumberReused):
        market.verify(shop.terminal_id, prepared, [two], "V-1")


def test_another_terminal_has_numbers_of_its_own(shop: Shop) -> None:
    market = shop.market
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    market.verify(shop.terminal_id, market.prepared(shop.terminal_id, citizen_id), verify_no="V-1")

    with pytest.raises(VerificationNotFound):
        market.query(other, "V-1")


def test_a_number_under_which_nothing_was_done_is_answered_so(shop: Shop) -> None:
    with pytest.raises(VerificationNotFound) as refused:
        shop.market.query(shop.terminal_id, "V-404")

    assert refused.value.params == {"verify_no": "V-404"}


def test_several_vouchers_are_verified_together(shop: Shop) -> None:
    market = shop.market
    free = market.offer(
        shop.merchant_id, [shop.store_id], price_points=7, shares=(Share("merchant", AmountFen(500)),)
    )
    citizen_id = market.citizen(points=300)
    for offer_id in (shop.offer_id, free, shop.offer_id):
        market.order(citizen_id, offer_id)

    answer = market.verify(shop.terminal_id, market.prepared(shop.terminal_id, citizen_id))

    settled = sorted(line["settle_fen"] for line in answer["verification"]["vouchers"])
    assert (settled, answer["verification"]["settle_fen"]) == ([0, 400, 400], 800)
    assert market.rows("SELECT sum(amount) FROM transfer WHERE to_account = 'redeemed'") == [(207,)]
    assert market.rows("SELECT sum(amount) FROM transfer WHERE to_account = 'payable'") == [(800,)]
    assert market.findings() == []


def test_when_one_of_several_cannot_be_used_none_is(shop: Shop) -> None:
    market = shop.market
    citizen_id = market.citizen(points=200)
    market.order(citizen_id, shop.offer_id)
    market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)
    one, two = (shown["voucher_ref"] for shown in prepared["vouchers"])
    market.verify(shop.terminal_id, prepared, [two])

    with pytest.raises(AlreadyUsed) as refused:
        market.verify(shop.terminal_id, prepared, [one, two], "V-2")

    assert [(problem.pointer, problem.code) for problem in refused.value.errors] == [
        ("#/voucher_refs/1", "ALREADY_USED")
    ]
    assert sorted(voucher["state"] for voucher in market.vouchers(citizen_id)) == ["issued", "used"]
    assert market.rows("SELECT count(*) FROM business_number WHERE number = 'V-2'") == [(0,)]
    assert market.findings() == []


def test_a_used_voucher_says_when_and_where_it_was_used(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    here, there = (market.prepared(terminal, citizen_id) for terminal in (shop.terminal_id, shop.terminal_id))
    market.verify(shop.terminal_id, here)
    clock.advance(minutes=3)

    with pytest.raises(AlreadyUsed) as refused:
        market.verify(shop.terminal_id, there)

    assert refused.value.params == {
        "used_at": "2026-11-20T10:00:00+08:00",
        "used_store_id": shop.store_id,
        "used_store_zh": "南屏街店",
        "used_store_en": "Nanping Street",
    }
    detail = refused.value.errors[0].detail
    assert detail.zh == "已于 2026-11-20T10:00:00+08:00 在 南屏街店 核销。"


def test_a_voucher_expires_at_the_instant_between_prepare_and_verify(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen(points=200)
    market.order(citizen_id, shop.offer_id)
    market.order(citizen_id, shop.offer_id)
    clock.set(at(0, day=28) - timedelta(seconds=30))
    prepared = market.prepared(shop.terminal_id, citizen_id)
    one, two = (shown["voucher_ref"] for shown in prepared["vouchers"])
    clock.set(at(0, day=28) - timedelta(microseconds=1))
    market.verify(shop.terminal_id, prepared, [one])
    clock.advance(microseconds=1)

    with pytest.raises(VoucherExpired) as refused:
        market.verify(shop.terminal_id, prepared, [two])

    assert refused.value.params == {"use_ends_at": "2026-11-28T00:00:00+08:00"}
    shown = market.prepared(shop.terminal_id, citizen_id)["vouchers"]
    assert [[reason["code"] for reason in one["reasons"]] for one in shown] == [["VOUCHER_EXPIRED"]]
    assert market.findings() == []


def test_a_voucher_of_another_store_is_refused_there(shop: Shop) -> None:
    market = shop.market
    elsewhere = market.terminal(market.store(shop.merchant_id))
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)

    with pytest.raises(StoreNotEligible):
        market.verify(elsewhere, market.prepared(elsewhere, citizen_id))


def test_a_reference_is_worth_nothing_in_another_session_or_when_made_up(shop: Shop) -> None:
    market = shop.market
    citizen_id, thief_id = market.citizen(1, points=100), market.citizen(2)
    market.order(citizen_id, shop.offer_id)
    own = market.prepared(shop.terminal_id, citizen_id)
    other = market.prepared(shop.terminal_id, thief_id)
    ref = own["vouchers"][0]["voucher_ref"]

    for wrong in (ref, ref[:-2] + ("AA" if ref[-2:] != "AA" else "BB"), "A" * 80, "A" * 21):
        with pytest.raises(VoucherNotPrepared):
            market.verify(shop.terminal_id, other, [wrong])
    with pytest.raises(InvalidRequest) as refused:
        market.verify(shop.terminal_id, own, [ref, ref])
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("#/voucher_refs/1", "VOUCHER_TWICE")]
    assert market.vouchers(citizen_id)[0]["state"] == "issued"


def test_a_session_belongs_to_its_terminal_and_lasts_five_minutes(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)

    with pytest.raises(TillSessionOver):
        market.verify(other, prepared)
    clock.advance(minutes=5)
    with pytest.raises(TillSessionOver):
        market.verify(shop.terminal_id, prepared)


def test_a_code_works_once_and_for_a_minute(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen()
    first, second = market.code(citizen_id), market.code(citizen_id)
    market.prepare(shop.terminal_id, first)
    with pytest.raises(HolderCodeSpent):
        market.prepare(shop.terminal_id, first)
    clock.advance(seconds=59)
    market.prepare(shop.terminal_id, "tanhui:holder:" + second)
    third = market.code(citizen_id)
    clock.advance(seconds=60)

    with pytest.raises(HolderCodeSpent):
        market.prepare(shop.terminal_id, third)


def test_codes_and_sessions_are_dropped_an_hour_after_their_end(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen()
    old = market.code(citizen_id)
    market.prepared(shop.terminal_id, citizen_id)
    assert not drop_spent_codes(market.context)
    clock.advance(hours=1, minutes=5)
    fresh = market.code(citizen_id)

    assert drop_spent_codes(market.context)

    with pytest.raises(HolderCodeWrong):
        market.prepare(shop.terminal_id, old)
    market.prepare(shop.terminal_id, fresh)
    assert market.rows("SELECT count(*) FROM till_session") == [(1,)]


def test_no_table_holds_a_code(shop: Shop) -> None:
    code = shop.market.code(shop.market.citizen())

    rows = shop.market.rows("SELECT encode(code_hash, 'escape'), holder_code::text FROM holder_code")

    assert len(rows) == 1
    assert not any(code in column or code[:12] in column for column in rows[0])


def test_five_wrong_codes_within_a_minute_lock_the_typing_for_a_minute(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen()
    wrong = market.code(citizen_id)
    wrong = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    for _ in range(5):
        clock.advance(seconds=5)
        with pytest.raises(HolderCodeWrong):
            market.prepare(shop.terminal_id, wrong)
    clock.advance(seconds=1)

    with pytest.raises(TypingLocked) as refused:
        market.prepare(shop.terminal_id, market.code(citizen_id))

    assert (refused.value.retry_after_s, refused.value.params) == (
        59,
        {"locked_until": "2026-11-20T10:01:25+08:00"},
    )
    market.prepare(other, market.code(citizen_id))
    clock.advance(seconds=59)
    market.prepare(shop.terminal_id, market.code(citizen_id))


def test_wrong_codes_further_apart_than_a_minute_do_not_lock(shop: Shop, clock: MovingClock) -> None:
    for _ in range(12):
        clock.advance(seconds=61)
        with pytest.raises(HolderCodeWrong):
            shop.market.prepare(shop.terminal_id, "0000000000000")


def test_a_replayed_request_of_a_terminal_is_refused(shop: Shop) -> None:
    market = shop.market
    citizen_id = market.citizen()
    till = market.till(shop.terminal_id)
    prepare_verification(market.context, till, market.code(citizen_id))
    again = replace(till, proof=replace(till.proof, received_id=market.context.new_id()))

    with pytest.raises(RequestReplayed):
        prepare_verification(market.context, again, market.code(citizen_id))


def test_the_same_vouchers_under_the_same_number_get_the_first_answer_whatever_session_showed_them(
    shop: Shop,
) -> None:
    market = shop.market
    citizen_id = market.citizen(points=200)
    market.order(citizen_id, shop.offer_id)
    market.order(citizen_id, shop.offer_id)
    lost = market.prepared(shop.terminal_id, citizen_id)
    kept = market.prepared(shop.terminal_id, citizen_id)
    first = market.verify(shop.terminal_id, lost, verify_no="V-1")

    again = market.verify(shop.terminal_id, kept, verify_no="V-1")

    assert again == {**first, "replayed": True}
    with pytest.raises(NumberReused):
        market.verify(shop.terminal_id, kept, [kept["vouchers"][0]["voucher_ref"]], verify_no="V-1")
    with pytest.raises(NumberReused):
        market.verify(shop.terminal_id, kept, [lost["vouchers"][0]["voucher_ref"]], verify_no="V-1")
    with pytest.raises(NumberReused):
        market.verify(shop.terminal_id, kept, verify_no="V-1", clerk="小王")


def test_a_till_shows_what_can_be_used_first_however_much_cannot(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    elsewhere = market.offer(shop.merchant_id, [market.store(shop.merchant_id)], use_days=1)
    short = market.offer(shop.merchant_id, [shop.store_id], use_days=1)
    citizen_id = market.citizen(points=100 * (2 * SHOWN_VOUCHERS_MAX + 1))
    for _ in range(SHOWN_VOUCHERS_MAX):
        market.order(citizen_id, short)
    clock.set(at(10, day=22))
    for _ in range(SHOWN_VOUCHERS_MAX):
        market.order(citizen_id, elsewhere)
    market.order(citizen_id, shop.offer_id)

    shown = market.prepared(shop.terminal_id, citizen_id)["vouchers"]

    assert [one["usable"] for one in shown] == [True] + [False] * (SHOWN_VOUCHERS_MAX - 1)
