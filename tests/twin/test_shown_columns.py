"""Conditions may be written as a table shows itself, in either language; a code that was meant is told."""

from __future__ import annotations

import pyarrow as pa
import pytest

from app.narrowing import narrowed
from twin.ruling import ColorRule, ruled
from twin.shown_columns import written
from twin.tabling import rows_where
from twin.text import set_language
from twin.trouble import Trouble
from twin.value_words import ValueWord

WORDS = (ValueWord(value="office", name="Offices", name_zh="办公", columns=("use",)),
         ValueWord(value="home", name="Homes", name_zh="住宅"))
HOUSES = pa.table({"use": ["home", "office", None, "office"], "height_m": [9.0, 30.0, 12.0, None],
                   "type": ["Building", "Bridge", "Building", "Road"]})


@pytest.fixture(params=["en", "zh"])
def language(request):
    set_language(request.param)
    yield request.param
    set_language("en")


@pytest.mark.parametrize("expression, rows", [
    ("用途 = '办公'", [1, 3]), ("\"用途\" IN ('住宅', '办公') AND \"Height (m)\" > 10", [1]),
    ("use = 'office'", [1, 3]), ("类型 = '桥梁'", [1]), ("用途 IS NULL", [2]), ("Use = 'home'", [0]),
    ("use = '用途'", [])])
def test_a_condition_in_shown_words_means_the_same_in_every_language(language, expression, rows):
    assert rows_where(HOUSES, expression, WORDS).tolist() == rows


def test_a_column_of_that_name_goes_before():
    table = HOUSES.append_column("用途", pa.array(["a", "b", "c", "d"]))
    assert rows_where(table, "用途 = 'b'", WORDS).tolist() == [1]


def test_a_name_that_nobody_shows_is_still_told():
    with pytest.raises(Trouble, match="用处"):
        rows_where(HOUSES, "用处 = '办公'", WORDS)


def test_rules_and_searches_take_the_same():
    rule = ColorRule(where="用途 = '办公'", color="#ff0000")
    assert ruled(HOUSES, (rule,), None, None, WORDS).of.tolist() == [-1, 0, -1, 0]
    left, mute = narrowed({"a": rows_where(HOUSES, "")}, {"a": HOUSES}, "", "用途 = '办公'", WORDS)
    assert left["a"].tolist() == [1, 3] and not mute


@pytest.mark.parametrize("expression, meant", [
    ("use = '办公'", "use = 'office'"), ("use = 'Offices'", "use = 'office'"), ("用途 = 'office'", "use = 'office'"),
    ("use = 'school'", ""), ("height_m > 900", "")])
def test_the_code_of_a_word_is_told(expression, meant):
    assert rows_where(HOUSES, expression, WORDS).tolist() == [] and written(HOUSES, expression, WORDS) == meant
