"""Legends say the unit that a column's name carries."""

from __future__ import annotations

import pytest

from layers.column_units import with_unit
from layers.legend import Legend
from twin.text import set_language


@pytest.mark.parametrize(("column", "title", "unit"), [
    ("height_m", "Height", "m"), ("energy_kwh_m2", "Energy", "kWh/m²"), ("waste_t_km2", "Waste", "t/km²"),
    ("floor_area_m2", "Floor area", "m²"), ("kwh_m2", "Kwh", "m²"), ("people", "Residents", ""), ("cups", "Cups", ""),
    ("diameter_mm", "Diameter", "mm")])
def test_the_unit_of_a_column_stands_in_its_legend(column, title, unit):
    legend = with_unit(Legend(title=column, ramp=((0, 0, 0), (255, 255, 255))))
    assert (legend.title, legend.unit) == (title, unit)


def test_a_known_column_is_called_as_people_call_it():
    set_language("zh")
    try:
        legend = with_unit(Legend(title="diameter_mm", ramp=((0, 0, 0), (255, 255, 255))))
    finally:
        set_language("en")
    assert (legend.title, legend.unit) == ("管径", "mm")
