"""Start to first window, against a bare PySide6 window; and to the first picture of the sample project."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "data_samples" / "jiading.twin.json"
RUNS = 5
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow(); window.resize(1600, 1000); window.show()
app.processEvents()
print("window", flush=True)
"""
OURS = """
import sys
from app.main import run
sys.exit(run([sys.argv[1]], report=lambda mark: print(mark, flush=True), until="picture"))
"""


def main() -> None:
    bare = [_marks(BARE)["window"] for _ in range(RUNS)]
    ours = [_marks(OURS, str(SAMPLE)) for _ in range(RUNS)]
    window = statistics.median(marks["window"] for marks in ours)
    picture = statistics.median(marks["picture"] for marks in ours)
    floor = statistics.median(bare)
    print(json.dumps({"name": "startup", "bare_window_s": round(floor, 3), "window_s": round(window, 3),
                      "ratio": round(window / floor, 2), "first_picture_s": round(picture, 3)}))


def _marks(code: str, *arguments: str) -> dict[str, float]:
    """Seconds from the start of the process to each line it prints."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL)
    marks = {}
    for line in process.stdout:
        marks.setdefault(line.strip(), time.perf_counter() - start)
    process.wait(60)
    return marks


if __name__ == "__main__":
    main()
