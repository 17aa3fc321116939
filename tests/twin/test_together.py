"""What one picture can show of boxes far from each other."""

from __future__ import annotations

from twin.data import together, union


def house(x_m: float, size_m: float = 20.0) -> tuple[float, ...]:
    return (x_m, 0.0, 0.0, x_m + size_m, size_m, 10.0)


def test_a_house_in_another_city_is_left_aside_and_one_in_the_next_street_is_not():
    assert together([house(0.0), house(170_000.0, 10.0)]) == house(0.0)
    assert together([house(170_000.0, 10.0), None, house(0.0)]) == house(0.0)
    assert together([house(0.0), house(900.0)]) == union([house(0.0), house(900.0)])
    assert together([house(0.0, 6_000.0), house(170_000.0)]) == union([house(0.0, 6_000.0), house(170_000.0)])
    assert together([]) is None is together([None])
