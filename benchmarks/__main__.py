"""Run every benchmark in a process of its own: `python -m benchmarks [NAME…]` prints one JSON document.

Standard error tells what runs. The exit status is 1 where a benchmark failed; the others are still reported.
"""

from __future__ import annotations

import json
import os
import pkgutil
import platform
import subprocess
import sys
import time
from pathlib import Path

LIMIT_SECS = 900                                  # of one benchmark, on a machine that does other things too


def main(names: list[str]) -> int:
    folder = Path(__file__).parent
    known = sorted(m.name for m in pkgutil.iter_modules([str(folder)]) if not m.name.startswith("_"))
    results = [_run(name, folder.parent) for name in names or known]
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
               "system": platform.platform(), "python": platform.python_version()}
    print(json.dumps({"machine": machine, "benchmarks": results}, ensure_ascii=False, indent=1))
    return 1 if any("error" in result for result in results) else 0


def _run(name: str, folder: Path) -> dict:
    print(f"{name} …", file=sys.stderr, flush=True)
    start = time.perf_counter()
    try:
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], capture_output=True, text=True,
                              cwd=folder, check=False, timeout=LIMIT_SECS)
        found = json.loads(done.stdout) if done.returncode == 0 else {"error": _last_line(done.stderr)}
    except subprocess.TimeoutExpired:
        found = {"error": f"It took longer than {LIMIT_SECS} s."}
    except json.JSONDecodeError:
        found = {"error": f"It printed no JSON: {done.stdout[:200]}"}
    return {"name": name, **{k: v for k, v in found.items() if k != "name"},
            "took_s": round(time.perf_counter() - start, 1)}


def _last_line(words: str) -> str:
    return (words.strip().splitlines() or ["It ended without a word."])[-1]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
