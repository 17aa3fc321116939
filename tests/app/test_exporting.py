"""Export of the selection from the window, on a real file: workers write, a notice says what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import ifcopenshell
import pytest

from app import file_dialog
from app.adding import add_files
from app.discover import layer_types
from app.exporting import Exporting
from app.panels import model_actions as actions
from app.session import Session
from app.settings import Settings

layer_types()
pytestmark = pytest.mark.realdata


@dataclass
class Window:
    """What exporting asks of the main window."""

    session: Session
    settings: Settings = field(default_factory=Settings)
    told: list = field(default_factory=list)

    def remember(self, **_):
        return

    def tell(self, words, tone="note", together=None):
        self.told.append((tone, words))


@pytest.fixture(scope="module")
def session(shared):
    made = Session()
    add_files(made, [shared / "ifc" / "IfcOpenHouse_IFC4.ifc"])
    made.settle()
    yield made
    made.close()


@pytest.fixture
def exporting(session, qapp):
    layer = session.document.layers[0]
    classes = session.asset(layer.id).payload.features.column("class").to_pylist()
    actions.select(session, layer.id, [at for at, c in enumerate(classes) if c.startswith("IfcWall")])
    return Exporting(Window(session))


def wait(qtbot, exporting):
    def done():
        exporting.session.tick(0.0)
        exporting.refresh()
        return not exporting._jobs
    qtbot.waitUntil(done, timeout=120_000)


@pytest.mark.parametrize(("words", "suffix"), [("IFC, at its place", ".ifc"), ("Picture", ".png"),
                                               ("Table of all properties", ".csv")])
def test_the_selection_is_written_as_the_dialog_says(qtbot, exporting, tmp_path, monkeypatch, words, suffix):
    monkeypatch.setattr(file_dialog, "new_file", lambda *_: (str(tmp_path / "walls"), f"{words} (*{suffix})"))
    exporting.ask()
    wait(qtbot, exporting)
    out = tmp_path / f"walls{suffix}"
    assert exporting.window.told == [("note", f"4 elements were exported: {out}")] and out.stat().st_size > 200
    if suffix == ".ifc":
        assert len(ifcopenshell.open(str(out)).by_type("IfcWall")) == 4


def test_gltf_stands_where_the_project_has_it(qtbot, exporting, tmp_path):
    exporting.export(tmp_path / "walls.gltf", "world")
    wait(qtbot, exporting)
    root = json.loads((tmp_path / "walls.gltf").read_text())["nodes"][-1]
    east, north, _ = exporting.session.document.frame.origin
    assert root["extras"]["crs"] == exporting.session.document.frame.crs
    assert root["extras"]["origin"][:2] == pytest.approx((east, north), abs=2000)


def test_a_folder_that_is_not_there_is_said(qtbot, exporting, tmp_path):
    exporting.export(tmp_path / "no" / "walls.ifc")
    wait(qtbot, exporting)
    (tone, words), = exporting.window.told
    assert tone == "error" and "could not be written" in words
