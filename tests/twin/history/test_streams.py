"""Datastreams of a file: many of them, and the units that they keep."""

from __future__ import annotations

from twin.history.streams import scaled
from twin.sensors import Datastream

MANY = 300


class Compared(str):
    """An id that counts how often it is compared with another."""

    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Compared.times += 1
        return str.__eq__(self, other)


def told(ids, unit=""):
    return [(id, "", unit, Datastream(id=id, unit=unit)) for id in ids]


def test_each_of_many_datastreams_is_looked_up_and_not_looked_for():
    """Each was compared with all before it: an export of 220,000 sensors would have taken hours."""
    Compared.times = 0
    streams, factors, notes = scaled(told([Compared(f"s{n}") for n in range(MANY)]), {})
    assert len(streams) == len(factors) == MANY and not notes and Compared.times < 4 * MANY


def test_of_two_units_in_one_file_the_first_counts():
    streams, factors, notes = scaled(told(["a"], "degC") + told(["a", "b"], "degF"), {"b": Datastream(id="b")})
    assert [s.unit for s in streams] == ["degC", "degC", "degF"] and len(notes) == 1
    assert [f[3] for f in factors] == ["a", "a", "b"] and factors[0][4:] == factors[2][4:] == (1.0, 0.0)
    assert abs(factors[1][4] * 212 + factors[1][5] - 100) < 1e-9
