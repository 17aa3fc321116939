"""Workbooks and JSON in their dialects, into a store."""

from __future__ import annotations

import json
import zipfile

import pytest

from twin import times
from twin.frame import Frame
from twin.history import csv_file, store_reader, vehicle_store
from twin.history.importing import bring
from twin.history.plan import Choice, plan_of
from twin.history.preview import preview_in_worker
from twin.history.store import Store
from twin.layer import Source
from twin.readers import Progress, Request
from twin.trouble import Trouble

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def said(folder, id, zone="Asia/Shanghai"):
    with Store(folder) as store:
        instants, values, quality = store.series(id)
    return list(zip([times.iso(t, zone) for t in instants.tolist()], values.tolist(), quality.tolist()))


def known(folder):
    with Store(folder) as store:
        return {k.stream.id: k.stream for k in store.look().known}


def workbook(path, sheets):
    """A workbook of rows of texts and numbers; a number with a trailing "d" is a date."""
    def cell(value):
        if isinstance(value, str) and not value.endswith("d"):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c s="1"><v>{value[:-1]}</v></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    names = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="rId{n}" Type="{REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                    for n, _ in enumerate(sheets, 1))
    parts = {"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
             "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             f'<Relationship Id="r" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
             "xl/workbook.xml": f'<workbook {main} xmlns:r="{REL}"><sheets>{names}</sheets></workbook>',
             "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
             f'relationships">{links}<Relationship Id="rId99" Type="{REL}/styles" Target="styles.xml"/>'
             '</Relationships>',
             "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
             '</styleSheet>'}
    for n, rows in enumerate(sheets.values(), 1):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{n}.xml"] = SHEET.format(body)
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)


def test_a_workbook_called_csv(tmp_path):
    path, folder = tmp_path / "taxi.csv", tmp_path / "x.history"
    workbook(path, {"About": [["made", "by"], ["hand", "x"]],
                    "Data": [["A title above the table"], ["time", "sensor", "value"], ["46218.25d", 101, 1.5],
                             ["46218.5d", 101, "broken"], ["46218.75d", 102, -999], ["46219d", 102, 4]]})
    report = bring(path, folder, "Asia/Shanghai")
    assert (report.rows, report.kept, report.missing, report.rejected) == (4, 2, 1, 1)
    assert report.rejects[0].row == 4 and "broken" in report.rejects[0].text
    assert said(folder, "101") == [("2026-07-15T06:00:00+08:00", 1.5, 0)]
    assert any("sheet Data" in n for n in report.notes)
    info, = csv_file.inspect(path, Source(path=str(path)))              # and as a layer of its own
    assert (info.kind, info.format, info.count) == ("sensors", "Workbook", 2)
    plan = plan_of(path, "UTC")
    assert plan.sheets == ("About", "Data") and plan.label == "Workbook"
    with pytest.raises(Trouble, match=r"no sheet Nope.*About, Data"):
        plan_of(path, "UTC", Choice(sheet="Nope"))
    with pytest.raises(Trouble, match="no readings with a time"):
        plan_of(path, "UTC", Choice(sheet="About"))


def test_a_broken_workbook(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(Trouble, match="could not be read"):
        bring(tmp_path / "b.xlsx", tmp_path / "x.history", "UTC")


SENSORTHINGS = {"value": [{
    "@iot.id": 7, "name": "roof temperature", "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C"},
    "ObservedProperty": {"name": "Air temperature"},
    "Thing": {"name": "roof", "Locations": [{"location": {"type": "Point", "coordinates": [121.25, 31.35]}}]},
    "Observations": [
        {"phenomenonTime": "2026-07-15T06:00:00+08:00", "result": 20.5},
        {"phenomenonTime": "2026-07-15T06:05:00+08:00/2026-07-15T06:10:00+08:00", "result": 21, "resultQuality": "bad"},
        {"phenomenonTime": "2026-07-15T06:15:00Z", "result": None}]}]}


