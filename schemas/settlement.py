"""The wire of settlement: closings and statements."""

from schemas.fields import Choice, Day, Flag, Instant, Part, Pattern, WholeNumber, Wire

ID_LOW = -(2**53)
SHA256 = "[0-9a-f]{64}"


class ClosingOut(Wire):
    """A closed business day and what it came to."""

    day = Day(required=True)
    closing_no = WholeNumber(required=True, low=1)
    closed_at = Instant(required=True)
    statements = WholeNumber(required=True, metadata={"description": "One per merchant, empty ones too"})
    rows = WholeNumber(required=True)
    total_fen = WholeNumber(required=True)


class ClosingDoneOut(Wire):
    """The closing; the first one, however often it is asked for."""

    closing = Part(ClosingOut, required=True)
    outcome = Choice("done", required=True)
    replayed = Flag(required=True)


class StatementOut(Wire):
    """The summary of a merchant's statement."""

    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    day = Day(required=True)
    closing_no = WholeNumber(required=True, low=1)
    rows = WholeNumber(required=True)
    total_fen = WholeNumber(required=True, metadata={"description": "What the merchant is owed for the day"})
    bytes = WholeNumber(required=True)
    sha256 = Pattern(SHA256, required=True, metadata={"description": "Of the file's bytes"})
    prev_sha256 = Pattern(
        SHA256, required=True, allow_none=True, metadata={"description": "Of the merchant's previous file"}
    )
    chain_sha256 = Pattern(
        SHA256,
        required=True,
        metadata={
            "description": (
                "SHA-256 of the lines prev_chain_sha256 (empty for the first), merchant_id, day, rows, total_fen"
                " and sha256, each ended by a line feed; it vouches for every statement before it"
            )
        },
    )
    prev_chain_sha256 = Pattern(SHA256, required=True, allow_none=True)
    created_at = Instant(required=True)


class OneStatementOut(Wire):
    """One statement."""

    statement = Part(StatementOut, required=True)
