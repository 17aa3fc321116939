"""The whole bake: look at the inputs, take them apart, make the tiles, write what names them.

Every step is a list of pieces that are independent of each other; what a piece gives depends on its inputs alone. So
a bake that was killed goes on where it stopped, and ends with the same bytes.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from cim.bake import inputs, quadtree
from cim.bake.far_tiles import FarSpec, make_far
from cim.bake.inputs import FOOTPRINTS, RASTER, SHAPES, TABLE, Dataset
from cim.bake.journal import FORMAT, Journal
from cim.bake.part import Part, properties, reported
from cim.bake.rasters import make_raster
from cim.bake.shapes import shard_shapes
from cim.bake.shards import COST, PLACE, SIZE, read_arrow, shard_rows
from cim.bake.steps import Steps
from cim.bake.store import Store, fetched, is_remote
from cim.bake.tables import Facts, make_table
from cim.bake.tile_models import Spec, Work, work_file
from cim.bake.tiles import FAR, make
from cim.bake.tilesets import TILESET, as_bytes, over_all, tileset
from twin.crew import DaskCrew, LocalCrew, crew
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

TILES_A_CALL = 4
FAR_SHARE = 4                             # a tile has this part of the triangles below it at most


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to bake. `inputs` and `out`: paths or fsspec URLs; `crs`: of all inputs, in place of what they state, and
    `datum` of their heights ("" = 1985). `geoid_m`: how high the zero of 1985 lies above the ellipsoid there, which
    3D Tiles count from; 0 = not known."""

    inputs: tuple[str, ...]
    out: str
    workers: int = 0
    scheduler: str = ""
    crs: str = ""
    datum: str = ""
    geoid_m: float = 0.0
    scratch: str = ""
    tile_triangles: int = quadtree.MOST_TRIANGLES


def bake(order: Order, progress: Progress) -> dict:
    """Do it, and report. Raises Trouble where nothing at all could be baked; `Cancelled` where nobody wants it."""
    start = time.monotonic()
    store = Store.at(order.out, order.scratch)
    team = crew(order.workers, order.scheduler)
    try:
        run = _Run(store, team, progress, order.tile_triangles)
        parts, failed = run.looked_at(order)
        todo = [part for part in parts if run.journal.done(f"{part.key}/whole") is None]
        run.take_apart(todo)
        run.make_tiles(todo)
        run.make_files(todo)
        report = run.finish(parts, [*failed, *(p for p in parts if p.error)])
        return {"out": store.root, "workers": team.workers, **report, "secs": round(time.monotonic() - start, 2)}
    finally:
        team.close()


