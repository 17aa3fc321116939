"""Numbers as people read them: four figures, never as a power of ten."""

from __future__ import annotations

import pytest

from twin.units import figures, minutes, with_unit


@pytest.mark.parametrize("value, said", [(11192.4, "11,192"), (0.03875, "0.03875"), (88.9612, "88.96"),
                                         (-1234.5, "-1,234"), (30.0, "30"), (0.0, "0"), (0.0000207, "0.0000207")])
def test_thousands_are_whole(value, said):
    assert figures(value) == said


def test_a_change_carries_its_sign():
    assert (figures(12000.0, "+"), figures(-0.5, "+"), figures(0.25, "+")) == ("+12,000", "-0.5", "+0.25")


def test_more_digits_are_kept_where_a_reading_is_told():
    assert (figures(1232.46, digits=6), figures(1234567.8, digits=6)) == ("1232.46", "1,234,568")
    assert with_unit(1234567.0, "kWh") == "1,234,567 kWh" and with_unit(62.5, "dB") == "62.5 dB"


def test_a_day_of_handling_is_no_power_of_ten():
    """The report said 1.44e+03 min."""
    assert minutes(86_400) == "1,440" and minutes(1832.0) == "30.5" and minutes(62.0) == "1"
