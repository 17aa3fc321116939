"""What payloads mean: by themselves, by a mapping, and when they are rubbish."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from twin import times
from twin.feeds.decoding import Decoder, Readings
from twin.feeds.feed import Mapping
from twin.sensors import SUSPECT

NOON = times.parse("2026-07-15T12:00:00+08:00")


def read(payload, mapping: Mapping | None = None, topic: str = "city/noise/n17") -> Readings:
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Decoder(mapping or Mapping(), "Asia/Shanghai").decode(topic, text, NOON)


def rows(readings: Readings) -> list[tuple[str, float, float]]:
    return [(id, (t - NOON) / times.SECOND, v) for id, t, v in zip(readings.ids, readings.times_ns, readings.values)]


def test_a_plain_number_stands_at_its_arrival():
    found = read(b" 63.5\n")
    assert rows(found) == [("city/noise/n17", 0.0, 63.5)] and found.arrival


def test_one_reading_is_understood_by_its_names():
    found = read({"sensor_id": "a7", "ts": "2026-07-15T11:59:30+08:00", "value": 21.5, "unit": "degC",
                  "property": "air temperature", "lon": 121.5, "lat": 31.2})
    assert rows(found) == [("a7", -30.0, 21.5)]
    told = found.streams[0]
    assert (told.property, told.unit, told.x, told.y, told.crs) == ("air temperature", "°C", 121.5, 31.2, "EPSG:4326")


def test_batches_come_as_a_list_in_a_field_or_in_columns():
    one = {"id": "a", "t": 1784087970, "v": 1.0}
    for payload in ([one, {**one, "id": "b"}], {"readings": [one, {**one, "id": "b"}]},
                    {"id": ["a", "b"], "time": [1784087970000, 1784087970], "value": [1.0, 1.0]}):
        assert rows(read(payload)) == [("a", -30.0, 1.0), ("b", -30.0, 1.0)], payload


def test_a_name_tells_sensors_apart_where_nothing_else_does():
    """Two sensors of one message became one, and the second of two readings of a moment a duplicate."""
    one = {"time": "2026-07-15T11:59:30+08:00", "name": "b1", "value": 5}
    assert rows(read([one, {**one, "name": "b2", "value": 25}])) == [("b1", -30.0, 5.0), ("b2", -30.0, 25.0)]
    assert rows(read({**one, "id": "7"})) == [("7", -30.0, 5.0)], "an id comes first"


def test_columns_of_sensors_that_are_known_are_read_as_those_that_are_not():
    decoder = Decoder(Mapping(), "Asia/Shanghai")
    payload = {"id": ["a", "b", "c"], "time": 1784087970, "value": [1, 2.5, 3]}
    first, second = (decoder.decode("t", json.dumps(payload).encode(), NOON) for _ in range(2))
    assert rows(first) == rows(second) == [("a", -30.0, 1.0), ("b", -30.0, 2.5), ("c", -30.0, 3.0)]
    for bad, good in (([1, None, 3], 2), ([1, "x", 3], 2), ([1, 10 ** 400, 3], 2), ([1, True, 3], 3), ([1, 2], 0)):
        found = decoder.decode("t", json.dumps({**payload, "value": bad}).encode(), NOON)
        assert len(found.ids) == good and bool(found.rejects) == (good < 3), bad
    late = decoder.decode("t", json.dumps({**payload, "time": 1884087970}).encode(), NOON)
    assert not late.ids and len(late.rejects) == 3


CELLS = st.sampled_from([1, 2.5, -3, "4", None, True, 10 ** 400, float("nan"), "x", [1, 2], {}])
TIMES = st.sampled_from([1784087970, 1784087970000, "2026-07-15T03:59:00Z", "gestern", None, 1884087970, True, []])
NAMES = st.sampled_from(["a", "b", "c", " a", 7, "", None, 1.0])
MARKS = st.sampled_from(["ok", "suspect", None, 0, True])
ROW = st.fixed_dictionaries({"id": NAMES, "value": CELLS}, optional={"time": TIMES, "q": MARKS})


@given(st.lists(ROW, min_size=1, max_size=6), st.booleans())
def test_batches_of_known_sensors_are_read_as_reading_by_reading(batch, around):
    mapping = Mapping(form="json", rows="data", values=("value",), time="time", id="{id}", quality="q")
    envelope = {"time": 1784087900} if around else {}

    def told(rows, decoder) -> Readings:
        return decoder.decode("t", json.dumps({**envelope, "data": rows}).encode(), NOON)
    knowing = Decoder(mapping, "Asia/Shanghai")
    told([{"id": id, "time": 1784087900, "value": 1} for id in ("a", "b", "c", "7", "1")], knowing)
    found, parts = told(batch, knowing), [told([row], Decoder(mapping, "Asia/Shanghai")) for row in batch]
    for name in ("ids", "times_ns", "values", "quality", "rejects"):
        assert len(getattr(found, name)) == sum(len(getattr(part, name)) for part in parts)
        if name != "rejects":
            assert getattr(found, name) == [cell for part in parts for cell in getattr(part, name)]


def test_what_a_batch_says_once_holds_for_its_rows():
    found = read({"time": "2026-07-15T03:59:00Z", "device": "d",
                  "data": [{"id": "x", "value": 1}, {"id": "y", "value": 2}]},
                 Mapping(form="json", rows="data", values=("value",), time="time", id="{device}/{id}"))
    assert rows(found) == [("d/x", -60.0, 1.0), ("d/y", -60.0, 2.0)]


def test_several_values_of_a_message_are_several_datastreams():
    found = read({"deviceId": "w1", "time": "2026-07-15 11:59:59", "temperature": 20, "PM2.5": 12})
    assert rows(found) == [("w1/temperature", -1.0, 20.0), ("w1/PM2.5", -1.0, 12.0)]
    assert [s.property for s in found.streams] == ["temperature", "PM2.5"]


def test_sensorthings_observations():
    found = read({"result": 4.5, "phenomenonTime": "2026-07-15T11:00:00+08:00/2026-07-15T11:59:00+08:00",
                  "Datastream": {"@iot.id": 12}}, topic="v1.1/Observations")
    assert rows(found) == [("12", -60.0, 4.5)]
    assert rows(read({"result": 1, "resultTime": "2026-07-15T04:00:00Z"}, topic="v1.1/Datastreams(3)/Observations")) \
        == [("v1.1/Datastreams(3)/Observations", 0.0, 1.0)]


def test_a_mapping_leads_to_the_number_and_the_name():
    mapping = Mapping(form="json", values=("up.payload.level",), time="up.at", time_unit="ms", id="{topic[1]}-{dev.no}",
                      property="water level", unit="m", quality="up.q")
    found = read({"dev": {"no": 7}, "up": {"at": 1784088000000, "q": "suspect", "payload": {"level": "2.25"}}}, mapping)
    assert rows(found) == [("noise-7", 0.0, 2.25)] and found.quality == [SUSPECT]
    assert found.streams[0].property == "water level"


def test_every_kind_of_rubbish_is_a_reject_with_a_reason():
    deep = b"[" * 100_000
    for payload in (b"", b"\xff\xfe\x00", b"{", deep, b"NaN", b"Infinity", b"1e999", b"9" * 5000, {"a": "b"}, [],
                    [1, 2], {"id": "a\x00b", "value": 1}, {"id": "\ud800", "value": 1}, {"id": "x" * 501, "value": 1},
                    {"id": "a", "time": "gestern", "value": 1}, {"id": "a", "time": "2126-01-01", "value": 1},
                    {"id": "a", "time": 1e300, "value": 1}, {"id": "a", "value": "on"}, {"value": 10 ** 400}, None):
        found = read(payload)
        assert not found.ids and len(found.rejects) == 1 and all(found.rejects[0][:1]), payload
        "".join(found.rejects[0]).encode("utf-8")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(
                        ["value", "time", "id", "result", "data", "readings", "lon", "lat"]), inner), max_leaves=20))
def test_no_payload_breaks_it(content):
    found = read(json.dumps(content).encode("utf-8", "replace"))
    assert len(found.ids) == len(found.times_ns) == len(found.values) == len(found.quality)
    assert {s.id for s in found.streams} == set(found.ids)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(payload):
    read(payload)


def test_a_vehicle_says_its_place_again_and_again():
    found = read({"id": "car1", "ts": 1784000000, "lon": 121.25, "lat": 31.35, "speed": 12.5, "heading": 359})
    assert dict(zip(found.ids, found.values)) == {"car1/lon": 121.25, "car1/lat": 31.35, "car1/speed": 12.5,
                                                  "car1/heading": 359.0}
    assert all(stream.x is None and stream.thing == "car1" for stream in found.streams)
    still = read({"id": "a", "ts": 1784000000, "lon": 121.25, "lat": 31.35, "pm25": 12.5})
    assert still.ids == ["a"] and still.streams[0].x == 121.25
