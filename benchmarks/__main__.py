"""Run every benchmark in a process of its own: `python -m benchmarks [NAME…]` prints one JSON line each."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    folder = Path(__file__).parent
    known = sorted(m.name for m in pkgutil.iter_modules([str(folder)]) if not m.name.startswith("_"))
    failed = 0
    for name in names or known:
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], capture_output=True, text=True,
                              cwd=folder.parent, check=False)
        if done.returncode:
            failed += 1
            print(json.dumps({"name": name, "error": done.stderr.strip().splitlines()[-1:]}), flush=True)
        else:
            print(done.stdout.strip(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
