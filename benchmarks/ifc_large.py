"""A real IFC file multiplied to about 100 MB: cold, first elements, from the cache, and memory over file size.

Where Node and its package web-ifc are installed, that is timed too (`NODE_PATH` tells where).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks._ifc_multiply import multiply
from benchmarks._ifc_runs import compare

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "ifc" / "Duplex_A_georeferenced.ifc"
TARGET_BYTES = 100e6
WEB_IFC = """
const { IfcAPI } = require("web-ifc"), fs = require("fs"), api = new IfcAPI();
api.Init().then(() => {
  const start = performance.now(), spent = process.cpuUsage(), model = api.OpenModel(fs.readFileSync(process.argv[1]));
  let shapes = 0;
  api.StreamAllMeshes(model, mesh => { shapes += 1; });
  const cpu = process.cpuUsage(spent);
  console.log(JSON.stringify({ s: (performance.now() - start) / 1000, cpu: (cpu.user + cpu.system) / 1e6,
                               elements: shapes }));
});
"""


def main() -> None:
    source = REAL if REAL.exists() else ROOT / "data_samples" / "office.ifc"
    with tempfile.TemporaryDirectory() as folder:
        copies = max(2, round(TARGET_BYTES / source.stat().st_size))
        path = multiply(source, Path(folder) / f"{source.stem} x {copies}.ifc", copies)
        found = compare(path, 1)
        web = _web_ifc(path)
        found |= {"web_ifc": "not installed"} if web is None else {
            "web_ifc_s": round(web["s"], 3), "web_ifc_cpu_s": round(web["cpu"], 3), "web_ifc_elements": web["elements"],
            "cold_over_web_ifc": round(found["cold_s"] / web["s"], 2),
            "cold_cpu_over_web_ifc": round(found["cold_cpu_s"] / web["cpu"], 2)}
    print(json.dumps({"name": "ifc_large", **found}))


def _web_ifc(path: Path) -> dict | None:
    if not shutil.which("node"):
        return None
    done = subprocess.run(["node", "-e", WEB_IFC, str(path)], capture_output=True, text=True, check=False)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else None


if __name__ == "__main__":
    main()
