"""Tiles where the camera looks: asks workers for what each tiled layer lacks, nearest and coarsest first.

What is drawn is handed to the stage as the asset's detail; the stage sees that it differs and draws it.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace

import numpy as np

from app.session import Session
from twin.assets import Asset
from twin.data import Mesh
from twin.ground import Ground
from twin.jobs import DONE, Job
from twin.layer import Layer
from twin.sight import Sight
from twin.streaming import Choice, Stream
from twin.text import tr
from twin.tile_tree import Detail, Opened, Read, Shown, TileTree, Want
from twin.trouble import Trouble

MOST_JOBS = 2                             # at once, of all layers together
TILES_A_JOB = 6
TAKEN_A_TICK = 2                          # tiles: each becomes a mesh of the renderer within the frame
TAKE_SECS = 0.04                          # where frames are slow anyway, a tile for each of these, or it never ends
MOST_TAKEN = 16
MEGABYTE = 1 << 20
NO_ROWS = np.zeros(0, np.int64)


@dataclass(eq=False)
class _Flow:
    """The stream of one layer's asset."""

    asset: Asset
    tree: TileTree
    stream: Stream
    jobs: list[tuple[Job, list[Want], int]] = field(default_factory=list)     # what was asked for, and parts taken
    notes: tuple[str, ...] = ()                                               # of the tree itself
    came: deque = field(default_factory=deque)
    first_row: dict[int, np.ndarray] = field(default_factory=dict)            # rows of each tile that was ever here
    shown: dict[int, Shown] = field(default_factory=dict)
    seen: tuple = ()
    choice: Choice = Choice((), (), frozenset())
    skipped: Counter = field(default_factory=Counter)                         # of all tiles that were ever here
    told: set[int] = field(default_factory=set)                               # whose share of it is counted


class Streaming:
    """`tick` after the stage's frame, on the GUI thread; a still camera over tiles that are all here costs nothing."""

    def __init__(self, session: Session):
        self.session = session
        self._flows: dict[str, _Flow] = {}
        self._last = time.monotonic()

    def tick(self, sight: Sight, ground: Ground, most: int = 0) -> bool:
        """True when anything that is drawn changed. `most` tiles are taken; 0 = as many as the frame bears."""
        now = time.monotonic()
        most = most or max(TAKEN_A_TICK, min(MOST_TAKEN, int((now - self._last) / TAKE_SECS)))
        self._last = now
        if not self._flows and not self.session.document.of_kind("tiles"):
            return False
        changed = False
        flows = self._current()
        for layer, flow in flows:
            self._hear(flow)
            flow.stream.ground_m = ground.span() if flow.tree.on_ground else (0.0, 0.0)
            changed |= self._step(layer, flow, sight, most)
        self._ask([flow for _, flow in flows])
        return changed

    def settle(self, sight: Sight, ground: Ground, timeout_secs: float = 120.0) -> bool:
        """Wait for all that this camera needs (headless use). True when anything came."""
        changed, end = False, time.monotonic() + timeout_secs
        while time.monotonic() < end:
            self.session.jobs.poll()
            changed |= self.tick(sight, ground, most=1000)
            if not any(flow.jobs or flow.came or flow.choice.wanted for flow in self._flows.values()):
                return changed
            time.sleep(0.002)
        return changed

    # -- which layers ----------------------------------------------------------------------------------

    def _current(self) -> list[tuple[Layer, _Flow]]:
        """The tiled layers that are shown; flows of what is gone end."""
        document, out, kept = self.session.document, [], {}
        for layer in document.layers:
            if layer.kind != "tiles":
                continue
            asset = self.session.asset(layer.id)
            tree = asset.payload if asset else None
            if not isinstance(tree, TileTree):
                continue
            flow = self._flows.get(layer.id)
            if flow is None or flow.asset is not asset:
                flow = _Flow(asset, tree, Stream(tree.nodes, layer.memory_mb * MEGABYTE), notes=tree.notes)
            kept[layer.id] = flow
            if document.shown(layer):
                out.append((layer, flow))
        for id, flow in self._flows.items():
            if kept.get(id) is not flow:
                for job, _, _ in flow.jobs:
                    self.session.jobs.cancel(job)
        self._flows = kept
        return out

    # -- what comes ------------------------------------------------------------------------------------

    def _hear(self, flow: _Flow) -> None:
        still = []
        for job, wants, taken in flow.jobs:
            parts = job.parts[taken:]
            flow.came.extend(parts)
            if job.active:
                still.append((job, wants, taken + len(parts)))
            elif job.state != DONE:
                self._give_up(flow, wants[taken + len(parts):], job.error)
        flow.jobs = still

    def _give_up(self, flow: _Flow, wants: list[Want], error: Trouble | None) -> None:
        """A worker died at a tile, or was cancelled: it is not asked again."""
        said = str(error) if error else tr("The work was cancelled.")
        flow.came.extend(Opened(w.node, error=said) if w.opening else Read(w.node, error=said) for w in wants)

    def _step(self, layer: Layer, flow: _Flow, sight: Sight, most: int) -> bool:
        for _ in range(min(most, len(flow.came))):
            part = flow.came.popleft()
            if isinstance(part, Read) and part.mesh.count:
                self._rows_of(flow, part)
            flow.stream.take(part)
            if part.error or (isinstance(part, Read) and part.skipped and part.node not in flow.told):
                _tell(flow, part)
        flow.stream.most_bytes = layer.memory_mb * MEGABYTE
        seen = (flow.stream.revision, sight.eye.tobytes(), sight.planes.tobytes(), sight.pixels, layer.tolerance_px,
                layer.memory_mb, layer.height_offset_m, flow.stream.ground_m)
        if seen == flow.seen:
            return False
        flow.seen = seen
        flow.choice = flow.stream.choose(_lowered(sight, layer.height_offset_m), layer.tolerance_px)
        return self._show(flow)

    def _show(self, flow: _Flow) -> bool:
        """Hand what is drawn to the stage where it differs."""
        stream = flow.stream
        flow.shown = {node: self._shown(flow, node) for node in flow.choice.drawn
                      if stream.held[node].count or stream.held[node].dots is not None}
        detail = Detail(tuple(flow.shown.values()), len(flow.choice.wanted) + len(stream.asked), len(stream.broken))
        before = flow.asset.detail
        same = before is not None and [t.mesh for t in before.tiles] == [t.mesh for t in detail.tiles]
        if same and before.broken == detail.broken and flow.asset.payload is flow.tree:
            return False
        if flow.asset.payload is not flow.tree:
            flow.asset.payload = flow.tree
        flow.asset.detail, flow.asset.revision = detail, flow.asset.revision + 1
        return True

    def _shown(self, flow: _Flow, node: int) -> Shown:
        mesh, held = flow.stream.held[node], flow.shown.get(node)
        return held if held and held.mesh is mesh else Shown(
            node, mesh, flow.first_row.get(node, NO_ROWS))

    def _rows_of(self, flow: _Flow, part: Read) -> None:
        """Which rows of the layer's table a tile's features are; a table that is not whole grows with it."""
        if part.node in flow.first_row:
            return
        table, tree = part.mesh.features, flow.tree
        if tree.rows and tree.rows in table.column_names:
            rows = np.asarray(table.column(tree.rows).fill_null(-1).to_numpy(zero_copy_only=False), np.int64)
            flow.first_row[part.node] = _with_blocks(flow, rows, table)
            return
        import pyarrow as pa
        first = tree.features.num_rows if tree.features is not None else 0
        flow.first_row[part.node] = np.arange(first, first + table.num_rows)
        known = [tree.features] if tree.features is not None else []
        grown = pa.concat_tables([*known, table], promote_options="permissive")
        places = [tree.row_box] if tree.row_box is not None else []
        flow.tree = replace(tree, features=grown, count=grown.num_rows,
                            row_box=np.concatenate([*places, boxes_of(part.mesh)]))

    # -- what is asked for -----------------------------------------------------------------------------

    def _ask(self, flows: list[_Flow]) -> None:
        running = sum(len(flow.jobs) for flow in self._flows.values())
        for flow in flows:
            while running < MOST_JOBS:
                wants = [w for w in flow.choice.wanted if (w.node, w.opening) not in flow.stream.asked][:TILES_A_JOB]
                if not wants:
                    break
                flow.stream.asked.update((w.node, w.opening) for w in wants)
                flow.choice = replace(flow.choice, wanted=tuple(w for w in flow.choice.wanted if w not in wants))
                job = self.session.jobs.start(flow.tree.loader, tuple(wants), label=tr("Tiles"),
                                              path=flow.asset.key[0].path, urgent=True)
                flow.jobs.append((job, wants, 0))
                running += 1


