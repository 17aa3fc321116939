"""A recorder for long: 3,700 messages a second, and what grows meanwhile besides the store.

`python -m benchmarks.soak [SECS]`. Sealing comes every few seconds instead of every two minutes, and what compaction
replaced goes after one minute instead of an hour, so that a quarter of an hour sees what half a day would.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks._recording import Stream, ended, feed_of, until_connected
from benchmarks.endurance import PER_SEC, SENSORS, reading
from tests.twin.feeds.broker import MOSQUITTO, Broker
from twin.history.store import Store, store_beside

SECS, EVERY_SECS, PIECE_SECS = 900, 30, 0.1
SEAL_READINGS, KEPT_SECS = 20_000, 60.0
FASTER = f"""
import sys
from tests.twin.feeds import mortal
from twin.feeds import recorder
from twin.history import batches
recorder.SEAL_READINGS, batches.KEPT_SECS = {SEAL_READINGS}, {KEPT_SECS}
mortal.main(*sys.argv[1:])
"""


def main(secs: int) -> None:
    if MOSQUITTO is None:
        print(json.dumps({"name": "soak", "skipped": "mosquitto is not installed"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({"name": "soak", **_soaked(Path(folder), secs)}))


def _soaked(folder: Path, secs: int) -> dict:
    broker, project = Broker(folder, "max_inflight_messages 500"), folder / "p.twin.json"
    recorder = until_connected(_started(project, broker), store_beside(project))
    process, stream, looks = psutil.Process(recorder.pid), Stream(broker), []
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < secs:
        stream.send("city/a", [reading(n, SENSORS).encode() for n in range(stream.sent, int(passed * PER_SEC))])
        if passed >= len(looks) * EVERY_SECS:
            feed = feed_of(recorder, store_beside(project))
            looks.append(_look(store_beside(project), process, stream, feed, passed))
            print(json.dumps(looks[-1]), file=sys.stderr, flush=True)
        time.sleep(PIECE_SECS)
    spent = process.cpu_times()
    while feed_of(recorder, store_beside(project))["readings"] < stream.sent:
        time.sleep(0.5)
    ended(recorder, project)
    stream.close()
    broker.stop()
    with Store(store_beside(project)) as store:
        kept = store.describe()["readings"]
    return {"secs": round(passed), "messages_per_s": round(stream.sent / passed), "lost": stream.acknowledged - kept,
            "cores_used": round((spent.user + spent.system) / passed, 2), "looks": looks}


def _started(project: Path, broker: Broker) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", FASTER, str(project), broker.url, "city/#", "5", "", "1"],
                            env={**os.environ, "PYTHONPATH": os.getcwd()}, stderr=subprocess.DEVNULL)


def _look(folder: Path, process: psutil.Process, stream: Stream, feed: dict, passed: float) -> dict:
    """Sizes in MB. `waiting`: files that compaction replaced; `named`: files of the table."""
    with Store(folder) as store:
        named, waiting = store.sealed.files, store.sealed.strays()
        stored = store.ledger.hot_size() + sum(f.rows for f in named)

    def size(paths) -> float:
        return round(sum(p.stat().st_size for p in paths if p.exists()) / 1e6, 1)
    return {"s": round(passed), "readings": stored, "behind": stream.acknowledged - feed["readings"],
            "rss": round(process.memory_info().rss / 1e6), "threads": process.num_threads(),
            "open_files": process.num_fds() if hasattr(process, "num_fds") else None,
            "named": len(named), "named_mb": round(sum(f.size for f in named) / 1e6, 1), "waiting": len(waiting),
            "waiting_mb": size(waiting), "ledger_mb": size(folder.glob("ledger.sqlite*")),
            "log_files": len(list((folder / "observations" / "_delta_log").iterdir())),
            "log_mb": size((folder / "observations" / "_delta_log").iterdir())}


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]] or (SECS,))
