"""A water surface by sensors of depth or level, cut against the ground, at the clock's time; absent when stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers import sensor_values
from layers.base import visual_of
from layers.beside import Beside
from layers.discs import FULL, SMALL, USUAL, Discs
from layers.drape import BASE, LINE_STEP
from layers.flood_words import note_of, pool_facts, warnings, warns, words_of
from layers.geometry import actor_of, poly_data
from layers.labelled import Labelled
from layers.legend import Legend
from layers.palette import palette
from layers.pools import Pool, Pools
from layers.ramps import ramp
from layers.verdict_colors import level_colors
from twin.column_words import property_words
from twin.data import Sensors, box
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr


@layer_type
@dataclass(frozen=True, kw_only=True)
class Flood(Layer):
    """`observed` as of a sensor layer. `yellow`, `orange`, `red` in the sensor's unit; None = no such warning."""

    kind: Literal["flood"] = "flood"
    timed: ClassVar[bool] = True
    reads_as: ClassVar[str] = "sensors"
    observed: str = styled("", "Observed property", role="property")
    measures: Literal["depth", "level"] = styled(
        "depth", "Measures", help="Depth: over the ground at the sensor. Level: a height above a datum.")
    datum: Literal["", "1985", "wusong"] = styled("", "Datum of levels", help="Empty: the project's own.")
    reach_m: Annotated[float, Ge(5.0), Le(5000.0)] = styled(150.0, "Looked for within", unit="m", step=25.0)
    colormap: str = styled("deep", "Colours of the depth", role="colormap")
    deep_cm: Annotated[float, Gt(0.0), Le(5000.0)] = styled(50.0, "Darkest at", unit="cm", step=10.0)
    fill_opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.78, "Fill", step=0.02)
    yellow: float | None = styled(None, "Yellow from")
    orange: float | None = styled(None, "Orange from")
    red: float | None = styled(None, "Red from")
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)
    size_px: Annotated[float, Ge(1.0), Le(60.0)] = styled(11.0, "Point size", unit="px", step=1.0)
    label: bool = styled(True, "Values as labels")


CUTTING = 4.0                                      # a post of a basin takes as long as so many rows
SHORE_PX, ABOVE_M = 3.0, 0.4                       # width of the outline; of a disc over the water
WETTING_M = 0.02                                   # over which a surface comes out of nothing at its shore


