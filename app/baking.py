"""Baking in the window: files of the project's layers become tiles in a worker, which has helpers of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import dialogs
from twin.jobs import CANCELLED, DONE, Job
from twin.text import language, sentences, tr
from twin.trouble import Trouble

Window = Any                              # app.window.Window; not imported, it imports this
BAKED = ("city", "building", "vectors", "zones", "terrain", "imagery")
STALL_SECS = 1800.0


def bakes(window: Window) -> list[str]:
    """The files of the chosen layers that can be baked, or of all layers where none is chosen."""
    chosen = set(window.layers.chosen())
    layers = _baked_layers(window)
    paths = [x.source.path for x in layers if x.id in chosen] or [x.source.path for x in layers]
    return list(dict.fromkeys(paths))


def sources(window: Window) -> dict[str, list[str]]:
    """Every file that can be baked, with the names of its layers."""
    found: dict[str, list[str]] = {}
    for layer in _baked_layers(window):
        found.setdefault(layer.source.path, []).append(layer.title(language()))
    return found


def _baked_layers(window: Window) -> list:
    return [x for x in window.session.document.layers if x.kind in BAKED and x.source]


def bake_in_worker(paths: tuple[str, ...], out: str, geoid_m: float, progress) -> dict:
    from cim.bake.run import Order, bake
    return bake(Order(inputs=paths, out=out, geoid_m=geoid_m, workers=max(1, (os.cpu_count() or 2) - 1)), progress)


class Baking:
    """One bake on its way; the loop calls `refresh`. The status bar shows it and can stop it."""

    def __init__(self, window: Window, paths: list[str], folder: Path):
        self.window, self.folder = window, folder
        self.job: Job | None = window.session.jobs.start(bake_in_worker, tuple(paths), str(folder),
                                                         window.session.document.frame.geoid_m, label=tr("Bake"),
                                                         path=str(folder), stall_secs=STALL_SECS, urgent=True)
        window.panels.append(self)

    def refresh(self) -> None:
        if self.job is None or self.job.active:
            return
        job, self.job = self.job, None
        self.window.panels.remove(self)
        if job.state == DONE:
            self._say(job.result)
        elif job.state == CANCELLED:
            self.window.tell(tr("The bake was stopped. Begun again in the same folder, it goes on where it was."))
        elif job.error:
            self.window.tell(str(job.error), "error")

    def _say(self, report: dict) -> None:
        tiles, features = (sum(d[name] for d in report["datasets"]) for name in ("tiles", "features"))
        failed = [tr("Not baked: {name}", name=f"{Path(f['path']).name}: {f['error']}") for f in report["failed"]]
        said = tr("{features} features lie in {tiles} tiles.", features=f"{features:,}", tiles=f"{tiles:,}")
        ways = ((tr("Add to the project"), lambda: self.window.open([self.folder])),)
        self.window.tell(sentences(said, *failed), "warning" if failed else "note", ways)


# -- a server ------------------------------------------------------------------------------------------------


def ask_server(window: Window) -> None:
    """Name a tile server in a file of the user's own, and open it."""
    url = dialogs.ask_address(window, tr("Tile server"), tr("The address of its tileset.json, for example "
                                                            "https://tiles.example.org/city/tileset.json"))
    if not url:
        return
    beside = str(window.session.path.parent) if window.session.path else window.settings.folder
    name = f"{urlsplit(url).hostname or 'server'}.tiles.json"
    path = dialogs.save_file(window, beside, name, tr("Tile server") + " (*.tiles.json)")
    if path is None:
        return
    try:
        window.open([name_server(path, url)])
    except OSError as error:
        window.tell(str(Trouble(tr("The file could not be written."), cause=error.strerror or str(error),
                                path=str(path))), "error")


def name_server(path: Path, url: str) -> Path:
    """Write the file that names a server; its name gets the suffix by which it is known."""
    path = path if path.name.endswith(".tiles.json") else path.with_name(f"{path.name}.tiles.json")
    path.write_text(json.dumps({"3d-tiles-server": {"url": url}}, indent=1), encoding="utf-8")
    return path
