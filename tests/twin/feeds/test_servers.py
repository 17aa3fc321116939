"""Servers that are asked: SensorThings with pages at every level, JSON by a mapping, GTFS-realtime."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.trial_words import trial_words
from tests.twin.feeds.broker import until
from tests.twin.feeds.test_recorder import run_until, stored
from twin import times
from twin.feeds.feed import Feed, Mapping
from twin.feeds.gtfs_rt import positions
from twin.feeds.polling import Polling
from twin.feeds.recorder import Recorder
from twin.feeds.sensorthings import SensorThings, pages
from twin.feeds.tally import Tally
from twin.feeds.trial import try_feed
from twin.history.store import Store

NOON = times.parse("2026-07-15T12:00:00Z")


@pytest.fixture
def serve():
    """serve(answers): the address of a server. `answers(path, query)` gives a body, or a number for a status."""
    servers = []

    def start(answers) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                body = answers(parts.path, parse_qs(unquote(parts.query)))
                self.send_response(body if isinstance(body, int) else 200)
                self.end_headers()
                if not isinstance(body, int):
                    self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *_):
                """Quiet."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"
    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path / "p.history", tmp_path / "p.twin.json", "Asia/Shanghai")
    yield recorder
    recorder.close()


class Things:
    """A small SensorThings server: pages of two, things' locations on a page of their own."""

    def __init__(self, observations: list[dict]):
        self.observations, self.asked = observations, []

    def __call__(self, path: str, query: dict):
        self.asked.append((path, query))
        at = int(query.get("$skip", ["0"])[0])
        if path == "/v1.1/Datastreams":
            streams = [self._stream(n) for n in range(3)]
            return {"value": streams[at:at + 2], **({"@iot.nextLink": "Datastreams?$skip=2"} if at == 0 else {})}
        if path.startswith("/v1.1/Things"):
            return {"value": [{"@iot.id": 1, "location": {"type": "Point", "coordinates": [121.3, 31.2]}}]}
        since = query["$filter"][0].rpartition(" ")[2] if "$filter" in query else query["since"][0]
        found = [o for o in self.observations if o["phenomenonTime"] >= since]
        page = {"value": found[at:at + 2]}
        if at + 2 < len(found):
            page["@iot.nextLink"] = f"/v1.1/Observations?since={since}&$skip={at + 2}"
        return page

    def _stream(self, n: int) -> dict:
        return {"@iot.id": n, "name": "noise" if n < 2 else "rain", "unitOfMeasurement": {"symbol": "dB"},
                "ObservedProperty": {"@iot.id": 1, "name": "noise level"},
                "Thing": {"@iot.id": n, "name": f"station {n}", "Locations": [],
                          "Locations@iot.nextLink": f"Things({n})/Locations"}}


def observation(n: int, minute: int, result=1.0) -> dict:
    return {"result": result, "phenomenonTime": f"2026-07-15T11:{minute:02}:00Z", "Datastream": {"@iot.id": n}}


def test_a_sensorthings_server_is_read_page_by_page_and_window_by_window(serve):
    things = Things([observation(n % 3, n) for n in range(7)] + [observation(9, 8), observation(0, 9, "wet")])
    url = serve(things) + "/v1.1"
    import httpx
    now = NOON
    source = SensorThings(Feed(id="f", name="f", kind="sensorthings", url=url), now_ns=lambda: now)

    def get(address: str) -> bytes:
        return httpx.get(address).raise_for_status().content
    first = [readings for _, _, readings in source.ask(get)]
    three = ["station 0/noise", "station 1/noise", "rain"]
    assert [id for r in first for id in r.ids] == [*three, *three, "station 0/noise"]
    told = {s.id: s for r in first for s in r.streams}
    assert told["rain"].property == "noise level" and (told["rain"].x, told["rain"].y) == (121.3, 31.2)
    assert sum(len(r.rejects) for r in first) == 2 and len(first) == 5
    assert things.asked[-5][1]["$filter"] == ["phenomenonTime ge 2026-07-14T12:00:00Z"]
    now += times.MINUTE
    list(source.ask(get))
    assert things.asked[-1][1]["$skip"] == ["8"] and things.asked[-5][1]["$filter"] == [
        "phenomenonTime ge 2026-07-15T11:00:00Z"]


def test_old_pages_of_an_answer_say_nothing_of_the_clock(serve, recorder):
    """A first poll brings a day of readings: that is no clock that is hours behind."""
    ago = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - secs)) for secs in range(36_000, -1, -3_600)]
    things = Things([{"result": 1.0, "phenomenonTime": at, "Datastream": {"@iot.id": 0}} for at in ago])
    recorder.use((Feed(id="f", name="f", kind="sensorthings", url=serve(things) + "/v1.1"),))
    run_until(recorder, lambda: recorder.readings == len(ago))
    assert abs(recorder.tallies["f"].skew_secs) < 600


