"""What a study found, as rows that a person can read."""

import pytest

from app.study_tables import sun_table
from twin.text import set_language
from twin.value_words import ValueWord

WORDS = (ValueWord(value="residential", name="residential", name_zh="住宅", columns=("use",)),)


@pytest.mark.parametrize("language, name, use, said", [
    ("en", "", "residential", "residential b07289"), ("zh", "", "residential", "住宅 b07289"),
    ("en", "North tower", "residential", "North tower"), ("en", "", "", "b07289")])
def test_a_house_without_a_name_is_called_by_its_use_and_number(language, name, use, said):
    house = {"layer": "houses", "id": "b07289", "name": name, "use": use, "windows": 9, "most_hours": 2.0,
             "longest_hours": 1.0, "windows_below": 3}
    report = {"date": "2026-12-21", "from": "08:00", "to": "16:00", "buildings": [house]}
    set_language(language)
    try:
        assert sun_table({"": report}, 1.0, words=WORDS).rows[0][0] == said
    finally:
        set_language("en")
