"""The menu of the zone panel: what it does while a dialog is open."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from app.panels import zone_menu
from app.session import Session
from app.zone_edits import LAYER, with_outline
from twin.layer import Group

TRIANGLE = np.array([(0.0, 0.0), (40.0, 0.0), (40.0, 30.0)])


def test_what_comes_while_a_zone_is_named_stays(monkeypatch):
    """A layer that was opened meanwhile was gone with the new name."""
    session, late = Session(), Group(id="late", name="Late")
    document, zone = with_outline(session.document, TRIANGLE)
    session.edits.commit(document, "Draw zone")

    def typed(*_) -> str:
        session.edits.commit(session.document.with_layer(late), "Add")
        return "Shore ①"
    monkeypatch.setattr("app.dialogs.ask_name", typed)
    zone_menu.name_zone(SimpleNamespace(session=session, zone=zone))
    assert session.document.layer("late") == late
    again, _ = with_outline(session.document, TRIANGLE)
    assert [z.name for z in again.layer(LAYER).drawn] == ["Shore ①", "Zone 1"], "and it is no number to count from"
    session.close()
