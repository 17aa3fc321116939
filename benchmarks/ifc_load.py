"""IFC to arrays against the bare iterator with the same kernel: medians of 3 runs in one process."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "ifc" / "AC20-FZK-Haus.ifc"


def bare(path: Path) -> None:
    import ifcopenshell
    import ifcopenshell.geom

    from bim.kernels import HYBRID
    model = ifcopenshell.open(str(path))
    iterator = ifcopenshell.geom.iterator(ifcopenshell.geom.settings(), model, 1, geometry_library=HYBRID,
                                          exclude=["IfcOpeningElement"])
    more = iterator.initialize()
    while more:
        iterator.get()
        more = iterator.next()


def ours(path: Path) -> None:
    from bim import reader
    from twin.frame import Frame
    from twin.layer import Source
    from twin.readers import Progress, Request
    reader.read(Request(source=Source(path=str(path)), kind="building", frame=Frame()), Progress())


def timed(work, path: Path) -> float:
    start = time.perf_counter()
    work(path)
    return time.perf_counter() - start


def main() -> None:
    path = REAL if REAL.exists() else ROOT / "data_samples" / "office.ifc"
    runs = [(timed(ours, path), timed(bare, path)) for _ in range(3)]
    mine, theirs = (statistics.median(column) for column in zip(*runs))
    print(json.dumps({"name": "ifc_to_polydata", "file": path.name, "ours_s": round(mine, 3),
                      "bare_iterator_s": round(theirs, 3), "ratio": round(mine / theirs, 3)}))


if __name__ == "__main__":
    main()
