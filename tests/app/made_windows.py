"""What tests do with a whole window: open files in it and wait until they are read."""

from __future__ import annotations

import json
from pathlib import Path


def opened(window, qtbot, paths):
    window.open([Path(p) for p in paths])
    settle(window, qtbot)


def settle(window, qtbot):
    qtbot.waitUntil(lambda: not window.filing.opening.busy and not window.session.assets.loading, timeout=60_000)
    qtbot.wait(250)


def street(folder: Path) -> Path:
    """The file of a street in Jiading."""
    path = folder / "street.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "嘉定"},
         "geometry": {"type": "LineString", "coordinates": [[121.25, 31.35], [121.26, 31.36]]}}]}), "utf-8")
    return path
