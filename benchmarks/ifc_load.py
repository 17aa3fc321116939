"""Real IFC files to polydata, cold and from the cache, against the library's own hybrid iterator."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks._ifc_runs import compare

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "ifc"
NAMES = ("AC20-FZK-Haus.ifc", "BIMcollab_Example_STR.ifc", "Duplex_A_georeferenced.ifc")
RUNS = 3


def main() -> None:
    paths = [REAL / name for name in NAMES if (REAL / name).exists()] or [ROOT / "data_samples" / "office.ifc"]
    print(json.dumps({"name": "ifc_load", "files": [compare(path, RUNS) for path in paths]}))


if __name__ == "__main__":
    main()
