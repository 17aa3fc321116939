"""Codes of CityGML: lists beside the file, where PLATEAU puts them, lists that everybody knows, and none."""

from __future__ import annotations

import pytest

from cim.citygml_file import CityGml
from cim.code_lists import CodeLists, dictionary
from tests.cim.test_citygml import made, ring, surface
from twin.city_codes import BY_COLUMN, code_list
from twin.text import set_language
from twin.value_words import worded

SIG3D = "http://www.sig3d.org/codelists/standard/building/2.0/_AbstractBuilding_{}.xml"
URO = "https://www.geospatial.jp/iur/uro/2.0"


def listed(path, **words):
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = "".join(f"<gml:dictionaryEntry><gml:Definition><gml:description>{word}</gml:description><gml:name>{code}"
                      "</gml:name></gml:Definition></gml:dictionaryEntry>" for code, word in words.items())
    path.write_text(f'<gml:Dictionary xmlns:gml="http://www.opengis.net/gml">{entries}</gml:Dictionary>',
                    encoding="utf-8")
    return path


def rows(path):
    city = CityGml(path)
    list(city.members())
    return city.objects, city.codes.notes()


def house(**coded):
    said = "".join(f'<bldg:{name} codeSpace="{space}">{code}</bldg:{name}>' for name, (space, code) in coded.items())
    return said + surface(f"<gml:Polygon>{ring((0, 0, 0), (9, 0, 0), (9, 9, 0))}</gml:Polygon>")


def test_a_list_where_the_file_says(tmp_path):
    listed(tmp_path / "codelists" / "Uses.xml", **{"411": "住宅"})
    path = made(tmp_path / "udx.gml", house(usage=("codelists/Uses.xml", "411")),
                house(usage=("codelists/Uses.xml", "999")))
    (known, unknown), notes = rows(path)
    assert (known["usage"], known["usage_code"]) == ("住宅", "411") and not notes
    assert unknown["usage"] == "999" and "usage_code" not in unknown


def test_a_plateau_tree_and_a_file_that_was_taken_out_of_it(tmp_path):
    space = "../../codelists/Own.xml"
    listed(tmp_path / "city" / "codelists" / "Own.xml", **{"1": "木造"})
    (tmp_path / "city" / "udx" / "bldg").mkdir(parents=True)
    (row,), _ = rows(made(tmp_path / "city" / "udx" / "bldg" / "a.gml", house(usage=(space, "1"))))
    assert row["usage"] == "木造"
    listed(tmp_path / "out" / "codelists" / "Own.xml", **{"1": "石造"})
    (row,), _ = rows(made(tmp_path / "out" / "a.gml", house(usage=(space, "1"))))
    assert row["usage"] == "石造"


def test_lists_that_everybody_knows(tmp_path):
    path = made(tmp_path / "a.gml", house(function=(SIG3D.format("function"), "1000"),
                                          roofType=(SIG3D.format("roofType"), "1030"),
                                          usage=("../../codelists/Building_usage.xml", "411")))
    (row,), notes = rows(path)
    assert (row["function"], row["roofType"], row["usage"]) == ("Residential building", "Gabled roof",
                                                                "Detached housing")
    assert not notes


def test_a_code_without_a_list_stays_as_it_is(tmp_path):
    path = made(tmp_path / "a.gml", "<bldg:roofType>3100</bldg:roofType>"
                + house(function=("https://city.example/lists/Own.xml", "1000")))
    (row,), (note,) = rows(path)
    assert (row["roofType"], row["function"]) == ("3100", "1000") and "Own.xml" in note


@pytest.mark.parametrize("space", ["/etc/lists/a.xml", "file:///lists/a.xml", "//host/share/a.xml",
                                   "\\\\host\\share\\a.xml", "C:\\lists\\a.xml", "urn:lists:a", "", "a.txt"])
def test_only_paths_from_the_file_on_are_read(tmp_path, space):
    assert CodeLists(tmp_path / "a.gml").word(space, "1") is None


def test_a_list_that_cannot_be_read(tmp_path):
    path = tmp_path / "broken.xml"
    path.write_text("<gml:Dictionary", encoding="utf-8")
    assert dictionary(path) == {} == dictionary(tmp_path / "none.xml")
    codes = CodeLists(tmp_path / "a.gml")
    assert codes.word("broken.xml", "1") is None and "broken.xml" in codes.notes()[0]


def test_details_of_an_extension_are_no_generic_attributes(tmp_path):
    listed(tmp_path / "codelists" / "Keys.xml", **{"104": "防火地域"})
    details = (f'<uro:detail xmlns:uro="{URO}"/>'
               f'<uro:buildingDetailAttribute xmlns:uro="{URO}"><uro:BuildingDetailAttribute>'
               '<uro:totalFloorArea uom="m2">42.5</uro:totalFloorArea><uro:surveyYear>2016</uro:surveyYear>'
               '</uro:BuildingDetailAttribute></uro:buildingDetailAttribute>'
               + "".join(f'<uro:risk xmlns:uro="{URO}"><uro:{kind}RiskAttribute><uro:rank>{rank}</uro:rank>'
                         f'</uro:{kind}RiskAttribute></uro:risk>' for kind, rank in (("Tsunami", 3), ("Flood", 1)))
               + "".join(f'<uro:keyValuePairAttribute xmlns:uro="{URO}"><uro:KeyValuePairAttribute>'
                         f'<uro:key codeSpace="codelists/Keys.xml">{key}</uro:key><uro:codeValue>{value}'
                         '</uro:codeValue></uro:KeyValuePairAttribute></uro:keyValuePairAttribute>'
                         for key, value in ((104, 1), (105, 2))))
    (row,), _ = rows(made(tmp_path / "a.gml", details + house()))
    assert row["totalFloorArea"] == 42.5 and row["surveyYear"] == "2016"
    assert (row["TsunamiRiskAttribute.rank"], row["FloodRiskAttribute.rank"]) == ("3", "1")
    assert (row["防火地域"], row["key 105"]) == ("1", "2")


def test_known_lists_are_told_in_the_present_language():
    set_language("zh")
    try:
        assert worded((), "roofType", "Flat roof") == "平屋顶" and worded((), "usage", "Hotel") == "酒店"
        assert worded((), "owner", "Hotel") == "Hotel"
    finally:
        set_language("en")
    assert worded((), "roofType", "Flat roof") == "Flat roof"


def test_no_list_has_two_words_for_a_code_or_none():
    for name in {x for names in BY_COLUMN.values() for x in names}:
        words = code_list(name)
        assert len(words) > 10 and all(words.values()) and len(set(words.values())) == len(words)
