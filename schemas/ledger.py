"""The wire of the books: wallets and transfers."""

from schemas.fields import Choice, Day, Instant, Items, Part, PlainText, Uuid, WholeNumber, Wire

ITEMS_MAX = 10_000


class LotOut(Wire):
    """Points that lapse after the same day."""

    expires_on = Day(required=True)  # the last day they can be spent
    points = WholeNumber(required=True)
    funder_id = WholeNumber(required=True, low=-(2**53))
    funder = PlainText(required=True, max_length=200)


class LifetimeOut(Wire):
    """Counters that only ever grow."""

    earned_points = WholeNumber(required=True)
    spent_points = WholeNumber(required=True)
    lapsed_points = WholeNumber(required=True)


class ReductionsOut(Wire):
    """Emission reductions by account, in milligrams."""

    creditable_mg = WholeNumber(required=True)
    provisional_mg = WholeNumber(required=True)
    incentive_mg = WholeNumber(required=True)


class WalletOut(Wire):
    """A citizen's carbon account as of today."""

    as_of = Day(required=True)
    active_points = WholeNumber(required=True)  # as booked: spendable and overdue
    spendable_points = WholeNumber(required=True)  # what can be spent today
    overdue_points = WholeNumber(required=True)  # run out, their lapse not yet booked
    lots = Items(Part(LotOut), required=True, high=ITEMS_MAX)
    lifetime = Part(LifetimeOut, required=True)
    reductions = Part(ReductionsOut, required=True)


class TransferOut(Wire):
    """One row of the books."""

    transfer_id = Uuid(required=True)
    movement_id = Uuid(required=True)
    kind = PlainText(required=True, max_length=64)
    title = PlainText(required=True, max_length=200)
    unit = Choice("mg", "points", "fen", required=True)
    from_account = PlainText(required=True, max_length=64)
    to_account = PlainText(required=True, max_length=64)
    amount = WholeNumber(required=True, low=1)
    expires_on = Day(required=True, allow_none=True)
    counterparty_id = WholeNumber(required=True, allow_none=True, low=-(2**53))
    source_kind = PlainText(required=True, max_length=64)
    source_id = Uuid(required=True)
    recorded_at = Instant(required=True)
    booked_on = Day(required=True)


class TransfersOut(Wire):
    """A page of transfers, newest first."""

    transfers = Items(Part(TransferOut), required=True, high=ITEMS_MAX)
    next_after = PlainText(required=True, allow_none=True, max_length=400)
