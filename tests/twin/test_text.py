"""What a file says in two languages is read in one; what is counted is one or many."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import twin
from twin.text import catalogue, clauses, enumerated, of_count, once, sentences, set_language, tr

PLACE = re.compile(r"\{(\w+)")


@pytest.mark.parametrize("whole, zh, en", [
    ("会议室 / Meeting room", "会议室", "Meeting room"),
    ("湖畔办公楼5-12室火警 / Fire alarm, lakeside office room 5-12",
     "湖畔办公楼5-12室火警", "Fire alarm, lakeside office room 5-12"),
    ("低于5 cm / below 5 cm", "低于5 cm", "below 5 cm"),
    *[(same, same, same) for same in ("办公室", "Office", "", "嘉定 Office", "1号楼 Block", "5G基站", "A座 / B座",
                                      "a/b", "沪宜公路 G2", "Office / 办公室", "入口 / 出口", "进/出 In/out")]])
def test_a_text_said_twice_is_shown_once(whole, zh, en):
    try:
        set_language("zh")
        assert once(whole) == zh
        set_language("en")
        assert once(whole) == en
    finally:
        set_language("en")


def test_no_file_translates_what_another_did_otherwise():
    """The files are one catalogue: whichever came last would count."""
    said: dict[str, dict[str, str]] = {}
    for path in sorted((Path(twin.__file__).parent / "locale" / "zh").glob("*.json")):
        for words, translated in json.loads(path.read_text("utf-8")).items():
            said.setdefault(words, {}).setdefault(translated, path.name)
    assert {words: ways for words, ways in said.items() if len(ways) > 1} == {}


def test_sentences_carry_the_stops_and_spaces_of_their_script():
    assert sentences("无法识别该文件的类型。", "它是以“nothing”开头的文本", "", "citytwin 可读取：.xml") == (
        "无法识别该文件的类型。它是以“nothing”开头的文本。citytwin 可读取：.xml.")
    assert sentences("It is not known", "It is “x”", "Go.") == "It is not known. It is “x”. Go."
    assert sentences() == ""


def test_a_chinese_sentence_that_ends_with_a_number_and_its_unit_has_a_chinese_stop():
    set_language("zh")
    assert sentences("高程", "等高线间距 0.5 m", "Road width 3 m") == "高程。等高线间距 0.5 m。Road width 3 m."
    assert enumerated(["街坊", "绿地"]) == "街坊、绿地"
    assert clauses("7 条管线", "", "其中 2 条") == "7 条管线，其中 2 条"
    set_language("en")
    assert enumerated(["blocks", "green"]) == "blocks, green"


@pytest.mark.parametrize("n, said", [
    (1, "1 feature has no geometry and was skipped."), ("1", "1 feature has no geometry and was skipped."),
    (2, "2 features have no geometry and were skipped."),
    ("1,000", "1,000 features have no geometry and were skipped.")])
def test_one_is_not_many(n, said):
    text = "{n} features have no geometry and were skipped."
    assert tr(text, n=n) == said and tr(text) == text
    set_language("zh")
    assert "[" not in tr(text, n=n)
    set_language("en")


def test_each_count_of_a_text_has_its_own_form():
    assert tr("{features} features lie in {tiles} tiles.", features=2, tiles=1) == "2 features lie in 1 tile."


def test_the_many_of_each_counted_text_are_the_text_itself():
    counted, translated = catalogue("en"), catalogue("zh")
    assert {text: of_count(said, {}) for text, said in counted.items()} == {text: text for text in counted}
    assert set(counted) <= set(translated), "texts that nobody says"
    assert all(of_count(said, dict.fromkeys(PLACE.findall(said), 1)) != text for text, said in counted.items())
