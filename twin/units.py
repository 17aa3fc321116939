"""Units: symbols and UCUM codes (as SensorThings writes them) to factors. pint is imported at the first question."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

WORDS = {"°C": "degC", "℃": "degC", "°F": "degF", "µg/m³": "microgram/m**3", "mg/m³": "milligram/m**3",
         "m³/s": "m**3/s", "m²": "m**2", "m³": "m**3", "km²": "km**2", "%": "percent", "ft3/s": "foot**3/s",
         "dB(A)": "decibel"}


SIGNS = {"1": "", "-": "", "Cel": "°C", "degC": "°C", "℃": "°C", "deg": "°"}
POWER = re.compile(r"(?<=m)([23])(?!\d)")
MICRO = re.compile(r"(?<![A-Za-z])[uμ](?=[gmSsAVWL](?![a-z]))")


def shown(unit: str) -> str:
    """As people read it: "ug/m3" is µg/m³, and the UCUM codes "Cel" and "1" are °C and nothing."""
    if unit in SIGNS:
        return SIGNS[unit]
    return MICRO.sub("µ", POWER.sub(lambda found: "²³"[int(found[1]) - 2], unit))


def with_unit(value: float, unit: str) -> str:
    """As people read it: no more digits than six."""
    unit = shown(unit)
    return f"{figures(value, digits=6)} {unit}" if unit else figures(value, digits=6)


def figures(value: float, sign: str = "", digits: int = 4) -> str:
    """With so many figures, what has as many before the point whole: 11,192 and not 1.119e+04, 0.00002 and not 2e-05.
    `sign` "+" says it of positive ones too.
    """
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:{sign},.0f}"
    said = f"{value:{sign}.{digits}g}"
    return f"{Decimal(said):{sign}f}" if "e" in said else said


def minutes(secs: float) -> str:
    """Of a length of time, to a tenth: "30.5"."""
    return figures(round(secs / 60, 1))


@cache
def conversion(theirs: str, ours: str) -> tuple[float, float] | None:
    """(factor, offset) with ours = theirs * factor + offset; None where there is none."""
    import pint
    one, other = _unit(theirs), _unit(ours)
    if one is None or other is None:
        return None
    try:
        zero, ten = (_registry().Quantity(v, one).to(other).magnitude for v in (0.0, 10.0))
    except (pint.DimensionalityError, pint.OffsetUnitCalculusError, pint.errors.LogarithmicUnitCalculusError):
        return None
    return (ten - zero) / 10.0, zero


@cache
def _registry():
    from ucumvert import PintUcumRegistry
    return PintUcumRegistry()


@cache
def _unit(text: str):
    """A pint unit of a symbol, a word or a UCUM code; None where nobody knows it."""
    import pint
    from lark.exceptions import LarkError
    registry = _registry()
    for read in (lambda t: registry.parse_units(WORDS.get(t, t)), lambda t: registry.from_ucum(t).units):
        try:
            return read(text)
        except (pint.UndefinedUnitError, pint.errors.DefinitionSyntaxError, LarkError, ValueError, TypeError,
                AttributeError, AssertionError):
            continue                                   # the next way of writing units
    return None
