"""Everything that timeline and inspector say stands in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.discover import layer_types
from app.panels import chart, timeline
from app.panels.field_spec import field_specs
from twin.layer import LAYER_TYPES
from twin.text import catalogue

layer_types()
PANELS = Path(timeline.__file__).parent
OURS = ("timeline ribbon time_entry time_marks time_text inspector attributes facts layer_rows carried_rows fact_table "
        "element_properties editors color_editors legend_view style chart").split()


@pytest.mark.parametrize("module", OURS)
def test_every_text_is_translated(module):
    source = (PANELS / f"{module}.py").read_text(encoding="utf-8")
    said = re.findall(r"""\btr\(\s*(?:"([^"]+)"|'([^']+)')\s*[,)]""", source)
    missing = [a or b for a, b in said if (a or b) not in catalogue("zh")]
    assert not missing


@pytest.mark.parametrize("kind", sorted(LAYER_TYPES))
def test_every_field_and_choice_is_translated(kind):
    known = catalogue("zh")
    for spec in field_specs(LAYER_TYPES[kind]):
        assert spec.label in known
        assert not spec.help or spec.help in known
        for choice in spec.choices:
            assert (choice.replace("_", " ").capitalize() or "auto") in known
    assert kind.capitalize() in known


def test_what_is_translated_by_table():
    known = catalogue("zh")
    assert all(words in known for words in timeline.TRANSPORT.values())
    assert all(name in known for name in ("Selected", "Style", "Chart"))
    assert chart.MOST_LINES == len(chart.COLORS["light"]) == len(chart.COLORS["dark"])
