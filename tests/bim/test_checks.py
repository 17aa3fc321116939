"""Checks of real models against made IDS files, and of IDS files that mean harm."""

from __future__ import annotations

import json

import pytest

from app.cli import main
from bim.checks import check
from bim.ids import ask, read_ids
from tests.bim.made_ids import HEAD, TAIL, property_of, simple, specification, write_ids
from twin.readers import Progress
from twin.trouble import Trouble

NEWEST = '<value><xs:restriction base="xs:double"><xs:minInclusive value="1"/></xs:restriction></value>'


@pytest.fixture
def house(shared):
    return shared / "ifc" / "AC20-FZK-Haus.ifc"


@pytest.fixture
def fire(tmp_path):
    named = simple("name", "Name") + simple("value", "Haustuer")
    attribute = f'<attribute cardinality="required">{named}</attribute>'
    return write_ids(
        tmp_path / "fire.ids",
        specification("Walls", "IFCWALLSTANDARDCASE", property_of("Pset_WallCommon", "ThermalTransmittance", NEWEST)),
        specification("Doors", "IFCDOOR", attribute),
        specification("No ramps", "IFCRAMP", occurs='minOccurs="0" maxOccurs="0"'),
        specification("No doors", "IFCDOOR", occurs='minOccurs="0" maxOccurs="0"'),
        specification("A lift", "IFCTRANSPORTELEMENT", attribute, occurs='minOccurs="1" maxOccurs="unbounded"'),
        specification("Old", "IFCWALL", attribute, versions="IFC2X3"),
        specification("Pipes", "IFCPIPESEGMENT", attribute))


@pytest.mark.realdata
def test_each_specification_says_what_it_means_and_what_fails(house, fire):
    said = check(str(house), str(fire)).as_dict()
    specs = {spec["name"]: spec for spec in said["ids"]["specifications"]}
    assert {name: (s["status"], s["applicable"], s["failed"]) for name, s in specs.items()} == {
        "Walls": ("failed", 13, 8), "Doors": ("failed", 5, 4), "No ramps": ("passed", 0, 0),
        "No doors": ("failed", 5, 5), "A lift": ("failed", 0, 0), "Old": ("skipped", 0, 0),
        "Pipes": ("not_applicable", 0, 0)}
    door = next(e for e in specs["Doors"]["elements"] if e["name"] == "Terrassentuer")
    assert door["class"] == "IfcDoor" and door["storey"] == "Erdgeschoss" and not door["passed"]
    assert door["reasons"] == [{"requirement": "Name = Haustuer", "reason": "it says Terrassentuer"}]
    assert specs["Walls"]["requirements"] == [{"text": "Pset_WallCommon.ThermalTransmittance = ≥ 1", "failed": 8}]
    assert not said["ok"] and json.dumps(said)


@pytest.mark.realdata
def test_the_elements_are_those_of_ifctester_itself(house, fire):
    from bim.kept import kept_model
    model, said = kept_model(str(house)), read_ids(str(fire))
    ours = [({e.GlobalId for e, _, reason in rows if reason is not None}, outcome["status"] == "failed")
            for outcome, rows in ask(said, model, Progress())]
    theirs = read_ids(str(fire))
    theirs.validate(model, should_filter_version=True)
    for spec, (failed, fails) in zip(theirs.specifications, ours):
        if spec.maxOccurs != 0:
            assert failed == {e.GlobalId for e in spec.failed_entities}, spec.name
        assert fails == (spec.status is False), spec.name


@pytest.mark.realdata
def test_findings_about_the_schema_name_entity_and_attribute(house):
    found = check(str(house)).as_dict()["schema_findings"]
    assert found["count"] == 5 and found["left_out"] == 0
    first = found["findings"][0]
    assert first["class"] == "IfcRelSpaceBoundary" and first["guid"] == "2IcFpKExJ7L0xqSikQ$RMc" and first["entity"] > 0
    assert first["requirement"] == "IfcRelSpaceBoundary.RelatedBuildingElement"
    assert first["reason"] == "a required attribute is missing" and first["kind"] == "schema"


@pytest.mark.realdata
def test_the_rules_of_the_schema_are_asked_on_request(house):
    ruled = [c for c in check(str(house), rules=True).checks if c["kind"] == "rule"]
    assert {"IfcShapeModel.WR11", "IfcTypeObject.NameRequired"} <= {c["name"] for c in ruled}


@pytest.mark.parametrize("text, words", [
    (HEAD.replace("<ids", '<!DOCTYPE ids [<!ENTITY a "b">]><ids', 1) + TAIL, "document type"),
    ("no xml at all", "no valid IDS"), ("<ids/>", "no valid IDS"), (HEAD + TAIL, "no valid IDS"),
    (HEAD + "<specification/>" + TAIL, "no valid IDS")])
def test_hostile_and_foreign_files_are_refused_in_words(tmp_path, text, words):
    path = tmp_path / "bad.ids"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Trouble, match=words) as refused:
        read_ids(str(path))
    assert refused.value.path == str(path) and refused.value.way_out


def test_schemas_are_never_fetched(tmp_path, monkeypatch):
    import socket
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it went to the network"))
    fine = write_ids(tmp_path / "fine.ids", specification("Walls", "IFCWALL", property_of("A", "B")))
    assert [spec.name for spec in read_ids(str(fine)).specifications] == ["Walls"]


@pytest.mark.realdata
def test_the_command_tells_by_its_exit_status(house, fire, tmp_path, capfd):
    assert main(["ifc", "check", str(house), "--ids", str(fire), "--json"]) == 3
    said = json.loads(capfd.readouterr().out)
    assert said["path"] == str(house) and said["ids"]["counts"] == {
        "failed": 4, "passed": 1, "skipped": 1, "not_applicable": 1}
    bad = tmp_path / "bad.ids"
    bad.write_text("<ids/>", encoding="utf-8")
    assert main(["ifc", "check", str(house), "--ids", str(bad), "--json"]) == 1
    out, err = capfd.readouterr()
    assert "no valid IDS" in json.loads(out)["error"] and "Traceback" not in err


def test_without_ifctester_it_says_how_to_get_it(tmp_path, monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "ifctester", None)
    path = write_ids(tmp_path / "a.ids", specification("Walls", "IFCWALL", property_of("A", "B")))
    with pytest.raises(Trouble, match=r"pip install 'citytwin\[checks\]'"):
        read_ids(str(path))