@visual_of("flood")
class FloodVisual(Labelled):
    """All surfaces of a layer are one mesh, and their shores one more; they are cut again when a level moves."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.pools: list[Pool] = []
        self._said: Pools | None = None
        self._beside = Beside(canvas)
        self._asked: tuple = ()
        self._asked_ns = 0
        self._pools_of: tuple = ()                         # what was asked for when the pools were cut
        self._as_of_ns = 0
        self._built: tuple = ()
        self._drawn: tuple = ()
        self._ground = None
        self._water: vtkActor | None = None
        self._shore: vtkActor | None = None
        self._discs: Discs | None = None

    @property
    def news(self) -> bool:
        return self._beside.news

    def update(self, layer: Flood, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Sensors):
            self._clear()
            return
        if why & {"asset", "ground", "layer", "theme"} or self._said is None:
            self._build(layer, asset, ground, moment)
        if why - {"selection", "hovered"}:
            self._flow(moment)
            self._draw(layer, moment)
        self._paint_discs(layer, moment)

    def _build(self, layer: Flood, asset, ground, moment) -> None:
        of = (asset.payload, ground, layer.observed, layer.system, layer.measures, layer.datum, layer.reach_m,
              layer.stale_minutes, layer.yellow, layer.orange, layer.red)
        built = (*of, layer.size_px, layer.height_offset_m, moment.theme, self.canvas.pixel_ratio)
        if built == self._built:
            return
        if of != self._built[:len(of)]:
            before, self._said = self._said, Pools(asset.payload, layer, ground, asset.key[2])
            if before is None or not np.array_equal(before.rows, self._said.rows):
                self.pools = []
        self._drop()
        self._built, self._ground, self._drawn = built, ground, ()
        self._water = actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True)
        self._shore = actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True)
        self._shore.GetProperty().SetLineWidth(SHORE_PX * self.canvas.pixel_ratio)
        self.lay(self._water, BASE)
        self.lay(self._shore, BASE + LINE_STEP)
        self._discs = Discs(self, self._places(layer), layer.size_px, palette(moment.theme).halo)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _places(self, layer: Flood) -> np.ndarray:
        out = self._said.places.copy()
        out[:, 2] = self._lifted(out[:, 2], layer) + ABOVE_M
        return out

    def _lifted(self, heights_m, layer: Flood):
        """True heights as the terrain is drawn: exaggerated and lifted with it."""
        drawn = self._ground.surfaces[0] if self._ground and self._ground.surfaces else None
        scale, lift = (drawn.exaggeration, drawn.offset_m) if drawn else (1.0, 0.0)
        return heights_m * scale + lift + layer.height_offset_m

    # -- the surface ---------------------------------------------------------------------------------

    def _flow(self, moment) -> None:
        """Where much ground is to be looked through, beside the frames: what stood there stays until then. What the
        sensors say does not wait for it.
        """
        said, values = self._said, self._said.values(moment.now_ns)
        asked = (said, values.tobytes())
        self._take()                                               # else asking again throws it away, at every frame
        if asked != self._asked:                                   # of a clock that runs
            self._asked, self._asked_ns = asked, moment.now_ns
            at_once = moment.compare_ns is not None                # A and B in turn: none may be overtaken
            self._beside.ask(lambda: said.of(values), 0 if at_once else CUTTING * said.to_cut(values))
            self._take()
        if self._pools_of == asked or not self._pools_of:
            self._as_of_ns = moment.now_ns
        if self._pools_of != asked:
            self.pools = said.saying(values, self.pools)

    def _take(self) -> None:
        found = self._beside.take()
        if found is not None:
            self.pools, self._pools_of, self._as_of_ns = found, self._asked, self._asked_ns

    def _draw(self, layer: Flood, moment) -> None:
        drawn = (tuple(self.pools), layer, moment.theme)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        wet = [pool for pool in self.pools if pool.water]
        self._water.GetMapper().SetInputData(self._surface(wet, layer))
        self._shore.GetMapper().SetInputData(self._shores(wet, layer, moment.theme))
        self._write_labels(layer)

    def _surface(self, wet: list[Pool], layer: Flood):
        if not wet:
            return poly_data(np.zeros((0, 3)))
        corners = np.concatenate([pool.water.triangles.reshape(-1, 3) for pool in wet])
        heights = np.concatenate([np.full(3 * len(p.water.triangles), self._lifted(p.level_m, layer)) for p in wet])
        depth = corners[:, 2]
        colors = np.empty((len(corners), 4), np.uint8)
        colors[:, :3] = ramp(layer.colormap, 256)[np.clip(depth * 100 / layer.deep_cm * 255, 0, 255).astype(np.intp)]
        thin = 0.45 + 0.55 * np.clip(depth / WETTING_M, 0.0, 1.0)
        colors[:, 3] = np.round(255 * layer.fill_opacity * layer.opacity * thin)
        points = np.column_stack([corners[:, :2], heights])
        return poly_data(points, triangles=np.arange(len(points)).reshape(-1, 3), colors=colors)

    def _shores(self, wet: list[Pool], layer: Flood, theme: str):
        """Outlines in the colour of the warning, which the depth's own colours do not say."""
        if not wet:
            return poly_data(np.zeros((0, 3)))
        parts, colors = [], []
        for pool in wet:
            ends = pool.water.shore.reshape(-1, 2)
            parts.append(np.column_stack([ends, np.full(len(ends), self._lifted(pool.level_m, layer))]))
            colors.append(np.broadcast_to(self._color(pool, layer, theme), (len(ends), 3)))
        points = np.concatenate(parts)
        return poly_data(points, offsets=np.arange(0, len(points) + 1, 2), colors=np.concatenate(colors))

    def _color(self, pool: Pool, layer: Flood, theme: str) -> np.ndarray:
        if pool.level == 0 and not warns(layer):
            return ramp(layer.colormap, 256)[200]
        return level_colors(theme)[pool.level + 1]

    def _paint_discs(self, layer: Flood, moment) -> None:
        colors = self._discs.table.colors
        for at, pool in enumerate(self.pools):
            colors[at, :3] = self._color(pool, layer, moment.theme)
            colors[at, 3] = USUAL if pool.level >= 0 else SMALL
        chosen = {*moment.selection.features(layer.id)}
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.add(moment.hovered.feature)
        colors[[at for at, pool in enumerate(self.pools) if pool.row in chosen], 3] = FULL
        self._discs.paint(colors)
        self._discs.actor.GetProperty().SetOpacity(max(layer.opacity, 0.02))

    def _write_labels(self, layer: Flood) -> None:
        words = [words_of(pool, self._said.unit, warns(layer)) if layer.label else "" for pool in self.pools]
        rank = np.array([pool.level * 1e6 + np.nan_to_num(pool.value) for pool in self.pools])
        self._labels.set(self._discs.places, words, rank, bold=True, above_px=round(layer.size_px))

    # -- what it is asked ----------------------------------------------------------------------------

    def facts(self, feature):
        pool = next((p for p in self.pools if p.row == feature), None)
        if pool is None:
            return ()
        return pool_facts(pool, self._said)

    def legend(self, layer, asset, moment) -> Legend | None:
        if self._said is None:
            return None
        words = dict.fromkeys(filter(None, (layer.title(moment.language), property_words(self._said.observed))))
        return Legend(title=" · ".join(words), unit="cm", low=0.0, high=layer.deep_cm,
                      ramp=tuple(map(tuple, ramp(layer.colormap, 32).tolist())),
                      entries=warnings(layer, self._said.unit, moment.theme),
                      note=note_of(self.pools, self._as_of_ns, moment.shown_zone),
                      missing=(palette(moment.theme).stale, tr("No data or stale")))

    def bounds(self):
        if self._discs is None:
            return None
        return box(self._discs.places[np.isfinite(self._discs.places).all(axis=1)])

    def feature_bounds(self, feature):
        at = next((n for n, p in enumerate(self.pools) if p.row == feature), None)
        if at is None or not np.isfinite(self._discs.places[at]).all():
            return None
        place, water = self._discs.places[at:at + 1], self.pools[at].water
        if water is None:
            return box(np.concatenate([place - 15.0, place + 15.0]))
        flat = water.triangles[:, :, :2].reshape(-1, 2)
        return box(np.concatenate([place, np.column_stack([flat, np.full(len(flat), place[0, 2])])]))

    def top_m(self, feature):
        at = next((n for n, p in enumerate(self.pools) if p.row == feature), None)
        z = float("nan") if at is None else float(self._discs.places[at][2])
        return z if np.isfinite(z) else None

    def pick(self, ray):
        if self._discs is None:
            return None
        found = self._discs.pick(ray)
        if found:
            return found[0], self._hit(found[1], self._discs.places[found[1]])
        start, along = np.asarray(ray.start), np.asarray(ray.end) - np.asarray(ray.start)
        hits = []
        for at, pool in enumerate(self.pools):
            if pool.water and abs(along[2]) > 1e-9:
                share = (self._lifted(pool.level_m, self._drawn[1]) - start[2]) / along[2]
                point = start + share * along
                if 0 < share < 1 and pool.water.depth_at(point[:2]) > 0:
                    hits.append((share * float(np.linalg.norm(along)) * 0.998, self._hit(at, point)))
        return min(hits, key=lambda x: x[0], default=None)

    def _hit(self, at: int, point) -> Hit:
        return Hit("", self.pools[at].row, tuple(map(float, point)))

    def held(self, layer, payload):
        return len(sensor_values.rows_of(payload, layer.observed, layer.system)[1])

    def stats(self):
        return len(self.pools), sum(len(p.water.triangles) for p in self.pools if p.water)

    def camera_moved(self) -> None:
        if self._discs:
            self._discs.follow()
        super().camera_moved()

    def _drop(self) -> None:
        for actor in (self._water, self._shore, self._labels.actor):
            if actor is not None:
                self.drop(actor)
        if self._discs:
            self._discs.remove()
        self._water, self._shore, self._discs, self._built = None, None, None, ()

    def _clear(self) -> None:
        self._drop()
        self._beside.forget()
        self.pools, self._said, self._drawn, self._asked, self._pools_of = [], None, (), (), ()

    def remove(self) -> None:
        self._clear()
        super().remove()
