"""Units: symbols and UCUM codes (as SensorThings writes them) to factors. pint is imported at the first question."""

from __future__ import annotations

from functools import cache

WORDS = {"°C": "degC", "℃": "degC", "°F": "degF", "µg/m³": "microgram/m**3", "mg/m³": "milligram/m**3",
         "m³/s": "m**3/s", "%": "percent", "ft3/s": "foot**3/s", "dB(A)": "decibel"}


def with_unit(value: float, unit: str) -> str:
    """As people read it: no more digits than six."""
    return f"{value:g} {unit}" if unit else f"{value:g}"


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
