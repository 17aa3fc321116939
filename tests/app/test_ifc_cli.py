"""`citytwin ifc` and the options of `render` for buildings, on real files."""

from __future__ import annotations

import csv
import json

import pytest

from app.cli import main
from app.discover import layer_types
from app.render import render

layer_types()
pytestmark = pytest.mark.realdata


@pytest.fixture
def house(shared):
    return shared / "ifc" / "AC20-FZK-Haus.ifc"


def test_a_query_as_json_and_as_csv(house, capfd):
    assert main(["ifc", "query", str(house), "IfcDoor", "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["count"] == 5 and said["elements"][0] == {
        "guid": "2jTRqchjf7oB0yhQ6462T0", "class": "IfcDoor", "name": "Haustuer", "storey": "Erdgeschoss",
        "type": "Eingangstür"}
    more = ["--csv", "--property", "Pset_DoorCommon.ThermalTransmittance"]
    assert main(["ifc", "query", str(house), "IfcDoor", *more]) == 0
    rows = list(csv.DictReader(capfd.readouterr().out.splitlines()))
    assert len(rows) == 5 and rows[0]["Pset_DoorCommon.ThermalTransmittance (W/(m²·K) (assumed))"] == "1.4"


def test_two_issues_are_compared(shared, capfd):
    a, b = (shared / "ifc" / f"pcert_Building-{name}.ifc" for name in ("Hvac", "Structural"))
    assert main(["ifc", "diff", str(a), str(b), "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["counts"]["added"] == len(said["added"]) > 10 and said["removed"][0]["class"].startswith("Ifc")
    assert main(["ifc", "diff", str(a), str(a)]) == 0
    out, err = capfd.readouterr()
    assert out == "" and "0 added, 0 removed, 0 changed" in err


def test_a_wrong_query_is_an_error_in_words(house, capfd):
    assert main(["ifc", "query", str(house), "IfcWall Name=", "--json"]) == 1
    out, err = capfd.readouterr()
    assert "no selector" in json.loads(out)["error"] and "Traceback" not in err


def test_a_picture_of_one_storey_coloured_by_a_property(house, tmp_path, capfd):
    out = tmp_path / "eg.png"
    assert main(["render", "--add", str(house), "--storey", "Erdgeschoss", "--color-by",
                 "BaseQuantities.NetVolume", "--out", str(out), "--size", "400x300", "--json"]) == 0
    assert out.stat().st_size > 2000 and json.loads(capfd.readouterr().out)["layers"][0]["error"] is None


def test_the_colours_come_from_the_property_and_a_storey_must_exist(house, tmp_path, monkeypatch):
    import app.render as module
    seen = {}
    monkeypatch.setattr(module, "_row", lambda session, view, layer: seen.update(
        legend=dict(view.stage.legends())[layer.id], columns=session.asset(layer.id).payload.features.column_names,
        bounds=view.stage.bounds()))
    render(None, [house], tmp_path / "a.png", size=(320, 240), storey="Erdgeschoss",
           color_by="Pset_WallCommon.ThermalTransmittance")
    legend = seen["legend"]
    assert legend.title.endswith("ThermalTransmittance") and (legend.low, legend.high) == (0.4, 1.5) and legend.missing
    assert "Pset_WallCommon.ThermalTransmittance" in seen["columns"] and seen["bounds"][5] - seen["bounds"][2] < 4
    with pytest.raises(Exception, match="Erdgeschoss, Dachgeschoss"):
        render(None, [house], tmp_path / "b.png", size=(320, 240), storey="Keller")


@pytest.mark.parametrize("by", ["Pset_WallCommon.Thermal", "Nothing.AtAll"])
def test_a_property_that_no_element_has_is_no_grey_picture(house, tmp_path, capfd, by):
    out = tmp_path / "a.png"
    assert main(["render", "--add", str(house), "--color-by", by, "--out", str(out), "--json"]) == 1
    said = json.loads(capfd.readouterr().out)
    assert f"No element has the property {by}" in said["error"] and not out.exists()


@pytest.mark.parametrize("by", ["class", "storey", "type", "material", "style"])
def test_every_way_to_colour_is_known(house, tmp_path, by):
    assert main(["render", "--add", str(house), "--color-by", by, "--out", str(tmp_path / "a.png"), "--size", "320x240"
                 ]) == 0
