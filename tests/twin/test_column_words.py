"""Every known column and property has its word in Chinese."""

from __future__ import annotations

from data_samples.sensor_places import PROPERTIES as SAMPLE
from twin.column_words import COLUMNS, PROPERTIES, column_words, property_words
from twin.history.bare_places import PLACE
from twin.text import catalogue


def test_every_word_is_translated_and_the_sample_is_known():
    known = catalogue("zh")
    assert [words for words in (*COLUMNS.values(), *PROPERTIES.values()) if words not in known] == []
    assert {*SAMPLE, PLACE} == set(PROPERTIES)


def test_what_nobody_knows_stays_as_it_is():
    assert column_words("地块编号") == "地块编号" and property_words("my.own") == "my.own"
