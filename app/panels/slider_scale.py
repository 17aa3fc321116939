"""Where on a slider a value lies. A long range is curved, so that it is fine around the default."""

from __future__ import annotations

from app.panels.field_spec import FieldSpec

MOST_LINEAR_STEPS = 1000


def is_curved(spec: FieldSpec) -> bool:
    return (spec.high - spec.low) / (spec.step or (spec.high - spec.low) / 100) > MOST_LINEAR_STEPS


def to_share(spec: FieldSpec, value: float) -> float:
    """Where on the slider a value lies, 0 to 1."""
    if not is_curved(spec):
        return (value - spec.low) / (spec.high - spec.low)
    middle, above = spec.default, value >= spec.default
    reach = (spec.high - middle) if above else (middle - spec.low)
    way = abs(value - middle) ** (1 / 3) / max(reach, 1e-12) ** (1 / 3)
    start, length = _halves(spec)
    return start + way * length[1] if above else start - way * length[0]


def from_share(spec: FieldSpec, share: float) -> float:
    """The value at a place of the slider, on a multiple of the step; the ends are reached exactly."""
    if share in (0.0, 1.0):
        return spec.high if share else spec.low
    if is_curved(spec):
        start, length = _halves(spec)
        above = share >= start
        way = (share - start) / (length[1] or 1) if above else (start - share) / (length[0] or 1)
        reach = (spec.high - spec.default) if above else (spec.low - spec.default)
        value = spec.default + reach * way ** 3
    else:
        value = spec.low + share * (spec.high - spec.low)
    step = spec.step or (spec.high - spec.low) / 100
    return min(spec.high, max(spec.low, round(value / step) * step))


def _halves(spec: FieldSpec) -> tuple[float, tuple[float, float]]:
    """Where the default stands on a curved slider, and how much room is below and above it."""
    if spec.default <= spec.low:
        return 0.0, (0.0, 1.0)
    if spec.default >= spec.high:
        return 1.0, (1.0, 0.0)
    return 0.5, (0.5, 0.5)