class _Run:
    def __init__(self, store: Store, team: LocalCrew | DaskCrew, progress: Progress, tile_triangles: int):
        self.store, self.progress, self.tile_triangles = store, progress, tile_triangles
        self.journal = Journal(store)
        self.steps = Steps(team, self.journal, progress)
        self.whole = 0                                       # data sets that were there as they are

    # -- what there is -----------------------------------------------------------------------------------

    def looked_at(self, order: Order) -> tuple[list[Part], list[dict]]:
        """The data sets of all inputs with their keys, and the inputs that cannot be baked."""
        paths, failed, found = [], [], []
        for name in order.inputs:
            self.progress(0.0, 0.0, tr("Looking at the files"))
            try:
                paths.append((name, self._local(name)))
            except Trouble as trouble:
                failed.append({"path": name, "error": str(trouble)})
        looks = {}
        for number, seen in self.steps.run(inputs.look, [
                (path, order.crs, order.datum, order.geoid_m) for _, path in paths]):
            looks[number] = seen
        for number, (name, _) in enumerate(paths):
            if isinstance(looks[number], Trouble):
                failed.append({"path": name, "error": str(looks[number])})
            else:
                found += looks[number]
        if not found:
            raise Trouble(tr("Nothing could be baked."),
                          cause=failed[0]["error"] if failed else tr("There is no input"),
                          way_out="" if failed else tr("Name footprints, city models, IFC models or rasters."))
        datasets = inputs.named_apart(found)
        self.terrains = [d for d in datasets if d.form == RASTER and d.info.kind == "terrain"]
        remote = {path: name for name, path in paths if is_remote(name)}
        return [Part(d, self._key(d), remote.get(d.source.path, d.source.path)) for d in datasets], failed

    def _local(self, name: str) -> str:
        if is_remote(name):
            return str(fetched(name, Path(self.store.scratch) / "inputs"))
        return str(Path(name).absolute())

    def _key(self, data: Dataset) -> str:
        """Of everything that what is written depends on."""
        under = [d.content for d in self.terrains] if data.form == FOOTPRINTS else []
        said = [FORMAT, data.name, data.form, data.content, data.source.table, data.source.crs,
                data.source.height_datum, data.frame.geoid_m, self.tile_triangles, *under]
        return f"{data.name}-{xxhash.xxh3_64_hexdigest(repr(said).encode())}"

    # -- step 1: shards ----------------------------------------------------------------------------------

    def take_apart(self, parts: list[Part]) -> None:
        calls, owner = [], {}
        for part in parts:
            if part.data.form != RASTER:
                ranges = [None] if part.data.form == SHAPES else inputs.row_ranges(part.data)
                part.shards = [{} for _ in ranges]
                for number, rows in enumerate(ranges):
                    key = f"{part.key}/shard/{number}"
                    owner[key] = part, number
                    calls.append((key, (part.data, rows, self._folder(part, number))))
        for key, said in self.steps.pieces(_shard, calls, tr("Taking apart"), lambda said: [
                [f"scratch:{one['place']}/{one['file']}", 0, ""] for one in said]):
            part, number = owner[key]
            if isinstance(said, Trouble):
                part.error = said
            else:
                part.shards[number:number + 1] = said if part.data.form == SHAPES else said[:1]
        for part in parts:
            if part.data.form != RASTER and part.error is None:
                self._plan(part)

    def _folder(self, part: Part, number: int) -> str:
        return os.path.join(self.store.scratch, part.key, f"{number:05d}")

    def _plan(self, part: Part) -> None:
        """What all tiles share, and which feature goes where."""
        folders = [self._folder(part, number) for number in range(len(part.shards))]
        counts = [said["count"] for said in part.shards]
        first_row = np.cumsum([0, *counts]).tolist()
        terrains = tuple(d.source for d in self.terrains) if part.data.form == FOOTPRINTS else ()
        side_m = part.data.square[2] if part.data.form == FOOTPRINTS else part.shards[0].get("square", [0, 0, 1.0])[2]
        part.work = Work(part.data, self.store, folders, first_row[:-1], properties(part, bool(terrains)), terrains,
                         float(side_m), any(said.get("skinned") for said in part.shards))
        if part.data.form == TABLE:
            return
        tables = [read_arrow(Path(folder) / work_file(part.data)).select([PLACE, SIZE, COST]) for folder in folders]
        codes, size, cost = (np.concatenate([t.column(name).to_numpy() for t in tables])
                             for name in (PLACE, SIZE, COST))
        if not (cost > 0).any():
            part.error = Trouble(tr("It holds no shapes that can be baked."), path=part.data.source.path)
            return
        part.root = quadtree.grown(codes, cost, self.tile_triangles)
        part.cost = cost
        part.largest_m = float(size[cost > 0].max())

    # -- step 2: tiles -----------------------------------------------------------------------------------

    def make_tiles(self, parts: list[Part]) -> None:
        """The tiles of features, and when all of them are there, those that stand for them from afar."""
        self._wave(parts, make, self._spec, tr("Making tiles"), lambda node: not node.children)
        self._wave(parts, make_far, self._far_spec, tr("Making the view from afar"), lambda node: bool(node.children))

    def _wave(self, parts: list[Part], function: Callable[..., Any], spec: Callable, text: str,
              which: Callable[[quadtree.Node], bool]) -> None:
        todo: list[tuple[Part, list[str], tuple]] = []
        for part in parts:
            if part.root is None or part.error:
                continue
            missing = []
            for node in filter(which, part.root.every()):
                said = self.journal.done(f"{part.key}/tile/{node.name}")
                if said is None:
                    missing.append(node)
                else:
                    self.steps.reused += 1
                    self._take_tile(part, node.name, said)
            for at in range(0, len(missing), TILES_A_CALL):
                some = missing[at:at + TILES_A_CALL]
                todo.append((part, [n.name for n in some], (part.work, [spec(part, n) for n in some])))
        self.steps.begin(text, sum(len(names) for _, names, _ in todo))
        for number, made in self.steps.run(function, [arguments for _, _, arguments in todo]):
            part, names, _ = todo[number]
            if isinstance(made, Trouble):
                part.error = made
                continue
            for name, said in zip(names, made):
                summary = f"scratch:{part.key}/{FAR}/{name.replace('/', '-')}.npy"
                beside = [[summary, 0, ""]] if function is make else []
                self.journal.keep(f"{part.key}/tile/{name}", [said["file"], *beside], said)
                self._take_tile(part, name, said)
                self.steps.made += 1
            self.steps.ended(len(names))

    def _spec(self, part: Part, node: quadtree.Node) -> Spec:
        rows = np.sort(node.members)
        shard = np.searchsorted(part.work.first_row, rows, side="right") - 1
        return Spec(node.name, [(int(s), rows[shard == s] - part.work.first_row[s]) for s in np.unique(shard)])

    def _far_spec(self, part: Part, node: quadtree.Node) -> FarSpec:
        """A tile that is not much cheaper than what it stands for would be worth nothing."""
        leaves = list(node.leaves())
        below = int(part.cost[np.concatenate([leaf.members for leaf in leaves])].sum())
        return FarSpec(node.name, node.level, tuple(leaf.name for leaf in leaves),
                       min(self.tile_triangles, below // FAR_SHARE))

    def _take_tile(self, part: Part, name: str, said: dict) -> None:
        part.files.append(said["file"])
        part.boxes[name] = said["box"]
        part.errors_m[name] = said.get("error_m", 0.0)
        part.triangles += said["triangles"]

    # -- step 3: tables, rasters, and what names the tiles -------------------------------------------------

    def make_files(self, parts: list[Part]) -> None:
        by_key = {f"{part.key}/file": part for part in parts if part.error is None}
        pieces = [(key, (part.work, self._facts(part)) if part.work else (part.data, self.store))
                  for key, part in by_key.items()]
        for key, said in self.steps.pieces(_file, pieces, tr("Writing tables and rasters"),
                                           lambda said: [said["file"]]):
            if isinstance(said, Trouble):
                by_key[key].error = said
            else:
                by_key[key].files.append(said["file"])
        for part in by_key.values():
            if part.root is not None and part.error is None:
                rows = sum(said["count"] for said in part.shards)
                tree = tileset(part.work, part.root, part.boxes, part.errors_m, part.largest_m, rows)
                part.files.append(self.store.put(f"{part.data.name}/{TILESET}", as_bytes(tree)))

    def _facts(self, part: Part) -> Facts:
        boxes = np.array([said["box"] for said in part.shards if said["box"]])
        box = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        return Facts(box, tuple(sorted({kind for said in part.shards for kind in said["types"]})))

    # -- the end -----------------------------------------------------------------------------------------

    def finish(self, parts: list[Part], failed: list) -> dict:
        """Write manifest and root tileset, remove the scratch, and say what is there now."""
        whole = []
        for part in parts:
            key = f"{part.key}/whole"
            said = self.journal.done(key)
            self.whole += said is not None
            if said is None and part.error is None:
                said = reported(part)
                self.journal.keep(key, sorted(part.files), said)
            if said is not None:
                whole.append((key, part, said))
        if not whole:
            raise next(p.error for p in parts if p.error)
        tiled = [(Work(part.data, self.store, [], [], []), said["box"], said["largest_m"])
                 for _, part, said in whole if said["box"]]
        if tiled:
            self.store.put(TILESET, as_bytes(over_all(tiled)))
        self.journal.finish([key for key, _, _ in whole], {"generator": "citytwin"})
        shutil.rmtree(self.store.scratch, ignore_errors=True)
        return {"made": self.steps.made, "reused": self.steps.reused + self.whole,
                "datasets": [{k: v for k, v in said.items() if k != "box"} for _, _, said in whole],
                "failed": [f if isinstance(f, dict) else {"path": f.path, "error": str(f.error)}
                           for f in failed]}


def _shard(data: Dataset, rows: tuple[int, int] | None, folder: str, progress: Progress) -> list[dict]:
    """Runs in a worker: what is said of each shard; of a model there may be several, in folders numbered from this."""
    shards = (shard_shapes(data, folder, progress) if rows is None
              else [shard_rows(data, *rows, folder, progress)])
    key, first = Path(folder).parts[-2:]
    return [said | {"place": f"{key}/{int(first) + n:05d}"} for n, said in enumerate(shards)]


def _file(*arguments) -> dict:
    """Runs in a worker."""
    return (make_raster if isinstance(arguments[0], Dataset) else make_table)(*arguments)
