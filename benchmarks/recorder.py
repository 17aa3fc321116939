"""The recorder on a real broker: readings a second into the store, against a bare counting subscriber."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._recording import START, ended, feed_of, started, until_connected
from tests.twin.feeds.broker import MOSQUITTO, Broker, Publisher
from twin.history.store import store_beside

SINGLES, BATCHES, PER_BATCH = 40_000, 5_000, 500


def main() -> None:
    if MOSQUITTO is None:
        print(json.dumps({"name": "recorder", "skipped": "mosquitto is not installed"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = [_rate(Path(folder) / "singles", "singles", [_single(n) for n in range(SINGLES)], 1),
                 _rate(Path(folder) / "columns", "columns", [_columns(n) for n in range(BATCHES)], PER_BATCH),
                 _rate(Path(folder) / "rows", "rows", [_rows(n) for n in range(BATCHES)], PER_BATCH)]
    print(json.dumps({"name": "recorder", "parts": parts}))


def _single(n: int) -> str:
    return json.dumps({"id": f"s{n % 3700}", "time": START + n // 3700, "value": n % 91 + 0.5})


def _rows(n: int) -> str:
    """Readings of 500 sensors, an object each."""
    return json.dumps([{"id": f"s{k}", "time": START + n, "value": k + 0.5} for k in range(PER_BATCH)])


def _columns(n: int) -> str:
    return json.dumps({"id": [f"s{k}" for k in range(PER_BATCH)], "time": START + n,
                       "value": [k + 0.5 for k in range(PER_BATCH)]})


def _rate(folder: Path, name: str, payloads: list[str], per_message: int) -> dict:
    """Both drain the same backlog, that their sessions hold at the broker; a counter acknowledges at once."""
    broker = Broker(folder, "max_inflight_messages 200")
    project = folder / "p.twin.json"
    until_connected(started(project, broker), store_beside(project)).kill()
    counter = [sys.executable, "-c", COUNTER, str(broker.port), str(len(payloads))]
    subprocess.run([*counter[:-1], "0"], check=True, capture_output=True)
    time.sleep(0.5)
    sender = Publisher(broker)
    sender.send("city/a", *payloads)
    sender.close()
    counted = float(subprocess.run(counter, check=True, capture_output=True, text=True).stdout)
    heir = started(project, broker)
    while (said := feed_of(heir, store_beside(project)))["readings"] < len(payloads) * per_message:
        time.sleep(0.1)
    secs = (said["stored_ns"] - said["first_ns"]) / 1e9
    ended(heir, project)
    broker.stop()
    total = len(payloads) * per_message
    return {"part": name, "messages": len(payloads), "readings_per_s": round(total / secs),
            "counter_readings_per_s": round(total / counted), "ratio_to_counter": round(counted / secs, 3)}


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
