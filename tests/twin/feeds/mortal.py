"""A recorder that dies: `python mortal.py PROJECT URL TOPIC PROTOCOL POINT COUNT` kills itself when it has come to
POINT for the COUNT-th time; POINT "" never."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from twin.feeds.feed import Feed
from twin.feeds.recording import Recording


def main(project: str, url: str, topic: str, protocol: str, point: str, count: str) -> None:
    left = int(count)

    def at(here: str) -> None:
        nonlocal left
        left -= here == point
        if left <= 0 and here == point:
            os.kill(os.getpid(), 9)

    feed = Feed(id="f", name="f", url=url, topics=(topic,), protocol=protocol)
    Path(project).touch()
    Recording(Path(project), "Asia/Shanghai", lambda path: (feed,), at).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
