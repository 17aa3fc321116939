"""Classes of IFC in words."""

import pytest

from twin.class_words import class_title, full_class, named_alike, short_class
from twin.text import catalogue, set_language


@pytest.fixture
def chinese():
    set_language("zh")
    yield
    set_language("en")


def test_english_is_the_name_of_ifc():
    assert (short_class("IfcWallStandardCase"), full_class("IfcWall"), class_title("IfcDoor")) == \
        ("Wall", "IfcWall", "Door")


def test_chinese_stands_before_the_name_of_ifc(chinese):
    assert (short_class("IfcWallStandardCase"), full_class("IfcPump")) == ("墙", "水泵 IfcPump")
    assert class_title("IfcWallStandardCase") == "墙 IfcWallStandardCase"
    assert named_alike("IfcDoor", "门") and named_alike("IfcDoor", "ifcdoor") and not named_alike("IfcWall", "门")


def test_a_class_without_a_word_keeps_its_name(chinese):
    assert (short_class("IfcOddThing"), full_class("IfcOddThing"), full_class("")) == ("OddThing", "IfcOddThing", "")


def test_every_word_is_of_a_class_that_exists():
    import ifcopenshell
    known = {entity.name() for schema in ("IFC2X3", "IFC4", "IFC4X3_ADD2")
             for entity in ifcopenshell.schema_by_name(schema).entities()}
    words = [key for key in catalogue("zh") if key.startswith("Ifc") and " " not in key]
    assert len(words) > 100 and not set(words) - known
