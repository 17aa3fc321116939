"""Incidents show while they are open at the clock's time, in the colour of their level, and name themselves."""

from __future__ import annotations

import numpy as np
import pytest

from layers.base import Moment
from layers.incidents import Incidents
from layers.level_colors import LEVEL_COLORS
from tests.layers.made_stage import MadeAssets
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.incidents.incident import incidents_of
from twin.incidents.journal import Journal, read
from twin.incidents.journal_file import read as read_layer
from twin.layer import Source
from twin.readers import Progress, Request, discover, inspect
from twin.times import MINUTE
from twin.trouble import Trouble

ABOVE = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
FRAME = Frame()


@pytest.fixture
def journal(tmp_path):
    e, n, h = FRAME.origin
    made = Journal(tmp_path / "a.incidents.jsonl", now_ns=lambda: 0)
    made.open(title="积水 / underpass", time_ns=10 * MINUTE, level=3, place=(e, n, h), streams=("a",))
    made.advance("I-0001", "assigned", 15 * MINUTE)
    made.advance("I-0001", "closed", 60 * MINUTE)
    made.open(title="Dust", time_ns=20 * MINUTE, level=1, place=(e + 50, n, float("nan")))
    made.open(title="Nowhere", time_ns=20 * MINUTE, level=2)
    return made


def payload(journal):
    return read_layer(Request(source=Source(path=str(journal.path)), kind="incidents", frame=FRAME), Progress())


def shown(view, document, assets, minute):
    view.frame(document, assets, Moment(now_ns=minute * MINUTE))
    return view.picture().astype(int)


def test_a_disc_while_it_is_open(journal):
    from layers.view import offscreen
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    layer = Incidents(id="i", name="Incidents", label=False, size_px=30)
    document, assets = Document(layers=(layer,)), MadeAssets({"i": payload(journal)})
    red = [np.abs(shown(view, document, assets, minute)[240, 320] - LEVEL_COLORS[3]).max() < 40
           for minute in (5, 12, 59, 61)]
    assert red == [False, True, True, False]
    visual = view.stage.visual("i")
    assert visual.stats()[0] == 2, "closed is gone, the others are open"
    shown(view, document, assets, 30)
    legend = visual.legend(layer, assets.of(layer, FRAME), Moment(now_ns=30 * MINUTE))
    assert [color for color, _ in legend.entries] == [LEVEL_COLORS[3], LEVEL_COLORS[2], LEVEL_COLORS[1]]
    assert visual.feature_bounds(0) and visual.feature_bounds(2) is None, "what has no place has no bounds"


def test_a_roof_does_not_hide_an_alarm_below_it(journal):
    from layers.geometry import actor_of, poly_data
    from layers.view import offscreen
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    roof = poly_data(np.array([(-90, -90, 20), (90, -90, 20), (90, 90, 20), (-90, 90, 20)], float),
                     triangles=np.array([(0, 1, 2), (0, 2, 3)], np.int32))
    view.canvas.scene.AddActor(actor_of(roof, lit=False))
    layer = Incidents(id="i", name="Incidents", label=False, size_px=30)
    document, assets = Document(layers=(layer,)), MadeAssets({"i": payload(journal)})
    before, after = (shown(view, document, assets, minute)[240, 320] for minute in (5, 12))
    assert before.min() > 150 and np.abs(after - LEVEL_COLORS[3]).max() < 40


def test_the_name_says_the_state_of_the_time(journal):
    from layers.view import offscreen
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    layer = Incidents(id="i", name="Incidents")
    document, assets = Document(layers=(layer,)), MadeAssets({"i": payload(journal)})
    shown(view, document, assets, 12)
    assert view.stage.visual("i")._labels.words[0] == "underpass · Found"
    shown(view, document, assets, 16)
    assert view.stage.visual("i")._labels.words == ["underpass · Assigned", "", ""]


def test_it_is_recognised_and_its_table_tells_all(journal):
    discover()
    (info,) = inspect(journal.path)
    assert info.kind == "incidents" and info.count == 3
    table = payload(journal).features.to_pylist()
    assert table[0]["state"] == "closed" and table[0]["handling_min"] == 50.0 and table[1]["closed_at"] is None
    assert payload(journal).notes == ("1 incident has no place.",)


def test_a_journal_that_was_changed_is_not_shown(journal):
    lines = journal.path.read_text("utf-8").splitlines()
    journal.path.write_text("\n".join(lines[:1] + lines[2:]) + "\n", "utf-8")
    with pytest.raises(Trouble, match="changed after"):
        payload(journal)
    assert incidents_of(list(read(journal.path.with_name("none")).entries)) == []
