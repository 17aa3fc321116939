"""A real house in the whole window: its tree, a storey isolated, doors found and coloured, a section, all undone."""

from __future__ import annotations

import numpy as np
import pytest

from app.discover import layer_types
from app.hidden import tell_if_hidden
from twin.selection import Selection

layer_types()


@pytest.mark.realdata
def test_an_engineer_uses_a_house(qtbot, window, shared):
    assert not window.docks["model"].isVisible()
    window.open([shared / "ifc" / "IfcOpenHouse_IFC4.ifc"])
    qtbot.waitUntil(lambda: window.model.model.forest is not None, timeout=60_000)
    assert window.docks["model"].isVisible() and window.actions_.of["find"].isEnabled()
    layer = window.session.document.layers[0]
    visual = window.viewport.stage.visual(layer.id)
    everything = int((visual.solid.drawn).sum())

    features = window.session.asset(layer.id).payload.features
    wall = features["class"].to_pylist().index("IfcWallStandardCase")
    window.session.selection = Selection(((layer.id, wall),))
    qtbot.waitUntil(lambda: len(window.model.nodes()) == 1)
    window.actions_.refresh()
    assert {"isolate", "hide-picked", "show-all"} <= {id for id, action in window.actions_.of.items()
                                                      if action in window.model.actions()}, "letters in the tree"
    window.actions_.of["isolate"].trigger()
    qtbot.waitUntil(lambda: int((visual.solid.drawn).sum()) == 1)
    tell_if_hidden(window, layer.id, wall)
    assert window.notices.shown == [], "it shows"
    door = features["class"].to_pylist().index("IfcMember")
    tell_if_hidden(window, layer.id, door)
    window.notices.shown[-1].buttons[0].click()
    qtbot.waitUntil(lambda: int((visual.solid.drawn).sum()) == 2)
    window.undo()
    window.undo()

    window.actions_.of["find"].trigger()
    window.find.line.setText("IfcWindow")
    window.find.find()
    qtbot.waitUntil(lambda: window.find.results.rowCount() > 0, timeout=60_000)
    windows = window.find.results.features()
    assert set(np.array(features["class"].to_pylist())[windows]) == {"IfcMember", "IfcPlate"}, "their parts"
    window.find.column.setEditText("class")
    window.find.use("ghost")
    window.find.color_by()
    qtbot.waitUntil(lambda: dict(window.viewport.stage.legends()).get(layer.id) is not None)
    assert visual.solid.through.sum() == everything - len(windows)
    window.actions_.refresh()
    window.actions_.of["cut-box"].trigger()
    window.actions_.refresh()
    assert window.actions_.of["uncut"].isEnabled()
    window.undo()
    window.undo()
    window.undo()
    qtbot.waitUntil(lambda: int((visual.solid.colors[:, 3] == 255).sum()) > len(windows))
    assert window.session.document.layer(layer.id) == layer
