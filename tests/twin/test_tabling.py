"""Filter, order, statistics and CSV of feature tables: they agree with plain Python, and wrong filters are told."""

from __future__ import annotations

import csv
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import tabling
from twin.trouble import Trouble

HOUSES = pa.table({"height": [9.0, 30.0, None, 12.0], "use": ["home", "office", "home", None],
                   "层 数": [3, 10, 2, 4], "tags": [["a"], [], None, ["b"]]})


@pytest.mark.parametrize("expression, words", [
    ('use = "office"', "no column “office”; words stand in single quotes, 'office'"), ("height >", "not complete"),
    ("height > > 3", "goes wrong at “>”")])
def test_common_mistakes_are_told_in_plain_words(expression, words):
    with pytest.raises(Trouble) as error:
        tabling.rows_where(HOUSES, expression)
    assert words in error.value.cause


@pytest.mark.parametrize("expression, rows", [
    ("", [0, 1, 2, 3]), ("height > 10", [1, 3]), ("height > 10 AND use = 'office'", [1]), ('"层 数" >= 4', [1, 3]),
    ("height IS NULL", [2]), ("use LIKE 'h%' -- at home", [0, 2]), ("height > avg_of OR true", None),
    ("use = 'a;b'", [])])
def test_rows_that_fit(expression, rows):
    if rows is None:
        with pytest.raises(Trouble, match="avg_of"):
            tabling.rows_where(HOUSES, expression)
    else:
        assert tabling.rows_where(HOUSES, expression).tolist() == rows


@pytest.mark.parametrize("expression", [
    "height >", "heihgt > 3", "height > 3; DROP TABLE features", "1 = 1) UNION SELECT 1 --",
    "EXISTS (SELECT * FROM read_csv('/etc/hostname'))", "use"])
def test_a_wrong_filter_says_why_and_how(expression):
    with pytest.raises(Trouble) as error:
        tabling.rows_where(HOUSES, expression)
    assert "height > 20" in error.value.way_out and error.value.cause


def test_an_example_is_a_condition_that_the_table_can_answer():
    assert tabling.example(pa.table({"id": [7], "层 数": [3], "width": [2.5]})) == "width > 20"
    assert tabling.example(pa.table({"name": ["a"], "层 数": [3]})) == '"层 数" > 20'
    assert tabling.example(pa.table({"name": ["a"]})) == "name LIKE '%a%'"


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), max_size=30), st.booleans())
def test_order_is_that_of_python_with_gaps_at_the_end(values, descending):
    table = pa.table({"v": pa.array(values, pa.float64())})
    rows = tabling.ordered(table, np.arange(len(values)), "v", descending)
    known = [values[r] for r in rows if values[r] is not None]
    assert known == sorted(known, reverse=descending)
    assert all(values[r] is None for r in rows[len(known):]) and sorted(rows) == list(range(len(values)))


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=40))
def test_statistics_are_those_of_the_known_values(values):
    found = tabling.statistics(pa.table({"v": pa.array(values, pa.float64())}), np.arange(len(values)), "v")
    known = [v for v in values if v is not None]
    assert (found.count, found.missing, found.distinct) == (len(values), len(values) - len(known), len(set(known)))
    if known:
        assert found.numbers["least"] == min(known) and found.numbers["greatest"] == max(known)
        assert found.numbers["sum"] == pytest.approx(math.fsum(known), abs=1e-6)
    else:
        assert found.numbers == {}


def test_text_has_its_commonest_values():
    found = tabling.statistics(HOUSES, np.array([0, 2, 3]), "use")
    assert (found.commonest, found.missing, found.numbers) == ((("home", 2),), 1, {})


def test_csv_keeps_rows_order_and_characters(tmp_path):
    path = tmp_path / "表.csv"
    tabling.write_csv(path, HOUSES, np.array([3, 1]))
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["层 数"] for r in rows] == ["4", "10"] and rows[0]["use"] == "" and rows[1]["tags"] == "[]"
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf" and [p.name for p in tmp_path.iterdir()] == ["表.csv"]


def test_csv_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(Trouble, match="could not be saved"):
        tabling.write_csv(tmp_path / "no" / "x.csv", HOUSES, np.arange(1))


def test_three_hundred_thousand_rows_are_answered_rightly():
    random = np.random.default_rng(0)
    n = 300_000
    table = pa.table({"height": random.uniform(3, 100, n), "use": random.choice(["home", "office"], n)})
    rows = tabling.ordered(table, tabling.rows_where(table, "height > 50 AND use = 'home'"), "height")
    told = tabling.statistics(table, rows, "height")
    heights = table["height"].to_numpy()
    assert (np.diff(heights[rows]) >= 0).all() and len(rows) == ((heights > 50) & (
        table["use"].to_numpy(zero_copy_only=False) == "home")).sum() == told.count