def boxes_of(mesh: Mesh) -> np.ndarray:
    """(features, 4) f4 min x, min y, max x, max y of each; NaN without corners."""
    out = np.full((mesh.count, 4), (np.inf, np.inf, -np.inf, -np.inf), np.float32)
    for at in (0, 1):
        np.minimum.at(out[:, at], mesh.vertex_feature, mesh.points[:, at])
        np.maximum.at(out[:, 2 + at], mesh.vertex_feature, mesh.points[:, at])
    out[np.isinf(out).any(axis=1)] = np.nan
    return out


def _tell(flow: _Flow, part: Opened | Read) -> None:
    """What a part could not show, in the notes of the layer: each tile counts once, however often it comes."""
    if isinstance(part, Read) and part.node not in flow.told:
        flow.skipped.update(dict(part.skipped))
        flow.told.add(part.node)
    broken = flow.stream.broken
    said = [tr("{n} tiles cannot be read: {cause}", n=len(broken), cause=next(iter(broken.values())))] if broken else []
    flow.tree = replace(flow.tree, notes=(*flow.notes, *said, *flow.tree.loader.notes(flow.skipped)))


def _with_blocks(flow: _Flow, rows: np.ndarray, table) -> np.ndarray:
    """The rows of a tile in which blocks (-1) have their numbers behind the features; the tree learns of them."""
    blocks = np.flatnonzero(rows < 0)
    if not len(blocks):
        return rows
    import pyarrow as pa
    tree = flow.tree
    rows = rows.copy()
    rows[blocks] = tree.feature_rows + tree.block_rows + np.arange(len(blocks))
    known = [tree.blocks] if tree.blocks is not None else []
    more = table.drop_columns([tree.rows]).take(pa.array(blocks))
    flow.tree = replace(tree, blocks=pa.concat_tables([*known, more], promote_options="permissive"))
    return rows


def _lowered(sight: Sight, lift_m: float) -> Sight:
    """The camera as the tiles see it that are drawn higher than they say."""
    if not lift_m:
        return sight
    planes = sight.planes.copy()
    planes[:, 3] += planes[:, 2] * lift_m
    return Sight(sight.eye - (0.0, 0.0, lift_m), planes, sight.pixels)
