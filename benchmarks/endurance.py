"""The recorder for long and in trouble: a steady stream, random kills, a full disk. What it loses, and its memory.

`python -m benchmarks.endurance [KILLS [SECS]]`: 100 kills and five minutes are the claim; without arguments less.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks._recording import START, Stream, ended, feed_of, started, stored, until_connected
from tests.twin.feeds.broker import MOSQUITTO, Broker, Publisher
from twin.feeds import status
from twin.history.store import Store, store_beside

KILLS, SECS = 12, 20
PER_KILL, PER_SEC, SENSORS = 333, 3_700, 3_700
DISK_MB, DISK_MESSAGES, DISK_EACH = 160, 1_500, 500


def main(kills: int, secs: int) -> None:
    if MOSQUITTO is None:
        print(json.dumps({"name": "endurance", "skipped": "mosquitto is not installed"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = [_kills(Path(folder) / "kills", kills), _steady(Path(folder) / "steady", secs),
                 _full_disk(Path(folder) / "disk")]
    print(json.dumps({"name": "endurance", "parts": parts}))


def _kills(folder: Path, kills: int) -> dict:
    """A recorder that is killed at random, again and again, while readings come; then what the store holds."""
    broker, project = Broker(folder), folder / "p.twin.json"
    recorder = until_connected(started(project, broker), store_beside(project))
    sender, chance = Publisher(broker), random.Random(5)
    for kill in range(kills):
        infos = [sender._client.publish("city/a", reading(n), 1)
                 for n in range(kill * PER_KILL, (kill + 1) * PER_KILL)]
        time.sleep(chance.uniform(0.0, 0.15))
        recorder.kill()
        recorder.wait()
        for info in infos:
            info.wait_for_publish(60)
        recorder = started(project, broker)
        if kill % 3 == 0:
            until_connected(recorder, store_beside(project))
    _wait(lambda: len(stored(project)) >= kills * PER_KILL)
    time.sleep(1.0)                                    # for what would come twice
    ended(recorder, project)
    sender.close()
    broker.stop()
    found, wanted = stored(project), {_row(n) for n in range(kills * PER_KILL)}
    return {"part": "kills", "kills": kills, "acknowledged": len(wanted), "lost": len(wanted - set(found)),
            "twice": len(found) - len(set(found))}


def _steady(folder: Path, secs: int) -> dict:
    """3,700 messages a second of one reading each at QoS 1: how far behind the recorder is, and how large."""
    broker, project = Broker(folder, "max_inflight_messages 500"), folder / "p.twin.json"
    recorder = until_connected(started(project, broker), store_beside(project))
    process, stream = psutil.Process(recorder.pid), Stream(broker)
    sizes, lags, begun = [], [], time.monotonic()
    while (passed := time.monotonic() - begun) < secs:
        stream.send("city/a", [reading(n, SENSORS).encode() for n in range(stream.sent, int(passed * PER_SEC))])
        sizes.append((passed, process.memory_info().rss / 1e6))
        lags.append(stream.acknowledged - feed_of(recorder, store_beside(project))["readings"])
        time.sleep(0.05)
    spent = process.cpu_times()
    caught_up = _wait(lambda: feed_of(recorder, store_beside(project))["readings"] >= stream.sent)
    taken = stream.acknowledged
    ended(recorder, project)
    stream.close()
    broker.stop()
    with Store(store_beside(project)) as store:
        kept = store.describe()["readings"]
    warm = [mb for at, mb in sizes if at > secs / 4]
    return {"part": "steady", "secs": round(passed, 1), "messages_per_s": round(stream.sent / passed),
            "acknowledged": taken, "lost": taken - kept, "caught_up_after_s": round(caught_up, 1),
            "behind_p95": sorted(lags)[int(len(lags) * 0.95)],
            "cores_used": round((spent.user + spent.system) / passed, 2),
            "rss_mb_quarter": round(warm[0]), "rss_mb_end": round(sizes[-1][1]),
            "rss_mb_most": round(max(mb for _, mb in sizes))}


def _full_disk(folder: Path) -> dict:
    """A disk of its own that something else fills while readings come; then there is room again."""
    disk = folder / "disk"
    disk.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        return {"part": "full disk", "skipped": "only root can mount a small disk"}
    try:
        return _on_disk(disk, Broker(folder / "broker", "max_inflight_messages 200"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _on_disk(disk: Path, broker: Broker) -> dict:
    project = disk / "p.twin.json"
    recorder = until_connected(started(project, broker), store_beside(project))
    process, sender = psutil.Process(recorder.pid), Publisher(broker)
    ballast = disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        _fill(file)
    sender.send("city/a", *(json.dumps([_plain(n * DISK_EACH + k) for k in range(DISK_EACH)])
                            for n in range(DISK_MESSAGES)))
    told = _wait(lambda: "full" in str((status.read(store_beside(project)) or {}).get("error")), 30)
    time.sleep(3.0)
    waiting, size = feed_of(recorder, store_beside(project))["readings"], process.memory_info().rss / 1e6
    os.truncate(ballast, 0)
    total = DISK_MESSAGES * DISK_EACH
    _wait(lambda: feed_of(recorder, store_beside(project))["readings"] >= total)
    ended(recorder, project)
    sender.close()
    broker.stop()
    found = stored(project)
    return {"part": "full disk", "readings": total, "said_after_s": round(told, 1), "stored_while_full": waiting,
            "rss_mb_while_full": round(size), "lost": total - len(set(found)), "twice": len(found) - len(set(found))}


def _fill(file) -> None:
    """All but a few hundred kB, in which the ledger can still begin."""
    left = os.statvfs(file.name).f_bavail * os.statvfs(file.name).f_frsize - 700_000
    while left > 0:
        left -= file.write(bytes(min(left, 1 << 20)))


def _plain(n: int, sensors: int = 50) -> dict:
    return {"id": f"k{n % sensors}", "time": START + n, "value": n}


def reading(n: int, sensors: int = 50) -> str:
    return json.dumps(_plain(n, sensors))


def _row(n: int) -> tuple:
    return f"k{n % 50}", START + n, float(n)


def _wait(true, secs: float = 180.0) -> float:
    """Seconds until it was true."""
    begun = time.monotonic()
    while not true() and time.monotonic() - begun < secs:
        time.sleep(0.2)
    return time.monotonic() - begun


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]] or (KILLS, SECS))