def test_pages_before_one_that_fails_are_kept(serve, recorder):
    url = serve(lambda path, query: 500 if path == "/2" else {})
    source = Polling(Feed(id="f", name="f", kind="http", url=url), recorder.inbox, Tally(), "", lambda get: (
        (str(n), get(f"{url}/{n}"), None) for n in range(3)))
    source.start()
    assert until(lambda: source.tally.error != "")
    source.stop()
    assert [message.topic for message in recorder.inbox.take(9, 0.0)] == ["0", "1"]


def test_lists_inside_lists_are_completed(serve):
    inner = {"value": [{"@iot.id": 3}], "@iot.nextLink": "more?page=2"}
    outer = {"value": [{"@iot.id": 1, "Thing": {"@iot.id": 5, "Datastreams": [
        {"@iot.id": 2, "Observations": [{"@iot.id": 1}], "Observations@iot.nextLink": "more"}]}}]}
    url = serve(lambda path, query: outer if path == "/" else {"value": [{"@iot.id": 4}]} if query else inner)
    import httpx
    entity, = next(pages(lambda address: httpx.get(address).content, url + "/"))[0]
    assert [o["@iot.id"] for o in entity["Thing"]["Datastreams"][0]["Observations"]] == [1, 3, 4]


def test_plain_http_is_polled_by_a_mapping_and_nothing_comes_twice(serve, recorder):
    rounds = []

    def answer(path, query):
        rounds.append(path)
        rows = [{"no": n, "at": "2026-07-15 12:00:00", "pm": n} for n in (1, 2)]
        return 503 if len(rounds) == 1 else {"stations": rows}
    url = serve(answer) + "/air/now"
    mapping = Mapping(form="json", rows="stations", id="{no}", values=("pm",), time="at", property="PM10")
    recorder.use((Feed(id="f", name="f", kind="http", url=url, every_secs=1.0, mapping=mapping),))
    assert until(lambda: recorder.tallies["f"].state == "waiting" and "503" in recorder.tallies["f"].error)
    run_until(recorder, lambda: len(rounds) >= 4)
    assert stored(recorder.folder) == [("1", NOON // 10 ** 9 - 8 * 3600, 1.0), ("2", NOON // 10 ** 9 - 8 * 3600, 2.0)]
    assert recorder.duplicates >= 2 and recorder.tallies["f"].error == ""


def test_gtfs_realtime_vehicles(serve, recorder):
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    message = FeedMessage()
    message.header.gtfs_realtime_version, message.header.timestamp = "2.0", NOON // 10 ** 9
    for n, (lon, lat, when) in enumerate([(121.5, 31.25, 0), (500.0, 31.0, 0), (121.5, 31.25, 1 << 40)]):
        entity = message.entity.add(id=str(n))
        entity.vehicle.vehicle.id = f"bus {n}"
        entity.vehicle.position.longitude, entity.vehicle.position.latitude = lon, lat
        entity.vehicle.timestamp = when
    body = message.SerializeToString()
    recorder.use((Feed(id="f", name="f", kind="gtfs-rt", url=serve(lambda *_: body) + "/vehicles", every_secs=1.0),))
    run_until(recorder, lambda: recorder.readings == 2)
    assert [(id, v) for id, _, v in stored(recorder.folder)] == [("bus 0/latitude", 31.25), ("bus 0/longitude", 121.5)]
    assert recorder.tallies["f"].rejected >= 2
    with Store(recorder.folder) as store:
        assert all(k.stream.moving for k in store.look().known)
    assert positions(b"\xff\xff rubbish", NOON, set()).rejects


@pytest.mark.parametrize("body, wanted", [(b'{"vehicles": []}', "JSON"), (b"<html></html>", "web page"),
                                          (b"", "empty"), (b"\xff\xff rubbish", "no GTFS-realtime")])
def test_what_came_instead_of_a_gtfs_realtime_message_is_said(serve, tmp_path, body, wanted):
    """Trying such a feed said "No message came"."""
    feed = Feed(id="f", name="f", kind="gtfs-rt", url=serve(lambda *_: body))
    words = trial_words(try_feed(feed, tmp_path / "p.twin.json", "UTC", wait_secs=60.0))
    assert wanted in words and "GTFS-realtime" in words
    assert "No message" not in words and body[2:12].decode("utf-8", "replace").strip() in words


def test_a_message_without_vehicles_is_told_from_none(serve, tmp_path):
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    message = FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    body = message.SerializeToString()
    feed = Feed(id="f", name="f", kind="gtfs-rt", url=serve(lambda *_: body))
    assert "no reading in it" in trial_words(try_feed(feed, tmp_path / "p.twin.json", "UTC", wait_secs=60.0))


def test_answers_that_are_no_answers_are_said(serve, recorder):
    url = serve(lambda path, query: b"<html>")
    recorder.use((Feed(id="a", name="a", kind="sensorthings", url=url),
                  Feed(id="b", name="b", kind="http", url="nowhere"), Feed(id="c", name="c", kind="http", url=url)))
    run_until(recorder, lambda: recorder.tallies["a"].error != "" and recorder.tallies["c"].rejected == 1)
    assert "no address" in recorder.tallies["b"].error
