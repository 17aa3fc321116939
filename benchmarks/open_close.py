"""Memory after opening and closing the sample project 30 times: it must stay flat."""

from __future__ import annotations

import gc
import json
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "data_samples" / "jiading.twin.json"
TIMES = 30


def main() -> None:
    import psutil

    from app.discover import layer_types
    from app.session import Session
    from layers.view import offscreen
    from twin.document import Document
    from twin.project import Project, load
    layer_types()
    process, used = psutil.Process(), []
    session, view = Session(), offscreen(800, 500)
    for _ in range(TIMES):
        session.become(load(SAMPLE))
        session.settle()
        view.frame(session.document, session.assets, session.moment())
        session.become(Project(document=Document()))
        view.frame(session.document, session.assets, session.moment())
        session.tick(0.0)
        gc.collect()
        used.append(process.memory_info().rss / 2**20)
    settled = used[len(used) // 3:]
    print(json.dumps({"name": "open_close_30", "first_mb": round(used[0]), "after_10_mb": round(settled[0]),
                      "after_30_mb": round(used[-1]), "ratio_30_over_10": round(used[-1] / settled[0], 3)}))
    view.close()
    session.close()


if __name__ == "__main__":
    main()
