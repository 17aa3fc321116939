"""A model goes on with a new issue of its file."""

from dataclasses import replace

import pyarrow as pa
import pytest

from app import cli, model_update
from app.discover import layer_types
from layers.arrangement import HIDDEN, Paint, Rule
from layers.building import Building
from twin.document import Document
from twin.layer import Placement, Source
from twin.project import Project, load, save
from twin.schedule import ScheduleView, TaskRule

layer_types()


def changes():
    return pa.table({"guid": ["N", "X", "S", "W9"], "class": ["IfcWall", "IfcBeam", "IfcSlab", "IfcWindow"],
                     "name": ["Wall", "B", "Slab", "Window"], "storey": ["Ground"] * 4,
                     "type": pa.nulls(4, pa.string()),
                     "change": ["added", "removed", "changed", "renamed"], "what": [None, None, "Name: a → b", "W1"]})


def house(**more) -> Building:
    return Building(id="house", name="House", source=Source(path="/data/old.ifc"), **more)


def test_what_was_said_of_elements_follows_them(tmp_path):
    mine = Paint(label="Mine", color="#112233", values=("W1", "W2"))
    earlier = Paint(label="Changed", color="#112233", values=("Z",))
    plan = ScheduleView(rules=(TaskRule(tasks=("1",), guids=("W1",)),))
    layer = house(arranged=(Rule(show=HIDDEN, by="guid", values=("W1", "S")),), painted=(mine, earlier), schedule=plan,
                  color_by="class", placement=Placement(easting=1.0, northing=2.0))
    rooms = replace(house(), id="rooms", painted=(mine,))
    other = replace(house(), id="other", source=Source(path="/data/other.ifc"))
    after = model_update.updated(Document(layers=(layer, rooms, other)), "house", tmp_path / "new.ifc", changes())
    now = after.layer("house")
    assert now.source.path == str(tmp_path / "new.ifc") == after.layer("rooms").source.path
    assert after.layer("other") == other
    assert now.arranged[0].values == ("W9", "S") and now.schedule.rules[0].guids == ("W9",)
    assert [(p.label, p.values) for p in now.painted] == [
        ("Mine", ("W9", "W2")), ("Added", ("N",)), ("Changed", ("S",)), ("New GlobalId", ("W9",))]
    assert (now.color_by, now.placement) == ("class", layer.placement)
    assert after.layer("rooms").painted[0].values == ("W9", "W2") and len(after.layer("rooms").painted) == 1


def test_what_was_removed_is_shown_out_of_the_older_issue():
    layer = house(storey="Ground", placement=Placement(easting=1.0, northing=2.0))
    after = model_update.with_removed(Document(layers=(layer,)), "house", "/data/older.ifc", changes())
    old = after.layers[0]
    assert old.id != "house" and old.source.path == "/data/older.ifc" and old.placement == layer.placement
    assert [(r.show, r.by, r.values) for r in old.arranged] == [("hidden", "all", ()), ("shown", "guid", ("X",))]
    assert old.painted[0].values == ("X",) and old.storey == "" and old.bygone and not after.layer("house").bygone


def test_what_stays_is_seen_through_while_what_was_removed_is_shown():
    """Two cabinets in red stood behind the walls of the new issue: nothing of them was to be seen."""
    hidden = Rule(show=HIDDEN, by="guid", values=("S",))
    before = Document(layers=(house(arranged=(hidden,)),))
    after = model_update.with_removed(before, "house", "/data/older.ifc", changes())
    rules = after.layer("house").arranged
    assert (rules[0].show, rules[0].by) == ("ghost", "all") and rules[-1] == hidden
    assert {guid for rule in rules[1:-1] for guid in rule.values if rule.show == "shown"} >= {"N", "S", "W9"}


@pytest.mark.realdata
def test_a_project_is_updated_on_the_command_line(tmp_path, shared, capsys):
    source = shared / "ifc" / "IfcOpenHouse_IFC4.ifc"
    text = source.read_text()
    newer = tmp_path / "new.ifc"
    newer.write_text(text.replace("'Footing'", "'Strip footing'", 1) if "'Footing'" in text
                     else text.replace("'South wall'", "'Front wall'", 1))
    project = tmp_path / "p.twin.json"
    layer = replace(house(color_by="class"), source=Source(path=str(source)))
    save(Project(document=Document(layers=(layer,))), project)
    assert cli.main(["ifc", "update", str(project), str(newer), "--json"]) == 0
    assert '"changed": 1' in capsys.readouterr().out
    layer, = load(project).document.layers
    assert layer.source.path == str(newer) and layer.color_by == "class" and layer.painted[0].label == "Changed"
