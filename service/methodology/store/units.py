"""The units that methods may use, on top of pint. Only used while loading.

CO2 and CO2e are different base quantities, so they cannot be added by mistake: a formula says ``as_co2e``.
The registry holds nothing but these definitions and computes in exact fractions.
"""

import re
from fractions import Fraction
from functools import cache
from typing import Any

import pint

from service.methodology.domain.expressions import FormulaCode, FormulaError
from service.methodology.domain.units import Unit, dimension

SYMBOL_MAX = 40
_FORM = re.compile(r"[A-Za-z][A-Za-z0-9]*(/[A-Za-z][A-Za-z0-9]*)*", re.ASCII)
DEFINITIONS = (
    "milli- = 1/1000 = m-",
    "kilo- = 1000 = k-",
    "mega- = 1000000 = M-",
    "metre = [length] = m",
    "second = [time] = s",
    "minute = 60 second = min",
    "hour = 3600 second = h",
    "watt_hour = [energy] = Wh",
    "gram_co2 = [co2] = gCO2",
    "tonne_co2 = 1000000 gram_co2 = tCO2",
    "gram_co2e = [co2e] = gCO2e",
    "tonne_co2e = 1000000 gram_co2e = tCO2e",
)


@cache
def read_unit(symbol: str) -> Unit:
    """Return the unit that ``symbol`` names.

    Raises:
        FormulaError: It is none that methods may use.
    """
    refused = FormulaError(FormulaCode.UNIT_UNKNOWN, f"{symbol!r} is no unit that methods may use")
    if len(symbol) > SYMBOL_MAX or not _FORM.fullmatch(symbol):
        raise refused
    try:
        root = _registry().Quantity(Fraction(1), symbol).to_root_units()
        exponents = [(str(name).strip("[]"), int(str(power))) for name, power in root.dimensionality.items()]
        scale: object = root.magnitude
    except (pint.PintError, ArithmeticError, ValueError, TypeError):
        raise refused from None
    if not isinstance(scale, Fraction) or not exponents:
        raise refused
    return Unit(symbol, scale, dimension(exponents))


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry
