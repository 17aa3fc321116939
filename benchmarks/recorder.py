"""The recorder on a real broker: readings a second against a bare counting subscriber, and what random kills lose."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.twin.feeds.broker import MOSQUITTO, Broker, Publisher
from twin.feeds import status
from twin.history.store import Store, connection, store_beside

SINGLES, BATCHES, PER_BATCH = 40_000, 5_000, 500
KILLS, KILL_READINGS = 36, 12_000
START = 1_784_000_000


def main() -> None:
    if MOSQUITTO is None:
        print(json.dumps({"name": "recorder", "skipped": "mosquitto is not installed"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = [_rate(Path(folder) / "singles", "singles", [_single(n) for n in range(SINGLES)], 1),
                 _rate(Path(folder) / "batches", "batches", [_batch(n) for n in range(BATCHES)], PER_BATCH),
                 _kills(Path(folder) / "kills")]
    print(json.dumps({"name": "recorder", "parts": parts}))


def _single(n: int) -> str:
    return json.dumps({"id": f"s{n % 3700}", "time": START + n // 3700, "value": n % 91 + 0.5})


def _batch(n: int) -> str:
    """Readings of 500 sensors in columns."""
    return json.dumps({"id": [f"s{k}" for k in range(PER_BATCH)], "time": START + n,
                       "value": [k + 0.5 for k in range(PER_BATCH)]})


def _rate(folder: Path, name: str, payloads: list[str], per_message: int) -> dict:
    """Both drain the same backlog, that their sessions hold at the broker; a counter acknowledges at once."""
    broker = Broker(folder, "max_inflight_messages 200")
    project = folder / "p.twin.json"
    _until_connected(_started(project, broker), store_beside(project)).kill()
    counter = [sys.executable, "-c", COUNTER, str(broker.port), str(len(payloads))]
    subprocess.run([*counter[:-1], "0"], check=True, capture_output=True)
    time.sleep(0.5)
    sender = Publisher(broker)
    sender.send("city/a", *payloads)
    sender.close()
    counted = float(subprocess.run(counter, check=True, capture_output=True, text=True).stdout)
    heir = _started(project, broker)
    while (said := _feed(heir, store_beside(project)))["readings"] < len(payloads) * per_message:
        time.sleep(0.1)
    secs = (said["stored_ns"] - said["first_ns"]) / 1e9
    status.ask_to_stop(store_beside(project))
    heir.wait(60)
    broker.stop()
    total = len(payloads) * per_message
    return {"part": name, "messages": len(payloads), "readings_per_s": round(total / secs),
            "counter_readings_per_s": round(total / counted), "ratio_to_counter": round(counted / secs, 3)}


def _kills(folder: Path) -> dict:
    """A recorder that is killed at random, again and again, while readings come; then what the store holds."""
    broker, project = Broker(folder), folder / "p.twin.json"
    recorder = _until_connected(_started(project, broker), store_beside(project))
    time.sleep(0.5)
    sender, chance = Publisher(broker), random.Random(5)
    each = KILL_READINGS // KILLS
    for kill in range(KILLS):
        infos = [sender._client.publish("city/a", json.dumps({"id": f"k{n % 50}", "time": START + n, "value": n}), 1)
                 for n in range(kill * each, (kill + 1) * each)]
        time.sleep(chance.uniform(0.0, 0.15))
        recorder.kill()
        recorder.wait()
        for info in infos:
            info.wait_for_publish(60)
        recorder = _started(project, broker)
        if kill % 3 == 0:
            _until_connected(recorder, store_beside(project))
    end = time.monotonic() + 60
    while len(_stored(project)) < KILLS * each and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(1.0)
    status.ask_to_stop(store_beside(project))
    recorder.wait(60)
    sender.close()
    broker.stop()
    found = _stored(project)
    wanted = {(f"k{n % 50}", START + n, float(n)) for n in range(KILLS * each)}
    return {"part": "kills", "kills": KILLS, "acknowledged": len(wanted), "lost": len(wanted - set(found)),
            "twice": len(found) - len(set(found))}


def _started(project: Path, broker: Broker) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "tests.twin.feeds.mortal", str(project), broker.url, "city/#", "5",
                             "", "1"], env={**os.environ, "PYTHONPATH": os.getcwd()}, stderr=subprocess.DEVNULL)


def _until_connected(recorder: subprocess.Popen, folder: Path) -> subprocess.Popen:
    while True:
        said = status.read(folder) or {}
        if said.get("pid") == recorder.pid and said["feeds"] and said["feeds"][0]["state"] == "connected":
            time.sleep(0.3)
            return recorder
        time.sleep(0.02)


def _feed(recorder: subprocess.Popen, folder: Path) -> dict:
    """What the recorder says of its feed; it says so once a second."""
    said = status.read(folder) or {}
    return said["feeds"][0] if said.get("pid") == recorder.pid and said["feeds"] else {"readings": -1}


def _stored(project: Path) -> list[tuple]:
    with Store(store_beside(project)) as store, connection() as con:
        return con.execute(f"SELECT datastream, t // 1000000, value FROM "
                           f"({store.events(con, store.look(), (0, 1 << 60))})").fetchall()


COUNTER = """
import sys, threading, time
from paho.mqtt.client import CallbackAPIVersion, Client
port, wanted = int(sys.argv[1]), int(sys.argv[2])
seen, done, begun = 0, threading.Event(), time.perf_counter()
def count(*_):
    global seen
    seen += 1
    if seen == wanted:
        done.set()
client = Client(CallbackAPIVersion.VERSION2, "counter", clean_session=False)
client.on_message = count
client.on_subscribe = lambda *_: None if wanted else done.set()
client.on_connect = lambda *_: client.subscribe("city/#", 1)
client.connect("127.0.0.1", port)
client.loop_start()
done.wait(300)
print(time.perf_counter() - begun)
client.disconnect()
client.loop_stop()
"""

if __name__ == "__main__":
    main()
