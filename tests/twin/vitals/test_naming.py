"""A property is found by whatever people call it; what it is called itself comes first."""

from __future__ import annotations

import pytest

from twin.vitals.catalogue import catalogue
from twin.vitals.naming import meant


@pytest.mark.parametrize(("asked", "known", "found"), [
    ("noise", ["LEQ", "air.pm25"], [["LEQ"]]),                       # a column of a file
    ("LAeq", ["noise.leq"], [["noise.leq"]]),
    ("噪声", ["LAeq"], [["LAeq"]]),
    ("noise.leq_2", ["LEQ"], [["LEQ"]]),                             # a vital sign
    ("noise", ["noise.lmax", "noise.leq", "site.noise"], [["noise.leq"]]),
    ("noise", ["site.noise"], [["site.noise"]]),                     # the end of a code
    ("PM25", ["PM2.5", "air.pm25"], [["PM2.5", "air.pm25"]]),
    ("PM2.5", ["PM2.5", "air.pm25"], [["PM2.5"]]),                   # called so itself
    ("temp", ["bld.temp", "fire.temp"], [["bld.temp"], ["fire.temp"]]),
    ("my level", ["My_Level", "other"], [["My_Level"]]),
    ("zzz", ["air.pm25", ""], []),
])
def test_a_word_means(asked, known, found):
    assert meant(asked, known, catalogue()) == found
