"""The longest time that the window stands still while an IFC file is loaded into it (50 ms is the aim).

Drawing is done by software on machines without a graphics card; it is told apart from our own work.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from benchmarks._sample import close, empty_window, settle

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "ifc" / "Duplex_A_georeferenced.ifc"


def main() -> None:
    os.environ["CITYTWIN_CACHE"] = tempfile.mkdtemp(prefix="citytwin-bench-")
    path = REAL if REAL.exists() else ROOT / "data_samples" / "office.ifc"
    window = empty_window(1280, 800)
    settle(window)
    cold = _load(window, path, "cold")
    session = window.session
    session.edits.commit(session.document.without(["cold"]), "Remove")
    settle(window)
    warm = _load(window, path, "warm")
    print(json.dumps({"name": "ifc_stall", "file": path.name, "cold": cold, "from_cache": warm}))
    close(window)


def _load(window, path: Path, id: str) -> dict:
    """Longest tick and longest drawing in it, from the drop of the file to its last element."""
    from PySide6.QtWidgets import QApplication

    from layers.building import Building
    from twin.layer import Source
    ticks, draws = [], []
    draw = window.viewport.frame

    def timed(dt_secs: float) -> int:
        start = time.perf_counter()
        frames = draw(dt_secs)
        draws.append(time.perf_counter() - start)
        return frames

    window.viewport.frame = timed
    session = window.session
    layer = Building(id=id, name=path.stem, source=Source(path=str(path), reader="ifc"))
    session.edits.commit(session.document.with_layer(layer), "Add")
    start = time.perf_counter()
    while not ticks or session.assets.loading:
        began = time.perf_counter()
        window.loop.tick()
        QApplication.processEvents()
        ticks.append(time.perf_counter() - began)
        time.sleep(0.005)
    window.viewport.frame = draw
    return {"seconds": round(time.perf_counter() - start, 2), "longest_ms": round(1000 * max(ticks), 1),
            "longest_drawing_ms": round(1000 * max(draws), 1),
            "longest_without_drawing_ms": round(1000 * max(t - d for t, d in zip(ticks, draws)), 1)}


if __name__ == "__main__":
    main()
