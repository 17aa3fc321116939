"""Codes of tables in words: those that a project says, and classes of city models."""

import pytest

from twin.text import set_language
from twin.value_words import ValueWord, worded


@pytest.fixture
def chinese():
    set_language("zh")
    yield
    set_language("en")


def test_classes_of_city_models_are_words_in_their_column_alone():
    assert [worded((), "type", name) for name in ("BuildingPart", "PlantCover", "WaterBody")] == \
        ["Building part", "Plant cover", "Water body"]
    assert worded((), "usage", "BuildingPart") == "BuildingPart"
    assert (worded((), "type", "+NoiseBarrier"), worded((), "type", 4), worded((), "type", None)) == \
        ("+NoiseBarrier", 4, None)


def test_classes_of_city_models_are_chinese_words_in_chinese(chinese):
    assert [worded((), "type", name) for name in ("Building", "GenericCityObject", "TINRelief")] == \
        ["建筑", "其他对象", "地形"]


def test_what_a_project_says_goes_before_the_standard():
    said = (ValueWord(value="Building", name="House", name_zh="房屋", columns=("type",)),)
    assert worded(said, "type", "Building") == "House"
    assert worded(said, "type", "Bridge") == "Bridge" and worded(said, "kind", "Building") == "Building"
