"""Tables of many shapes into a store: every row kept, missing, a duplicate, or rejected with its reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bim.test_unpack import deflated64
from tests.twin.history.made_imports import SHANGHAI, said, sums
from twin import times
from twin.history import staging, streams
from twin.history.importing import bring, together
from twin.history.plan import Choice, plan_of
from twin.history.store import Store, connection
from twin.history.writer import Writer
from twin.readers import Cancelled, Progress
from twin.trouble import Trouble

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "city.history"


def written(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def ids(folder):
    with Store(folder) as store:
        return [k.stream.id for k in store.look().known]


def test_every_row_of_a_long_table_is_accounted_for(tmp_path, folder):
    path = written(tmp_path, "time,datastream,value\n2026-07-15 06:00:00,a,1.5\n2026-07-15 06:05:00,a,2.5\n"
                             "2026-07-15 06:05:00,a,2.75\n2026-07-15 06:02:00,a,9\n2026-07-15 06:00:00,b,-999\n"
                             "2026-07-15 06:01:00,b,\nnot a time,b,3\n2026-07-15 06:02:00,b,abc\n"
                             "2026-07-15 06:03:00,b\n"
                             "2026-07-15 06:04:00,b,4\n2026-02-30 06:04:00,b,4\n2026-07-15 06:06:00,,4\n")
    report = bring(path, folder, SHANGHAI)
    answer = report.as_json()
    assert set(answer) == {"rows", "kept", "duplicates", "out_of_order", "missing", "rejected", "rejects", "time_zone",
                           "datastreams", "span", "seconds"}
    assert (report.rows, report.kept, report.duplicates, report.missing, report.rejected) == (12, 4, 1, 2, 5)
    assert report.out_of_order == 1 and report.datastreams == 2 and sums(report)
    assert [r.row for r in report.rejects] == [8, 9, 10, 12, 13]                   # as a spreadsheet counts
    assert "no number" in report.rejects[1].reason and "abc" in report.rejects[1].text
    assert answer["span"] == ["2026-07-15T06:00:00+08:00", "2026-07-15T06:05:00+08:00"]
    assert said(folder, "a")[-1] == ("2026-07-15T06:05:00+08:00", 2.75)            # of two the last one counts
    again = bring(path, folder, SHANGHAI)
    assert (again.kept, again.duplicates) == (0, 5) and sums(again)
    assert len(said(folder, "a")) == 3 and not list(folder.parent.glob("*.staging-*"))


ROWS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc"), st.sampled_from(["1.5", "-2", "", "-999", "x"])),
                min_size=1, max_size=40)


@settings(max_examples=12, deadline=None)
@given(rows=ROWS)
def test_the_counts_equal_counting_by_hand(tmp_path_factory, rows):
    tmp_path = tmp_path_factory.mktemp("rows")
    path = written(tmp_path, "time,id,value\n" + "".join(f"2026-07-15 06:{m:02}:00,{s},{v}\n" for m, s, v in rows))
    report = bring(path, tmp_path / "x.history", SHANGHAI)
    good = [(s, m) for m, s, v in rows if v in ("1.5", "-2")]
    last = {(s, m): float(v) for m, s, v in rows if v in ("1.5", "-2")}
    late = sum(any(s == other and m < before for other, before in good[:n]) for n, (s, m) in enumerate(good))
    assert report.kept == len(last) and report.duplicates == len(good) - len(last) and report.out_of_order == late
    assert report.missing == sum(v in ("", "-999") for _, _, v in rows)
    assert report.rejected == sum(v == "x" for _, _, v in rows) and sums(report)
    for stream in {s for s, _ in last}:
        mine = sorted((m, v) for (s, m), v in last.items() if s == stream)
        assert [v for _, v in said(tmp_path / "x.history", stream)] == [v for _, v in mine]


@pytest.mark.parametrize(("stamp", "zone", "instant"), [
    ("2026-07-15 06:41", SHANGHAI, "2026-07-14T22:41:00+00:00"), ("2026-07-15T06:41:00.250Z", SHANGHAI,
                                                                  "2026-07-15T06:41:00.25+00:00"),
    ("2026-07-15T06:41:00+02:00", SHANGHAI, "2026-07-15T04:41:00+00:00"),
    ("2026-07-15T06:41+02:00", SHANGHAI, "2026-07-15T04:41:00+00:00"), ("2026-07-15 06:41Z", SHANGHAI,
                                                                        "2026-07-15T06:41:00+00:00"),
    ("2026-07-15 06:41:00 +0200", SHANGHAI, "2026-07-15T04:41:00+00:00"), ("20260715T064100Z", SHANGHAI,
                                                                           "2026-07-15T06:41:00+00:00"),
    ("20260715T0641+02", SHANGHAI, "2026-07-15T04:41:00+00:00"), ("2026-07-15T06:41:00z", SHANGHAI,
                                                                  "2026-07-15T06:41:00+00:00"),
    ("2026-07-15 06:41 PM", "UTC", "2026-07-15T18:41:00+00:00"), ("2026/7/15 6:41", "UTC", "2026-07-15T06:41:00+00:00"),
    ("15.07.2026 06:41", "UTC", "2026-07-15T06:41:00+00:00"), ("1784097660", SHANGHAI, "2026-07-15T06:41:00+00:00"),
    ("1784097660000", SHANGHAI, "2026-07-15T06:41:00+00:00"), ("202607150641", "UTC", "2026-07-15T06:41:00+00:00"),
    ("2026年7月15日 6时41分", "UTC", "2026-07-15T06:41:00+00:00"), ("2026-07-15", "UTC", "2026-07-15T00:00:00+00:00")])
def test_stamps(tmp_path, folder, stamp, zone, instant):
    report = bring(written(tmp_path, f"time,id,value\n{stamp},A,1\n{stamp},B,2\n"), folder, zone)
    assert report.span_ns == (times.parse(instant),) * 2 and report.rejected == 0


def test_what_the_store_has_with_another_value_is_told(tmp_path, folder):
    """A table read in the wrong zone and then in the right one mixed both, and called the second reading a repeat."""
    path = written(tmp_path, "time,datastream,value\n" + "".join(
        f"2026-07-15 {hour:02}:00:00,a,{hour}.1\n" for hour in range(24)))
    bring(path, folder, SHANGHAI)
    again = bring(path, folder, SHANGHAI)
    assert again.duplicates == 24 and not any("another value" in note for note in again.notes)
    other = bring(path, folder, "UTC")
    assert other.kept == 8 and other.duplicates == 16
    assert any(note.startswith("For 16 of these the store has another value") for note in other.notes)
    assert said(folder, "a")[8][1] == pytest.approx(8.1), "what was there first stays"


def test_an_hour_that_never_was_is_rejected_and_one_that_came_twice_is_its_first(tmp_path, folder):
    path = written(tmp_path, "time,id,value\n2026-03-29 01:30,A,1\n2026-03-29 02:30,A,2\n2026-03-29 03:30,A,3\n"
                             "2026-10-25 02:30,A,4\n2026-10-25 03:30,A,5\n")
    report = bring(path, folder, "Europe/Berlin")
    assert report.rejected == 1 and "does not exist in Europe/Berlin" in report.rejects[0].reason
    assert [t for t, _ in said(folder, "A", "UTC")] == [
        "2026-03-29T00:30:00+00:00", "2026-03-29T01:30:00+00:00", "2026-10-25T00:30:00+00:00",
        "2026-10-25T02:30:00+00:00"]


def test_a_wide_chinese_table_in_gb18030(tmp_path, folder):
    path = written(tmp_path, "时间,温度(℃),湿度(%),备注\n2026-07-15 06:00:00,25.5,80,晴\n"
                             "2026-07-15 06:01:00,25.6,,雨\n", encoding="gb18030")
    report = bring(path, folder, SHANGHAI)
    assert (report.rows, report.kept, report.missing, report.datastreams) == (2, 3, 1, 2)
    assert ids(folder) == ["温度", "湿度"] and said(folder, "湿度") == [("2026-07-15T06:00:00+08:00", 80.0)]


def test_decimal_commas_dates_beside_clocks_and_a_choice_of_columns(tmp_path, folder):
    path = written(tmp_path, "Datum;Uhr;Pegel;Wert\n2026-07-15;06:00;P1;1,25\n2026-07-15;06:10;P1;1,5\n")
    report = bring(path, folder, "Europe/Berlin", Choice(roles={"time": "Datum", "clock": "Uhr", "id": "Pegel",
                                                                "value": "Wert"}, units={"Wert": "m"}))
    assert report.kept == 2 and said(folder, "P1", "Europe/Berlin") == [("2026-07-15T06:00:00+02:00", 1.25),
                                                                         ("2026-07-15T06:10:00+02:00", 1.5)]
    with Store(folder) as store:
        assert store.look().known[0].stream.unit == "m"
    with pytest.raises(Trouble, match="no column Nichts"):
        plan_of(path, SHANGHAI, Choice(roles={"time": "Nichts"}))


def test_a_datastream_keeps_its_unit(tmp_path, folder):
    bring(written(tmp_path, "time,id,value,unit\n2026-07-15 06:00,A,20,degC\n", "a.csv"), folder, SHANGHAI)
    report = bring(written(tmp_path, "time,id,value,unit\n2026-07-15 07:00,A,77,[degF]\n", "b.csv"), folder, SHANGHAI)
    assert any("converted" in note for note in report.notes)
    assert [round(v, 6) for _, v in said(folder, "A")] == [20.0, 25.0]


def test_parquet_with_zoned_stamps_and_integers_for_ids(tmp_path, folder):
    stamps = [times.parse("2026-07-15T00:00:00+08:00") + k * times.MINUTE for k in (0, 1, 1)]
    pq.write_table(pa.table({"time": pa.array(stamps, pa.timestamp("ns", "UTC")), "sensor_id": [101, 101, 102],
                             "value": pa.array([1.0, float("nan"), 3.0])}), tmp_path / "r.parquet")
    report = bring(tmp_path / "r.parquet", folder, "UTC")
    assert (report.rows, report.kept, report.missing) == (3, 2, 1) and ids(folder) == ["101", "102"]
    assert said(folder, "102") == [("2026-07-15T00:01:00+08:00", 3.0)]


def test_places_come_from_the_rows_or_from_the_list_beside(tmp_path, folder):
    bring(written(tmp_path, "time,id,value,lon,lat\n2026-07-15 06:00,A,1,121.25,31.35\n"
                            "2026-07-15 06:00,V,1,121.2,31.3\n2026-07-15 06:01,V,1,121.3,31.3\n", "a.csv"),
          folder, SHANGHAI)
    written(tmp_path, "station,name_zh,lon,lat,z,zone\nS1,一号,121.25,31.35,2.5,lake\n", "b.sensors.csv")
    bring(written(tmp_path, "time,station,PM2.5,NO2\n2026-07-15 06:00,S1,1,2\n", "b.csv"), folder, SHANGHAI)
    with Store(folder) as store:
        known = {k.stream.id: k.stream for k in store.look().known}
    assert (known["A"].x, known["A"].y, known["A"].crs) == (121.25, 31.35, "EPSG:4326")
    assert known["V"].moving and known["V"].x is None
    assert known["S1/NO2"].x == 121.25 and known["S1/NO2"].height_m == 2.5 and known["S1/NO2"].zone == "lake"
    assert known["S1/NO2"].property == "NO2" and known["S1/NO2"].id != known["S1/PM2.5"].id


def test_the_same_readings_beside_in_another_format_are_no_list_of_places(tmp_path, folder, monkeypatch):
    """They were read as one, a Python object a row: ten million took minutes."""
    stamp = pa.array([times.parse("2026-07-15T06:00:00+08:00")], pa.timestamp("ns", "UTC"))
    for name, columns in (("long", {"id": ["A"], "value": [1.0]}), ("wide", {"PM2.5": [1.0]})):
        pq.write_table(pa.table({"time": stamp, **columns}), tmp_path / f"{name}.parquet")
    written(tmp_path, "time,id,value\n2026-07-15 06:00,A,1\n", "long.csv")
    written(tmp_path, "time,PM2.5\n2026-07-15 06:00,1\n", "wide.csv")
    monkeypatch.setattr(streams, "listed", None)
    assert bring(tmp_path / "long.parquet", folder, "UTC").kept == bring(tmp_path / "wide.parquet", folder, "UTC").kept
    monkeypatch.undo()
    pq.write_table(pa.table({"time": stamp, "id": ["B"], "value": [1.0]}), tmp_path / "b.parquet")
    written(tmp_path, "id,lon,lat,installed,height_m\nB,121.25,31.35,2026-01-02,3.5\n", "b.csv")
    bring(tmp_path / "b.parquet", folder, "UTC")
    with Store(folder) as store:
        assert {k.stream.id: k.stream.x for k in store.look().known} == {"A": None, "PM2.5": None, "B": 121.25}


def test_a_list_of_places_gives_the_sensors_of_the_store_theirs(tmp_path, folder):
    bring(written(tmp_path, "time,station,PM2.5,NO2\n2026-07-15 06:00,S1,1,2\n", "b.csv"), folder, SHANGHAI)
    report = bring(written(tmp_path, "station,lon,lat\nS1,121.25,31.35\n", "places.csv"), folder, SHANGHAI)
    assert (report.rows, report.kept, report.rejected, report.datastreams) == (1, 1, 0, 2) and sums(report)
    with Store(folder) as store:
        assert {(k.stream.x, k.stream.crs) for k in store.look().known} == {(121.25, "EPSG:4326")}


def test_a_table_without_times_says_what_it_lacks(tmp_path, folder):
    with pytest.raises(Trouble, match=r"no readings with a time.*task, cost"):
        bring(written(tmp_path, "task,cost\ndig,3\nfill,4\n"), folder, SHANGHAI)
    assert not folder.exists()


def test_a_cancelled_import_leaves_nothing(tmp_path, folder):
    class Cancel(Progress):
        def __call__(self, done, total=1.0, text=""):
            if text.startswith("Writing"):
                raise Cancelled
    path = written(tmp_path, "time,id,value\n2026-07-15 06:00,A,1\n")
    with pytest.raises(Cancelled):
        bring(path, folder, SHANGHAI, progress=Cancel())
    assert not folder.exists()
    bring(path, folder, SHANGHAI)
    other = written(tmp_path, "time,id,value\n2026-07-16 06:00,B,1\n", "other.csv")
    with pytest.raises(Cancelled):
        bring(other, folder, SHANGHAI, progress=Cancel())
    assert ids(folder) == ["A"] and not list(folder.parent.glob("*.staging-*"))
    assert len(list(folder.glob("observations/*.parquet"))) == 1


def test_a_killed_import_leaves_nothing_once_the_next_writer_comes(tmp_path, folder):
    bring(written(tmp_path, "time,id,value\n2026-07-15 06:00,A,1\n"), folder, SHANGHAI)
    other = written(tmp_path, "time,id,value\n2026-07-16 06:00,B,1\n", "other.csv")
    script = ("import os, sys; from pathlib import Path; from twin.history import sealed, importing\n"
              "sealed.Sealed.commit = lambda *a, **k: os.kill(os.getpid(), 9)\n"
              "importing.bring(Path(sys.argv[1]), Path(sys.argv[2]), 'UTC')")
    done = subprocess.run([sys.executable, "-c", script, str(other), str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -9 and ids(folder) == ["A"]
    report = bring(other, folder, SHANGHAI)
    assert any("undone" in n for n in report.notes)
    assert report.kept == 1 and ids(folder) == ["A", "B"] and not list(folder.parent.glob("*.staging-*"))


def test_what_a_killed_import_spilled_is_removed_by_the_next_writer(tmp_path, folder):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, os.getpid()):
        (tmp_path / f"city.history.staging-{pid}").mkdir()
    with Writer(folder) as writer:
        assert "1 leftover " in writer.repaired[0]
    assert [p.name for p in tmp_path.glob("*.staging-*")] == [f"city.history.staging-{os.getpid()}"]


def test_the_order_of_the_file_is_kept_by_the_database(tmp_path):
    """A plan with a join in it would shuffle the rows of a large file, and with them what counts as the last."""
    path = written(tmp_path, "time,id,value,quality\n2026-07-15 06:00,A,1,ok\n")
    plan = plan_of(path, SHANGHAI)
    with connection() as con:
        seen = []
        staging.load(con, plan, tmp_path, lambda sql: (seen.append(con.execute("EXPLAIN " + sql).fetchone()[1]),
                                                       con.execute(sql)))
    assert "BATCH_CREATE_TABLE_AS" in seen[0]


@pytest.mark.parametrize(("header", "stamps", "counts", "last"), [
    ("time", ["0", "30", "90"], "", 90), ("elapsed_ms", ["0", "30000", "90000"], "", 90),
    ("time (min)", ["0", "1", "1.5"], "", 90), ("time", ["0", "0.5", "1.5"], "min", 90),
    ("time", ["1970-01-01 00:00:00", "1970-01-01 00:00:30", "1970-01-01T00:01:30"], "", 90),
    ("seconds", ["0", "30", "90"], "", 90)])
def test_times_that_count_from_a_start_are_never_put_into_1970(tmp_path, header, stamps, counts, last):
    path, folder = tmp_path / "run.csv", tmp_path / "x.history"
    path.write_text(f"{header},sensor,value\n" + "".join(f"{s},A,{n}\n" for n, s in enumerate(stamps)))
    with pytest.raises(Trouble, match="--start"):
        bring(path, folder, "Asia/Shanghai", Choice(counts=counts))
    assert not folder.exists()
    report = bring(path, folder, "Asia/Shanghai", Choice(counts=counts, start="2026-07-15T08:00"))
    start = times.parse("2026-07-15T08:00")
    assert report.span_ns == (start, start + last * times.SECOND) and report.kept == 3
    dated = path.rename(tmp_path / "20181024_d1_0830_0900.csv")
    named = bring(dated, tmp_path / "y.history", "Asia/Shanghai", Choice(counts=counts))
    assert named.span_ns[0] == times.parse("2018-10-24T08:30")


def test_instants_of_their_own_take_no_start(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("time,sensor,value\n2026-07-15 08:00,A,1\n2026-07-15 09:00,A,2\n")
    report = bring(path, tmp_path / "x.history", "Asia/Shanghai", Choice(start="2018-01-01"))
    assert report.span_ns[0] == times.parse("2026-07-15T08:00") and any("not used" in n for n in report.notes)


def test_blanks_around_stamps_and_values_are_no_reason_to_reject(tmp_path):
    path = tmp_path / "blanks.csv"
    path.write_text("time,sensor,value\n 2026-07-15 08:00 , A , 1.5 \n2026-07-15 09:00:00,A,2\n"
                    "  2026-07-15 10:00,A,3\n")
    report = bring(path, tmp_path / "x.history", "Asia/Shanghai")
    assert (report.rows, report.kept, report.rejected) == (3, 3, 0)
    assert report.span_ns == (times.parse("2026-07-15T08:00"), times.parse("2026-07-15T10:00"))


def test_a_zip_that_windows_made_of_large_files_is_read(tmp_path):
    table = b"time,sensor,value\n" + b"".join(b"2026-07-15 %02d:00,A,%d\n" % (h, h) for h in range(24))
    report = bring(deflated64(tmp_path / "a.zip", table, b"a.csv"), tmp_path / "x.history", "Asia/Shanghai")
    assert (report.rows, report.kept) == (24, 24)


def test_files_of_one_sensor_count_one_datastream(tmp_path, folder):
    tables = {"a.csv": "2026-07-15 06:00,A,1\n", "b.csv": "2026-07-16 06:00,A,2\n2026-07-16 06:00,B,3\n"}
    reports = [bring(written(tmp_path, "time,id,value\n" + rows, name), folder, SHANGHAI)
               for name, rows in tables.items()]
    whole = together(reports)
    assert (whole.rows, whole.kept, whole.datastreams) == (3, 3, 2) and [r.datastreams for r in reports] == [1, 2]


def test_coordinates_with_decimal_commas_are_places(tmp_path):
    (tmp_path / "g.csv").write_text("采集时间;监测点;噪声(dB);经度;纬度\n2026/07/14 00:00;一号;50,7;121,24;31,34\n"
                                    "2026/07/14 00:05;一号;51,7;121,24;31,34\n", encoding="gb18030")
    bring(tmp_path / "g.csv", tmp_path / "g.history", "Asia/Shanghai")
    with Store(tmp_path / "g.history") as store:
        known, = store.look().known
    assert (known.stream.x, known.stream.y) == (121.24, 31.34)


def test_rows_with_more_columns_than_the_header_or_a_stray_quotation_mark_are_rejected(tmp_path, folder):
    """12,5 in a table with commas was kept as 12, and what stood behind it dropped without a word."""
    path = written(tmp_path, 'time,id,value\n2026-07-15 06:00,A,1\n2026-07-15 06:01,A,12,5\n2026-07-15 06:02,A,3,\n'
                             '2026-07-15 06:03,"A"b,4\n2026-07-15 06:04,A,5\n')
    report = bring(path, folder, SHANGHAI)
    assert (report.rows, report.kept, report.rejected) == (5, 3, 2), "an empty column too many says nothing"
    assert [(r.row, r.reason) for r in report.rejects] == [(3, "the row has another number of columns"),
                                                           (5, "a quotation mark stands where none may be")]
