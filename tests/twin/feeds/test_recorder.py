"""Nothing acknowledged is lost and nothing is stored twice, whatever dies: with a real broker and a real recorder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.twin.feeds.broker import Broker, Publisher, free_port, needs_broker, until
from twin.feeds import recording as recording_module
from twin.feeds import status
from twin.feeds.feed import Feed
from twin.feeds.inbox import Inbox, Message
from twin.feeds.mqtt import MqttFeed, asked_for, is_topic
from twin.feeds.recorder import Recorder
from twin.feeds.tally import Tally
from twin.feeds.trial import try_feed
from twin.history.store import Store, store_beside
from twin.history.writer import Writer
from twin.sensors import Datastream

pytestmark = needs_broker
ROOT = Path(__file__).resolve().parents[3]
START = 1_790_000_000


@pytest.fixture
def broker(tmp_path):
    broker = Broker(tmp_path / "broker")
    yield broker
    broker.stop()


@pytest.fixture
def recorder(tmp_path):
    """A recorder whose steps the test makes itself."""
    recorder = Recorder(tmp_path / "p.history", tmp_path / "p.twin.json", "Asia/Shanghai")
    yield recorder
    if recorder.writer:
        recorder.close()


def feed(broker: Broker, **more) -> Feed:
    return Feed(**{"id": "f", "name": "Feed", "url": broker.url, "topics": ("city/#",), **more})


def reading(n: int) -> dict:
    return {"id": f"s{n % 7}", "time": START + n, "value": n}


def stored(folder: Path) -> list[tuple[str, int, float]]:
    """Every reading as the store counts them, repetitions too."""
    with Store(folder) as store:
        look = store.look()
        from twin.history.store import connection
        with connection() as con:
            return con.execute(f"SELECT datastream, t // 1000000, value FROM "
                               f"({store.events(con, look, (0, 1 << 60))}) ORDER BY ALL").fetchall()


def expected(count: int) -> list[tuple[str, int, float]]:
    return sorted((f"s{n % 7}", START + n, float(n)) for n in range(count))


def run_until(recorder: Recorder, true, secs: float = 30.0) -> None:
    end = time.monotonic() + secs
    while not true() and time.monotonic() < end:
        recorder.step(0.05)
    assert true()


def connected(recorder: Recorder) -> bool:
    return recorder.tallies["f"].state == "connected"


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_readings_are_seen_before_they_are_sealed_and_after(broker, recorder, protocol):
    recorder.use((feed(broker, protocol=protocol),))
    run_until(recorder, lambda: connected(recorder))
    sender = Publisher(broker)
    sender.send("city/a", *(reading(n) for n in range(20)))
    sender.send("city/b", [reading(n) for n in range(10, 30)], {"id": "s0", "time": START, "value": 99})
    run_until(recorder, lambda: recorder.tallies["f"].messages == 22)
    sender.close()
    assert stored(recorder.folder) == expected(30) and recorder.duplicates == 11
    with Store(recorder.folder) as store:
        assert store.latest((START + 100) * 10 ** 9)["s1"] == ((START + 29) * 10 ** 9, 29.0)
        assert len(store.look().hot) == 30
    recorder.seal()
    assert stored(recorder.folder) == expected(30) and recorder.hot == 0
    tally = recorder.as_json()["feeds"][0]
    assert tally["last"]["topic"] == "city/b" and '"value": 99' in tally["last"]["payload"]
    assert tally["readings"] == 41 and tally["skew_secs"] < 0


@pytest.mark.parametrize("point, count", [("before commit", 3), ("after commit", 1), ("after commit", 4),
                                          ("acknowledged", 1), ("acknowledged", 57)])
def test_killed_at_any_point_it_loses_and_doubles_nothing(broker, tmp_path, point, count):
    project = tmp_path / "p.twin.json"
    folder = store_beside(project)

    def started(point: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-m", "tests.twin.feeds.mortal", str(project), broker.url, "city/#",
                                 "3.1.1" if count == 4 else "5", point, str(count)], cwd=ROOT,
                                env={**os.environ, "PYTHONPATH": str(ROOT)})
    mortal = started(point)
    assert until(lambda: (status.read(folder) or {"feeds": []})["feeds"] and
                 status.read(folder)["feeds"][0]["state"] == "connected")
    sender = Publisher(broker)
    sender.send("city/a", *(reading(n) for n in range(150)))
    sender.send("city/plain", *(str(n) for n in range(100)))

    def dead() -> bool:
        """A quick recorder takes all of them in fewer commits than it has to live for: it gets one more again."""
        sender.send("city/a", reading(0))
        return mortal.poll() is not None
    assert until(dead) and mortal.wait() == -9
    heir = started("")

    until(lambda: (status.read(folder) or {}).get("pid") == heir.pid and len(stored(folder)) >= 250)
    time.sleep(0.5)                                    # for what would come twice
    status.ask_to_stop(folder)
    assert heir.wait(60) == 0
    sender.close()
    found = stored(folder)
    assert [row for row in found if row[0] != "city/plain"] == expected(150)
    assert sorted(value for id, _, value in found if id == "city/plain") == [float(n) for n in range(100)]


def test_a_broker_that_restarts_keeps_what_came_meanwhile(broker, recorder):
    recorder.use((feed(broker),))
    run_until(recorder, lambda: connected(recorder))
    sender = Publisher(broker)
    sender.send("city/a", *(reading(n) for n in range(50)))          # nobody takes them yet
    sender.close()
    time.sleep(1.5)                                    # the broker saves its state once a second
    broker.restart()
    run_until(recorder, lambda: recorder.tallies["f"].reconnects >= 1)
    sender = Publisher(broker)
    sender.send("city/a", *(reading(n) for n in range(50, 80)))
    sender.close()
    run_until(recorder, lambda: len(stored(recorder.folder)) == 80)
    assert stored(recorder.folder) == expected(80)


def test_a_network_that_breaks_loses_nothing(broker, recorder):
    wire = Wire(broker.port)
    recorder.use((feed(broker, url=f"mqtt://127.0.0.1:{wire.port}"),))
    run_until(recorder, lambda: connected(recorder))
    sender = Publisher(broker)
    for start in range(0, 90, 30):
        sender.send("city/a", *(reading(n) for n in range(start, start + 30)))
        wire.cut()
    run_until(recorder, lambda: len(stored(recorder.folder)) == 90)
    sender.close()
    wire.close()
    assert stored(recorder.folder) == expected(90)
    assert recorder.tallies["f"].reconnects >= 1


def test_connected_is_who_gets_what_is_sent(broker, recorder):
    """What was sent between a first connection and its subscription was lost, and the state said "connected"."""
    wire = Wire(broker.port)
    wire.passes.clear()                                # what follows the first answer waits
    recorder.use((feed(broker, url=f"mqtt://127.0.0.1:{wire.port}"),))
    assert wire.waits.wait(30) and recorder.tallies["f"].state == "starting"
    wire.passes.set()
    run_until(recorder, lambda: connected(recorder))
    sender = Publisher(broker)
    sender.send("city/a", reading(0))
    run_until(recorder, lambda: len(stored(recorder.folder)) == 1)
    sender.close()
    wire.close()


def test_a_topic_that_was_taken_out_is_recorded_no_more(broker, recorder):
    """The session that the broker keeps still has its subscription."""
    sender = Publisher(broker)
    recorder.use((feed(broker, topics=("city/a", "city/b")),))
    run_until(recorder, lambda: connected(recorder))
    sender.send("city/a", {"id": "a", "time": START, "value": 1})
    run_until(recorder, lambda: len(stored(recorder.folder)) == 1)
    recorder.use((feed(broker, topics=("city/b",)),))
    run_until(recorder, lambda: connected(recorder))
    sender.send("city/a", {"id": "a", "time": START + 1, "value": 2})
    sender.send("city/b", {"id": "b", "time": START + 2, "value": 3})
    run_until(recorder, lambda: len(stored(recorder.folder)) == 2)
    sender.close()
    assert {id for id, _, _ in stored(recorder.folder)} == {"a", "b"}, "in the order of the broker: a came before b"


@pytest.mark.parametrize(("topic", "filters", "asked"), [
    ("city/a", ("city/#",), True), ("city/a/b", ("city/+",), False), ("city", ("city/#",), True),
    ("city/a", ("$share/g/city/+",), True), ("town/a", ("$share/g/city/+", "city/#"), False)])
def test_what_a_feed_asks_for(topic, filters, asked):
    assert asked_for(topic, filters) is asked


def test_a_feed_whose_topics_are_all_refused_is_not_connected(broker, tmp_path):
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.reasoncodes import ReasonCode
    refused, given = ReasonCode(PacketTypes.SUBACK, identifier=0x87), ReasonCode(PacketTypes.SUBACK, identifier=1)
    source = MqttFeed(feed(broker, topics=("a", "b")), Inbox(), Tally(), tmp_path / "p.twin.json")
    source._subscribed(None, None, source._asked + 1, [given, given], None)      # of something else
    assert source.tally.state == "starting"
    source._subscribed(None, None, source._asked, [refused, refused], None)
    assert source.tally.state == "waiting" and "refuses the topic a" in source.tally.error
    source._subscribed(None, None, source._asked, [refused, given], None)
    assert source.tally.state == "connected" and len(source.tally.warnings) == 2


def test_rubbish_is_counted_and_the_first_twenty_are_shown(broker, recorder):
    recorder.use((feed(broker),))
    run_until(recorder, lambda: connected(recorder))
    sender = Publisher(broker)
    sender.send("city/a", *(b"\xff" * n for n in range(1, 31)), reading(0), b"[" * 50_000)
    run_until(recorder, lambda: recorder.tallies["f"].messages == 32)
    sender.close()
    assert stored(recorder.folder) == expected(1)
    tally = recorder.as_json()["feeds"][0]
    assert tally["rejected"] == 31 and len(tally["rejects"]) == 20 and "UTF-8" in tally["rejects"][0]["reason"]


def test_a_full_disk_stops_the_acknowledgements_and_says_so(broker, recorder):
    recorder.use((feed(broker),))
    run_until(recorder, lambda: connected(recorder))
    db = recorder.writer.ledger._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 1}")
    sender = Publisher(broker)
    sender.send("city/a", *([reading(n + k) for k in range(100)] for n in range(0, 3000, 100)))
    said = []
    recorder.publish = lambda: said.append(recorder.as_json())

    def try_twice() -> bool:
        return len(said) < 2
    end = time.monotonic() + 30
    while len(said) < 2 and time.monotonic() < end:
        recorder.step(0.2, going=try_twice)
    assert "full" in said[-1]["error"] and recorder.tallies["f"].messages < 30
    db.execute("PRAGMA max_page_count = 1000000")
    recorder.close()                                   # what it gave up was not acknowledged: it comes again
    again = Recorder(recorder.folder, recorder.project, "Asia/Shanghai")
    recorder.writer = None
    again.use((feed(broker),))
    run_until(again, lambda: len(stored(again.folder)) == 3000)
    again.close()
    sender.close()
    assert stored(again.folder) == expected(3000)


def test_what_a_broker_can_lose_is_said(tmp_path, recorder):
    broker = Broker(tmp_path / "small", "max_queued_messages 10")
    recorder.use((feed(broker), feed(broker, id="g", qos=0, keep_session=False)))
    run_until(recorder, lambda: any("max_queued_messages" in w for w in recorder.tallies["f"].warnings))
    careless = "".join(recorder.tallies["g"].warnings)
    assert "QoS 0" in careless and "session" in careless
    recorder.use(())
    assert recorder.feeds == {}
    broker.stop()


def test_a_trial_says_what_the_feed_itself_can_lose(tmp_path, broker):
    sender = Publisher(broker)
    sender.send("city/a", {"value": 1.5}, retain=True)
    keeps, forgets = (try_feed(feed(broker, keep_session=keep), tmp_path / "p.twin.json", "UTC", 20.0)
                      for keep in (True, False))
    sender.close()
    assert not any("session" in w for w in keeps.warnings) and any("session" in w for w in forgets.warnings)
    assert [row["property"] for row in keeps.readings] == ["Feed"], "by its name, as nothing else says what it is"


def test_a_broker_that_refuses_is_tried_again_and_named(tmp_path, recorder):
    broker = Broker(tmp_path / "closed", "allow_anonymous false")
    recorder.use((feed(broker), feed(broker, id="nowhere", url=f"mqtt://127.0.0.1:{free_port()}"),
                  feed(broker, id="wrong", url="nonsense"), feed(broker, id="odd", topics=("city/#/noise",))))
    run_until(recorder, lambda: "refuses" in recorder.tallies["f"].error)
    assert until(lambda: "cannot be reached" in recorder.tallies["nowhere"].error)
    assert "no address" in recorder.tallies["wrong"].error
    assert "no topic" in recorder.tallies["odd"].error
    broker.stop()


@pytest.mark.parametrize("filter, good", [
    ("#", True), ("city/+/noise", True), ("/", True), ("$share/all/city/#", True), ("城市/+", True),
    ("city/#/noise", False), ("city/a+", False), ("city#", False), ("", False), ("a\0", False)])
def test_what_one_can_ask_a_broker_for(filter, good):
    assert is_topic(filter) == good


def test_encrypted_with_a_user(tmp_path, recorder, monkeypatch):
    key, cert, passwords = (tmp_path / name for name in ("key.pem", "cert.pem", "passwords"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True,
                   capture_output=True)
    key.chmod(0o644)
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "duty", "s3cret"], check=True, capture_output=True)
    passwords.chmod(0o644)
    port = free_port()
    broker = Broker(tmp_path / "tls", f"password_file {passwords}",
                    listener=f"listener {port} 127.0.0.1\ncertfile {cert}\nkeyfile {key}")
    monkeypatch.setenv("CITYTWIN_PASSWORD_F", "s3cret")
    recorder.use((feed(broker, url=f"mqtts://localhost:{port}", user="duty", ca_file=str(cert)),))
    run_until(recorder, lambda: connected(recorder))
    broker.stop()


def test_an_import_gets_its_turn_while_it_records(recorder):
    recorder.inbox.put(Message("f", "a", b"", 0))
    done = threading.Event()

    def learn() -> None:
        with Writer(recorder.folder) as writer:
            writer.learn([Datastream(id="imported")])
        done.set()
    thread = threading.Thread(target=learn)
    thread.start()
    assert until(lambda: recorder.writer.wanted)
    recorder.let_others_write()
    assert done.wait(10)
    thread.join()
    assert "imported" in [k.stream.id for k in recorder.writer.look().known]
    recorder.inbox.take(1, 0)


def test_a_flood_waits_and_does_not_swell():
    inbox = Inbox(most_messages=3, most_bytes=1000)
    assert all(inbox.put(Message("f", "t", b"x", 1), 0.0) for _ in range(3))
    assert not inbox.put(Message("f", "t", b"x", 1), 0.0)
    assert len(inbox.take(10, 0.0)) == 3
    assert inbox.put(Message("f", "t", b"x" * 5000, 1), 0.0)         # one alone always fits
    assert not inbox.put(Message("f", "t", b"x", 1), 0.0)
    assert len(inbox.take(10, 0.0, 100)) == 1 and not len(inbox)
    assert all(inbox.put(Message("f", "t", b"x" * 60, 1), 0.0) for _ in range(3))
    assert [len(inbox.take(10, 0.0, 100)) for _ in range(2)] == [2, 1]          # what is stored at once has bounds too
    inbox.close()
    assert not inbox.put(Message("f", "t", b"x", 1))


class Wire:
    """A network between a client and the broker, that can be cut. While `passes` is not set, what a client sends after
    the broker's first answer waits."""

    def __init__(self, port: int):
        self._to, self._ends = port, []
        self.passes, self.waits, self._answered = threading.Event(), threading.Event(), threading.Event()
        self.passes.set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        while self._ends:
            end = self._ends.pop()
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue                               # it was cut already
            end.close()

    def close(self) -> None:
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._ends += [near, far]
            for one, other, answers in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._carry, args=(one, other, answers), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, answers: bool) -> None:
        try:
            while data := one.recv(65536):
                if answers:
                    self._answered.set()
                elif self._answered.is_set() and not self.passes.is_set():
                    self.waits.set()
                    self.passes.wait()
                other.sendall(data)
        except OSError:
            return


def test_a_recorder_goes_on_when_a_feed_of_its_project_is_changed_or_taken_out(tmp_path, monkeypatch):
    """It ended at the first change: what told it to end had the name of what ends a feed."""
    project, feeds = tmp_path / "p.twin.json", []
    project.write_text("{}")
    monkeypatch.setattr(recording_module, "share_one_heap", lambda: None)
    recording = recording_module.Recording(project, "Asia/Shanghai", lambda path: tuple(feeds))
    used = []
    try:
        for url in ("nowhere", "no where else", ""):
            feeds[:] = [Feed(id="f", name="f", kind="http", url=url)] if url else []
            recording._looked, recording._seen = -1e9, None
            recording._look_at_project()
            used.append([feed.url for feed in recording.feeds.values()])
    finally:
        recording.close()
    assert used == [["nowhere"], ["no where else"], []] and recording._going() and not recording.error
    status.ask_to_stop(recording.folder)
    assert not recording._going()
