"""The keys of a chart: names that differ look different, however little room there is."""

from __future__ import annotations

import pytest

from app.charted import Line
from app.panels.chart_keys import ChartKeys, told_apart
from twin.times import MINUTE


@pytest.fixture
def keys(qtbot):
    made = ChartKeys()
    qtbot.addWidget(made)
    made.show()
    return made


def test_names_that_would_look_alike_are_shortened_so_that_they_differ(qtbot, keys):
    names = [f"Classroom 3-{n} on the third storey of the school, CO2" for n in (12, 11)]
    lines = tuple(Line("s", n, str(n), name, "bld.co2", "ppm", MINUTE, 600.0) for n, name in enumerate(names))
    keys.show_lines(lines, "dark")
    qtbot.waitUntil(lambda: keys.columnWidth(0) > 150)
    shown = [keys.topLevelItem(n).text(0) for n in (0, 1)]
    assert "3-12" in shown[0] and "3-11" in shown[1]
    metrics = keys.fontMetrics()
    assert all(metrics.horizontalAdvance(words) <= keys.columnWidth(0) for words in shown)
    assert told_apart(["A", "B"], metrics, 200) == ["A", "B"]
    assert told_apart(names[:1] * 2, metrics, 120)[0] == told_apart(names[:1], metrics, 120)[0], "the same: one name"


def test_a_wide_script_does_not_push_what_differs_out_of_sight(keys):
    """Twelve Chinese letters of what names have in common took all of the room."""
    metrics = keys.fontMetrics()
    names = [f"上海市嘉定区安亭镇曹安公路与墨玉路交叉口东北侧综合杆微型站一体化传感器{n} · pm25" for n in range(3)]
    wide = metrics.horizontalAdvance("据" * 10)
    shown = told_apart(names, metrics, wide)
    assert len(set(shown)) == 3 and all(metrics.horizontalAdvance(words) <= wide for words in shown)
