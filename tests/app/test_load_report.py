"""How a loading went, as the inspector and the layer's row tell it."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from app.discover import layer_types
from app.panels.layer_facts import facts_of
from app.panels.load_report import NAMED, report_rows
from app.panels.room_counts import rooms_among
from app.session import Session
from layers.building import Building
from twin import assets as content
from twin.assets import Asset
from twin.data import Mesh
from twin.layer import Placement, Source

SOUND = {"schema": "IFC4", "authoring_tool": "ARCHICAD", "entities": 10, "entity_lines": 10, "end_marker": True,
         "products": 5, "shapes": 4, "failed": [], "complete": True, "duplicate_guids": 0, "length_unit_m": 0.001,
         "seconds": 1.25, "peak_mb": 120.0}
LOST = [{"guid": f"guid{i}", "class": "IfcWall", "name": f"W{i}", "reason": "the kernel crashed"}
        for i in range(NAMED + 20)]


def rows(**changes) -> dict[str, str]:
    return {row.key: row.value for row in report_rows(SOUND | changes)}


def test_a_sound_file_is_told_in_six_rows():
    said = rows()
    assert len(said) == 6 and said["entities"] == "10" and said["length_unit"] == "0.001 m" and "120 MB" in said["cost"]


def test_what_is_missing_is_told_by_name_and_reason():
    said = rows(failed=LOST, entities=7, end_marker=False, duplicate_guids=3, length_unit_m=None)
    assert said["shapes"] == f"4 of {NAMED + 24}" and said["entities"] == "7 of 10" and "cut off" in said["end"]
    assert said["failed guid0"] == "the kernel crashed" and said["failed"] == "20 more"
    assert said["twice"] == "3" and "metres assumed" in said["length_unit"]


def test_rooms_are_told_apart_from_the_elements_that_the_tree_counts():
    """236 were drawn, and the tree had 218: nothing said how these go together."""
    said = {row.key: row.value for row in report_rows(SOUND, rooms=2)}
    assert said["shapes"] == "4, 2 of them rooms"
    features = pa.table({"class": ["IfcSpace", "IfcWall", "IfcSpace", "IfcDoor"]})
    assert rooms_among(features) == 2 and rooms_among(features, (0, 1)) == 1 == rooms_among(features, (2,))
    assert rooms_among(None) == 0 == rooms_among(pa.table({"name": ["x"]}), (0,))


def test_layers_that_are_no_ifc_have_no_rows():
    assert report_rows({}) == []


@pytest.mark.parametrize("placement", [None, Placement(easting=617000.0, northing=3471000.0)])
def test_the_row_of_an_incomplete_layer_says_so_unless_it_still_has_to_be_placed(placement):
    layer_types()
    session = Session()
    layer = Building(id="b", name="b", source=Source(path="/x.ifc", reader="ifc"), placement=placement)
    session.edits.commit(session.document.with_layer(layer), "Add")
    document = session.document
    asset = session.assets.of(layer, document.frame, document.time_zone)
    mesh = Mesh(complete=False, notes=("Incomplete: it ends early.",), report=SOUND)
    session.assets._assets[asset.key] = replace(asset, state=content.INCOMPLETE, payload=mesh, job=None)
    facts = facts_of(session, layer, None)
    assert facts.tone == "warn" and facts.action == "place"
    assert facts.message.startswith("Incomplete") == (placement is not None)
    session.close()


def test_a_finished_reading_with_gaps_ends_incomplete():
    asset = Asset(key=(Source(path="/x.ifc"), "building", None, ""))
    job = type("Job", (), {"state": "done", "error": None, "result": (Mesh(complete=False), 5.0)})()
    content.Assets(None)._end(asset, job)
    assert asset.state == content.INCOMPLETE and asset.error is None and asset.payload is not None
