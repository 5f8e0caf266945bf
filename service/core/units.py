"""The units of the trade: whole numbers only, the unit last in every name."""

from typing import NewType

ReductionMg = NewType("ReductionMg", int)
"""An emission reduction in milligrams of CO2 (or CO2e, as the method declares)."""

Points = NewType("Points", int)
"""Carbon points (碳积分). They have no monetary attribute."""

AmountFen = NewType("AmountFen", int)
"""Money in fen, CNY 0.01."""

DistanceM = NewType("DistanceM", int)
"""A distance in metres."""

MG_PER_GRAM = 1_000
MG_PER_TONNE = 1_000_000_000
FEN_PER_YUAN = 100

BIGINT_MAX = 2**63 - 1
"""The largest quantity a table can hold."""

JSON_INTEGER_MAX = 2**53 - 1
"""The largest integer every JSON reader keeps exact (RFC 8259, section 6)."""
