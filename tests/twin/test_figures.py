"""Numbers as people read them: four figures, never as a power of ten."""

from __future__ import annotations

import pytest

from twin.units import figures


@pytest.mark.parametrize("value, said", [(11192.4, "11,192"), (0.03875, "0.03875"), (88.9612, "88.96"),
                                         (-1234.5, "-1,234"), (30.0, "30"), (0.0, "0")])
def test_thousands_are_whole(value, said):
    assert figures(value) == said


def test_a_change_carries_its_sign():
    assert (figures(12000.0, "+"), figures(-0.5, "+"), figures(0.25, "+")) == ("+12,000", "-0.5", "+0.25")