def test_a_sensorthings_dump(tmp_path):
    path, folder = tmp_path / "dump.json", tmp_path / "x.history"
    path.write_text(json.dumps(SENSORTHINGS))
    report = bring(path, folder, "UTC")
    assert (report.rows, report.kept, report.missing) == (3, 2, 1)
    assert said(folder, "roof temperature") == [("2026-07-15T06:00:00+08:00", 20.5, 0),
                                                ("2026-07-15T06:10:00+08:00", 21.0, 1)]
    stream = known(folder)["roof temperature"]
    assert (stream.unit, stream.property, stream.x, stream.crs) == ("°C", "Air temperature", 121.25, "EPSG:4326")


def test_observations_with_their_datastreams_and_data_arrays(tmp_path):
    flat = [{"phenomenonTime": "2026-07-15T00:00:00Z", "result": 1, "Datastream": {"name": "a"}}]
    arrays = {"value": [{"Datastream": {"name": "b"}, "components": ["phenomenonTime", "result"],
                         "dataArray": [["2026-07-15T00:00:00Z", 2], ["2026-07-15T00:01:00Z", 3]]}]}
    folder = tmp_path / "x.history"
    for name, content in (("flat", {"value": flat}), ("arrays", arrays)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
        assert bring(tmp_path / f"{name}.json", folder, "UTC").rejected == 0
    assert len(said(folder, "a")) == 1 and len(said(folder, "b")) == 2


@pytest.mark.parametrize("content", [
    [{"time": "2026-07-15 06:00", "sensor": "a", "value": 1.5}, {"time": "2026-07-15 06:01", "sensor": "a",
                                                                 "value": 2}],
    {"readings": [{"ts": 1784066400, "device": {"id": "a"}, "value": 1.5}, {"ts": 1784066460, "device": {"id": "a"},
                                                                         "value": 2.0}]},
    {"time": ["2026-07-15 06:00", "2026-07-15 06:01"], "sensor": ["a", "a"], "value": [1.5, 2]},
    [[{"time": "2026-07-15 06:00", "sensor": "a", "value": 1.5}], [{"time": "2026-07-15 06:01", "sensor": "a",
                                                                  "value": 2}]]])
def test_records_columns_and_batches(tmp_path, content):
    (tmp_path / "r.json").write_text(json.dumps(content))
    folder = tmp_path / "x.history"
    assert bring(tmp_path / "r.json", folder, "Asia/Shanghai").kept == 2
    assert [v for _, v, _ in said(folder, "a")] == [1.5, 2.0]
    assert said(folder, "a")[0][0] == "2026-07-15T06:00:00+08:00"


def test_lines_of_json_and_ngsi_ld(tmp_path):
    folder = tmp_path / "x.history"
    (tmp_path / "lines.json").write_text('{"time": "2026-07-15T06:00:00Z", "id": "a", "value": 1}\n'
                                         '{"time": "2026-07-15T06:01:00Z", "id": "a", "value": 2}\n')
    assert bring(tmp_path / "lines.json", folder, "UTC").kept == 2
    entity = {"id": "urn:ngsi-ld:AirQualityObserved:1", "type": "AirQualityObserved",
              "pm25": {"type": "Property", "value": 12.5, "unitCode": "GQ", "observedAt": "2026-07-15T06:00:00Z"},
              "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [121.25, 31.35]}}}
    (tmp_path / "entities.json").write_text(json.dumps([entity]))
    assert bring(tmp_path / "entities.json", folder, "UTC").kept == 1
    stream = known(folder)["urn:ngsi-ld:AirQualityObserved:1/pm25"]
    assert stream.property == "pm25" and stream.x == 121.25


def test_cut_json_and_json_without_readings(tmp_path):
    (tmp_path / "cut.json").write_text('[{"time": "2026-07')
    (tmp_path / "empty.json").write_text('{"value": []}')
    with pytest.raises(Trouble, match="damaged or cut off"):
        bring(tmp_path / "cut.json", tmp_path / "x.history", "UTC")
    with pytest.raises(Trouble, match="holds no readings"):
        bring(tmp_path / "empty.json", tmp_path / "x.history", "UTC")


AIR = "urn:ngsi-ld:AirQualityObserved:1"
PLACE = {"type": "Point", "coordinates": [121.25, 31.35]}
ONE, TWO = "2026-07-15T06:00:00Z", "2026-07-15T06:05:00Z"
ENTITIES = {
    "key-values": [{"id": AIR, "type": "AirQualityObserved", "dateObserved": ONE, "pm25": 12.5, "status": "working",
                    "location": PLACE},
                   {"id": AIR, "type": "AirQualityObserved", "dateObserved": TWO, "pm25": 13.5, "location": PLACE}],
    "concise": [{"id": AIR, "type": "AirQualityObserved", "pm25": {"value": v, "observedAt": t},
                 "location": {"value": PLACE}} for v, t in ((12.5, ONE), (13.5, TWO))],
    "temporal": {"id": AIR, "type": "AirQualityObserved", "pm25": [
        {"type": "Property", "value": 12.5, "observedAt": ONE, "unitCode": "GQ"},
        {"type": "Property", "value": 13.5, "observedAt": TWO, "unitCode": "GQ"}],
        "location": {"type": "GeoProperty", "value": PLACE}},
    "temporal values": [{"id": AIR, "type": "AirQualityObserved",
                         "pm25": {"type": "Property", "values": [[12.5, ONE], [13.5, TWO]]},
                         "location": {"type": "GeoProperty", "value": PLACE}}],
    "v2": [{"id": AIR, "type": "AirQualityObserved", "location": {"type": "geo:json", "value": PLACE},
            "pm25": {"type": "Number", "value": v, "metadata": {"TimeInstant": {"type": "DateTime", "value": t}}}}
           for v, t in ((12.5, ONE), (13.5, TWO))],
}


@pytest.mark.parametrize("form", ENTITIES)
def test_entities_of_ngsi_ld_in_every_form(tmp_path, form):
    (tmp_path / "e.json").write_text(json.dumps(ENTITIES[form]))
    assert bring(tmp_path / "e.json", tmp_path / "x.history", "UTC").kept == 2
    stream = known(tmp_path / "x.history")[f"{AIR}/pm25"]
    assert (stream.x, stream.property, stream.unit) == (121.25, "pm25", "µg/m³" if form == "temporal" else "")
    assert said(tmp_path / "x.history", stream.id, "UTC") == [("2026-07-15T06:00:00+00:00", 12.5, 0),
                                                              ("2026-07-15T06:05:00+00:00", 13.5, 0)]


def test_a_dump_of_linked_entity_sets(tmp_path):
    dump = {"Things": [{"@iot.id": 1, "name": "roof", "Locations": [{"location": PLACE}]}],
            "ObservedProperties": [{"@iot.id": 3, "name": "Air temperature"}],
            "Datastreams": [{"@iot.id": 7, "name": "roof temperature", "unitOfMeasurement": {"symbol": "Cel"},
                             "Thing": {"@iot.id": 1}, "ObservedProperty": {"@iot.id": 3}}],
            "Observations": [{"phenomenonTime": ONE, "result": 20.5, "Datastream": {"@iot.id": 7}},
                             {"phenomenonTime": TWO, "result": 21.5,
                              "Datastream@iot.navigationLink": "https://x/v1.1/Datastreams(7)"}]}
    (tmp_path / "d.json").write_text(json.dumps(dump))
    assert bring(tmp_path / "d.json", tmp_path / "x.history", "UTC").kept == 2
    stream = known(tmp_path / "x.history")["roof temperature"]
    assert (stream.property, stream.x) == ("Air temperature", 121.25)


def test_a_zip_of_several_tables_is_brought_whole(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("north/a.csv", "time,sensor,value\n2026-07-15 06:00,a,1\n2026-07-15 06:05,a,-999\n")
        file.writestr("b.json", json.dumps([{"time": ONE, "sensor": "b", "value": 2}]))
        file.writestr("readme.txt", "Nothing of a table here.")
        file.writestr("__MACOSX/a.csv", "x")
    report = bring(tmp_path / "export.zip", tmp_path / "x.history", "Asia/Shanghai")
    assert (report.rows, report.kept, report.missing) == (3, 2, 1) and set(known(tmp_path / "x.history")) == {"a", "b"}
    assert any("readme.txt" in note for note in report.notes)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["export.zip", "x.history"]
    shown = preview_in_worker(str(tmp_path / "export.zip"), "Asia/Shanghai", Choice(), "", Progress())
    assert shown.sheets == ("north/a.csv", "b.json", "readme.txt") and shown.label == "Zip · CSV"
    one = bring(tmp_path / "export.zip", tmp_path / "y.history", "Asia/Shanghai", Choice(sheet="b.json"))
    assert one.rows == 1 and set(known(tmp_path / "y.history")) == {"b"}


def test_a_bomb_and_a_damaged_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.csv", b"0" * 20_000_000)
    with pytest.raises(Trouble, match="too large"):
        bring(tmp_path / "bomb.zip", tmp_path / "x.history", "UTC")
    assert not (tmp_path / "x.history").exists() and len(list(tmp_path.iterdir())) == 1


def test_traces_are_brought_as_moving_things_and_drive_again(tmp_path):
    rows = [f"A,2026-07-15T07:30:{5 * k:02d}+08:00,{121.25 + k * 1e-3:.4f},31.35,36" for k in range(5)]
    (tmp_path / "t.csv").write_text("\n".join(["vehicle_id,time,lon,lat,speed_kmh", *rows]))
    folder = tmp_path / "x.history"
    shown = preview_in_worker(str(tmp_path / "t.csv"), "Asia/Shanghai", Choice(), "", Progress())
    assert len(shown.places) == 5 and shown.places[1] == (121.251, 31.35)         # its way on the map
    report = bring(tmp_path / "t.csv", folder, "Asia/Shanghai")
    assert (report.rows, report.kept, report.rejected) == (5, 15, 0)
    assert said(folder, "A/lon")[1][1] == 121.251
    info, = vehicle_store.inspect(folder, Source(path=str(folder)))
    assert (info.kind, info.count, info.place) == ("vehicles", 1, (121.252, 31.35))
    assert store_reader.inspect(folder, Source(path=str(folder)))[0].extra["properties"] == []
    (tmp_path / "m.csv").write_text("\n".join(["vehicle_id,time,lon,lat,pm25", *rows]))        # it measures, too
    bring(tmp_path / "m.csv", tmp_path / "m.history", "Asia/Shanghai")
    assert store_reader.inspect(tmp_path / "m.history", Source(path=""))[0].extra["properties"] == ["pm25"]
    tracks = vehicle_store.read(Request(source=Source(path=str(folder), reader="track-store"), kind="vehicles",
                                        frame=Frame()), Progress())
    history = tracks.history
    assert tracks.features.column("name").to_pylist() == ["A"] and history.speed_kmh.tolist() == [36.0] * 5
    here = Frame().to_local(121.2515, 31.35, crs="EPSG:4326")[0, :2]
    halfway = history.at(int(history.times_ns[1] + 2.5e9), 10 ** 11, 10 ** 12).places[0, :2]
    assert halfway == pytest.approx(here, abs=0.05)


def test_traces_of_a_web_map_are_put_right_when_somebody_says_so(tmp_path):
    rows = [f"A,2026-07-15T07:30:{5 * k:02d}+08:00,{121.25443591 + k * 1e-3:.8f},31.34802550,36" for k in range(5)]
    (tmp_path / "t.csv").write_text("\n".join(["vehicle_id,time,lon,lat,speed_kmh", *rows]))
    bring(tmp_path / "t.csv", tmp_path / "x.history", "Asia/Shanghai", Choice(crs="GCJ-02"))
    source = Source(path=str(tmp_path / "x.history"), reader="track-store")
    tracks = vehicle_store.read(Request(source=source, kind="vehicles", frame=Frame()), Progress())
    there = Frame().to_local(121.25, 31.35, crs="EPSG:4326")[0, :2]
    assert tracks.crs == "GCJ-02" and tracks.history.positions[0, :2] == pytest.approx(there, abs=0.05)


def test_a_workbook_of_texts_with_decimal_commas(tmp_path):
    rows = [[f"2026-07-14 00:0{n}:00", "W1", "-999" if n == 3 else f"5{n},5", "121,245", "31,340"] for n in range(9)]
    workbook(tmp_path / "t.csv", {"S": [["采集时间", "监测点", "噪声(dB)", "经度", "纬度"], *rows]})
    report = bring(tmp_path / "t.csv", tmp_path / "x.history", "Asia/Shanghai")
    assert (report.kept, report.missing, report.rejected) == (8, 1, 0)
    assert any("decimal commas" in note for note in report.notes)
    stream = known(tmp_path / "x.history")["W1/噪声"]
    assert (stream.x, stream.y, stream.unit) == (121.245, 31.34, "dB")
    with Store(tmp_path / "x.history") as store:
        assert store.series("W1/噪声")[1][:2].tolist() == [50.5, 51.5]


def test_thousands_of_a_workbook_are_no_decimals(tmp_path):
    rows = [[f"2026-07-14 00:0{n}:00", "W1", f"{n + 1},200"] for n in range(9)]
    workbook(tmp_path / "t.xlsx", {"S": [["time", "station", "people"], *rows]})
    with pytest.raises(Trouble):
        bring(tmp_path / "t.xlsx", tmp_path / "x.history", "Asia/Shanghai")


def test_a_workbook_whose_numbers_are_texts(tmp_path):
    workbook(tmp_path / "t.xlsx", {"S": [["time", "station", "level (m)", "lon", "lat"],
                                         ["46218.25d", "W1", "3.5", "121.25", "31.35"],
                                         ["46218.5d", "W1", "broken", "121.25", "31.35"],
                                         *(["46218.75d", f"W{n}", "3.7", "121.25", "31.35"] for n in range(8))]})
    report = bring(tmp_path / "t.xlsx", tmp_path / "x.history", "Asia/Shanghai")
    assert (report.kept, report.rejected, report.rejects[0].row) == (9, 1, 3)
    assert known(tmp_path / "x.history")["W1/level"].x == 121.25


def test_daily_values_are_of_the_day_at_their_site(tmp_path):
    """WaterML of daily values has stamps without a zone, and says the site's once; they were read in the project's."""
    path = tmp_path / "dv.json"
    path.write_text(json.dumps({"value": {"timeSeries": [{
        "sourceInfo": {"siteCode": [{"value": "1"}], "siteName": "Creek",
                       "timeZoneInfo": {"defaultTimeZone": {"zoneOffset": "-05:00"}}},
        "variable": {"variableCode": [{"value": "00060"}], "variableName": "Streamflow"},
        "values": [{"value": [{"value": "1.5", "dateTime": "2019-02-14T00:00:00.000"},
                              {"value": "2.5", "dateTime": "2019-02-15T12:00:00.000-05:00"}]}]}]}}))
    report = bring(path, tmp_path / "a.history", "Asia/Shanghai")
    assert report.kept == 2 and not any("no zone" in note for note in report.notes)
    with Store(tmp_path / "a.history") as store:
        id, = (k.stream.id for k in store.look().known)
        assert [times.iso(t, "UTC") for t in store.series(id)[0].tolist()] == [
            "2019-02-14T05:00:00+00:00", "2019-02-15T17:00:00+00:00"]


def test_a_header_alone_and_an_open_quotation_mark_are_said(tmp_path):
    empty, torn = tmp_path / "empty.csv", tmp_path / "torn.csv"
    empty.write_text("time,id,value\n")
    assert bring(empty, tmp_path / "a.history", "UTC").notes[-1] == "The table has a header and no rows."
    torn.write_text('time,id,value\n2026-03-01 13:00,A,4\n2026-03-01 12:00,A,3,x,y\n2026-03-01 13:00\n'
                    '"2026-03-01 14:00,A,5\n')
    with pytest.raises(Trouble, match="never closed"):
        bring(torn, tmp_path / "a.history", "UTC")
