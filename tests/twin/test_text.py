"""What a file says in two languages is read in one."""

from __future__ import annotations

import pytest

from twin.text import once, sentences, set_language


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


def test_sentences_carry_the_stops_and_spaces_of_their_script():
    assert sentences("无法识别该文件的类型。", "它是以“nothing”开头的文本", "", "citytwin 可读取：.xml") == (
        "无法识别该文件的类型。它是以“nothing”开头的文本。citytwin 可读取：.xml.")
    assert sentences("It is not known", "It is “x”", "Go.") == "It is not known. It is “x”. Go."
    assert sentences() == ""
