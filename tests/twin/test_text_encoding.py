"""Texts of unknown encoding, whole and damaged, in every reader of tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.history import csv_file
from twin.history.json_table import table_of as json_of
from twin.text_encoding import LOST, Encoded, decoded, encoding_of, judged
from twin.trouble import Trouble

CHINESE = "time,id,name,value\n" + "".join(
    f"2026-07-15 {hour:02d}:{minute:02d}:00,s{hour},嘉定新城监测站{hour},{hour}\n" for hour in range(24)
    for minute in range(20))
WORDS = st.text(st.sampled_from("嘉定新城安亭南翔江桥马陆徐行外冈菊园工业区监测站点水位雨量"), min_size=2, max_size=12)


def damaged(text: str, encoding: str) -> bytes:
    """One byte of one character in the middle is none."""
    data = text.encode(encoding)
    at = data.index("新".encode(encoding.removesuffix("-sig")), len(data) // 2)
    return data[:at] + b"\xff" + data[at + 1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_one_broken_byte_leaves_all_other_rows_as_they_are(tmp_path, encoding):
    """Before, the table was not recognised (UTF-8), or all of it came in Cyrillic letters (GB18030)."""
    path = tmp_path / "stations.csv"
    path.write_bytes(damaged(CHINESE, encoding))
    table, shape = csv_file.table_of(path)
    names = table.column("name").to_pylist()
    assert shape.encoding == encoding and len(names) == 480 and table.column_names[0] == "time"
    assert sum(LOST in name for name in names) == 1 and names.count("嘉定新城监测站0") == 20
    assert any("damaged" in note for note in shape.notes)


def test_chinese_that_begins_late_in_an_ascii_file_is_found(tmp_path):
    path = tmp_path / "late.csv"
    rows = "".join(f"2026-07-15 08:00:00,s{n},station,{n}\n" for n in range(5000))
    path.write_bytes(f"time,id,name,value\n{rows}2026-07-15 09:00:00,s1,嘉定新城监测站,3\n".encode("gb18030"))
    table, _ = csv_file.table_of(path)
    assert table.column("name")[5000].as_py() == "嘉定新城监测站"


def test_western_letters_are_guessed_and_no_chinese(tmp_path):
    path = tmp_path / "west.csv"
    path.write_bytes("time,Größe,Qualität\n2026-07-15 08:00,3.5,gut für Straße\n".encode("cp1252"))
    table, shape = csv_file.table_of(path)
    assert table.column_names == ["time", "Größe", "Qualität"] and "guessed" in shape.notes[0]


def test_an_encoding_that_the_text_is_not_in_says_so(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    for wrong in ("utf-8", "no-such-encoding"):
        with pytest.raises(Trouble, match=wrong):
            csv_file.table_of(path, wrong)
    assert csv_file.table_of(path, "gbk")[0].num_rows == 480


def test_damaged_json_text_is_still_json(tmp_path):
    path = tmp_path / "readings.json"
    path.write_bytes(damaged('[' + ",".join('{"time": "2026-07-15T08:00:00Z", "name": "嘉定新城站", "value": 1}'
                                            for _ in range(40)) + ']', "utf-8"))
    assert json_of(path)[0].num_rows == 40


def test_what_is_no_text_has_no_encoding(tmp_path):
    path = tmp_path / "bytes.csv"
    path.write_bytes(bytes(range(256)) * 20)
    assert encoding_of(path).codec == ""


@given(st.lists(WORDS, min_size=1, max_size=40), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_comes_back_whole(words, encoding):
    text = "\n".join(words)
    assert decoded(text.encode(encoding)) == (text, Encoded(encoding))


@given(st.lists(WORDS, min_size=40, max_size=80), st.floats(0.0, 1.0), st.sampled_from(["utf-8", "gb18030"]))
def test_a_broken_byte_does_not_change_the_encoding(words, at, encoding):
    data = bytearray("\n".join(words).encode(encoding))
    data[int(at * (len(data) - 1))] = 0xFF
    assert judged(lambda: (bytes(data[:50]), bytes(data[50:]))).codec == encoding
