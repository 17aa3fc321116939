"""Vectors: points, lines and polygons, draped on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers import flat
from layers.accent import Highlight
from layers.attributes import STEPS_HELP, Coloring, StepKind, Steps, coloring, themed, vector_features
from layers.base import Moment, Ray, Visual, visual_of
from layers.drape import BASE, LINE_STEP
from layers.draping import Draping
from layers.flat import Draped, fill_actor, line_actor
from layers.in_time import BORDERS, InTime
from layers.labelled import Labelled
from layers.legend import Legend
from layers.marks import marks
from layers.palette import palette, unit
from layers.rule_colors import by_rules, relabelled
from layers.shading import apply_drape
from layers.wood import Wood
from twin.data import Bounds, Vectors
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.ruling import ColorRule
from twin.selection import Hit


@layer_type
@dataclass(frozen=True, kw_only=True)
class VectorLayer(Layer):
    kind: Literal["vectors"] = "vectors"
    color: str = styled("#5b8db8", "Colour", role="color")
    color_by: str = styled("", "Colour by", role="column")
    colormap: str = styled("batlow", "Colours", role="colormap")
    steps: StepKind = styled("smooth", "Steps", help=STEPS_HELP)
    step_count: Annotated[int, Ge(2), Le(12)] = styled(5, "Number of steps", step=1)
    own_colors: tuple[tuple[str, str], ...] = ()             # words of the legend and the colour given to them
    own_labels: tuple[tuple[str, str], ...] = ()             # and other words
    ruled: bool = styled(False, "By rules", help="Colours by conditions, the first that holds, instead of a column")
    rules: tuple[ColorRule, ...] = ()
    fill_opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.6, "Fill", step=0.05)
    width_px: Annotated[float, Ge(0.0), Le(20.0)] = styled(2.0, "Line width", unit="px", step=0.5)
    size_px: Annotated[float, Ge(1.0), Le(60.0)] = styled(9.0, "Point size", unit="px", step=1.0)
    symbol: Literal["dot", "tree", "station"] = styled("dot", "Symbol")
    label_by: str = styled("", "Label", role="column")
    in_time: bool = styled(False, "By the clock", help="Only what is there then, by columns from and until")


CLASS_COLUMNS = ("kind", "class", "type", "fclass", "natural", "landuse", "waterway")
WATERS = frozenset({"water", "lake", "river", "canal", "pond", "reservoir", "stream", "riverbank", "basin", "moat",
                    "水", "湖", "河", "水体", "湖泊", "河流"})
# Fields that are about one kind of geometry, by the array that holds it.
ABOUT = {"points": ("size_px", "symbol"), "line_points": ("width_px",), "fill_points": ("fill_opacity",)}
OF_DOTS = ("size_px", "color_by", "colormap", "steps", "step_count")         # trees have their own sizes and greens
READS = frozenset({"ground", "selection", "hovered", "theme", "language", "ruled"})
FRESH = frozenset({"layer", "theme", "ruled"})            # and a new drape


@visual_of("vectors")
class VectorVisual(Labelled):
    """A handful of actors: fills, water, lines, marks or trees, labels, and what is highlighted."""

    reads = READS
    flat = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self._highlight = Highlight(self)
        self._draping = Draping(canvas)
        self._in_time = InTime()
        self._coloring: Coloring | None = None
        self._boxes: tuple[Draped, np.ndarray] | None = None      # of the features, once a legend asks
        self._wood = Wood(self)
        self._triangles = 0
        self._reach = flat.REACH_PX

    @property
    def _shape(self) -> Draped | None:
        return self._draping.shape

    @property
    def news(self) -> bool:
        return self._draping.news or self._wood.news

    @property
    def busy(self) -> bool:
        return self._draping.busy or self._wood.busy

    def update(self, layer: VectorLayer, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        data = asset.payload if asset else None
        if not isinstance(data, Vectors):
            self._clear()
            return
        self.reads = READS | {"time"} if layer.in_time else READS
        if layer.in_time:
            data = self._in_time.at(data, moment.now_ns, moment.time_zone)
        self._draping.ask(data, ground, layer.height_offset_m)
        fresh = self._draping.take()
        if self._shape is None:
            self._take_away()
            return
        if fresh or why & FRESH or self._coloring is None:
            self._build(layer, moment)
        if fresh or why & (FRESH | {"language"}):
            self._set_labels(layer, moment)
        self._grow(layer, moment)
        self._highlight.update(self._shape, moment, layer.id, layer.width_px, layer.size_px)

    def _clear(self) -> None:
        self._draping.clear()
        self._take_away()

    def _take_away(self) -> None:
        self.remove()
        self._wood.clear()
        self._coloring, self._triangles = None, 0

    def _build(self, layer: VectorLayer, moment: Moment) -> None:
        Visual.remove(self)
        self._triangles = 0
        self._wood.put()
        self._coloring = self._colors(layer, moment)
        self._add_fills(layer, moment)
        self._add_lines(layer)
        if layer.symbol != "tree":
            self._add_points(layer, moment)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _colors(self, layer: VectorLayer, moment: Moment) -> Coloring:
        data, plain = self._shape.source, themed(layer.color, moment.theme)
        if layer.ruled and layer.rules:
            return by_rules(layer.rules, moment.ruled.get(layer.id), count=vector_features(data), plain=plain,
                            theme=moment.theme)
        return coloring(data.features, layer.color_by, count=vector_features(data), colormap=layer.colormap,
                        plain=plain, theme=moment.theme, title=layer.color_by,
                        steps=Steps(layer.steps, layer.step_count, layer.own_colors))

    def _add_fills(self, layer: VectorLayer, moment: Moment) -> None:
        water = water_features(self._shape.source, layer.color)
        opacity = layer.opacity * layer.fill_opacity
        for actor in (fill_actor(self._shape, self._coloring.colors, of=~water) if opacity > 0 else None,
                      fill_actor(self._shape, self._coloring.colors, of=water, water=True) if opacity > 0 else None):
            if actor:
                actor.GetProperty().SetOpacity(opacity)
                self._put(actor, BASE)
                self._triangles += actor.GetMapper().GetInput().GetNumberOfPolys()

    def _add_lines(self, layer: VectorLayer) -> None:
        width = layer.width_px * self.canvas.pixel_ratio
        data = bool(layer.color_by or (layer.ruled and layer.rules))      # then a colour is a value, also at night
        lines = line_actor(self._shape, self._coloring.colors, width, lit=not data) if width > 0 else None
        if lines:
            lines.GetProperty().SetOpacity(layer.opacity)
            self._put(lines, BASE + LINE_STEP)

    def _put(self, actor: vtkActor, nearer: float) -> None:
        """On the ground; what has heights of its own hides and is hidden by them."""
        if self._shape.source.has_z:
            apply_drape(actor, nearer)
            self.add(actor)
        else:
            self.lay(actor, nearer)

    def _add_points(self, layer: VectorLayer, moment: Moment) -> None:
        data, ratio = self._shape.source, self.canvas.pixel_ratio
        if not len(data.points):
            return
        self._reach = max(flat.REACH_PX, layer.size_px / 2 + 2) * ratio
        rim = unit(palette(moment.theme).halo)
        actor = marks(self._shape.points, self._coloring.colors[data.point_feature], layer.size_px * ratio, rim=rim,
                      station=layer.symbol == "station")
        actor.GetProperty().SetOpacity(layer.opacity)
        self.add(actor, self.canvas.overlay)

    def _grow(self, layer: VectorLayer, moment: Moment) -> None:
        """Trees for the points, or none."""
        if layer.symbol != "tree" or not len(self._shape.source.points):
            self._wood.clear()
            return
        colors = palette(moment.theme)
        green = colors.trees if layer.color == VectorLayer.color else themed(layer.color, moment.theme)
        self._wood.grow(self._shape, green, colors.trunks, layer.opacity)

    def _set_labels(self, layer: VectorLayer, moment: Moment) -> None:
        words = texts(self._shape.source, layer.label_by, moment.language)
        if layer.in_time:
            words = [word if there else "" for word, there in zip(words, self._in_time.there)]
        above = round(layer.size_px / 2 + 3) if len(self._shape.points) and layer.symbol != "tree" else 2
        self._labels.set(self._shape.anchor[:len(words)], words, _extent(self._shape, len(words)),
                         above_px=above)

    # -- what the stage asks -----------------------------------------------------------------------

    def camera_moved(self) -> None:
        super().camera_moved()
        self._wood.camera_moved()

    def remove(self) -> None:
        super().remove()
        self._highlight.clear()

    def legend(self, layer: VectorLayer, asset, moment: Moment) -> Legend | None:
        told = self._coloring is not None and layer.symbol != "tree"
        return relabelled(self._coloring.legend, layer, moment) if told else None

    def colored(self) -> tuple[np.ndarray, np.ndarray] | None:
        shape = self._shape
        if shape is None or self._coloring is None:
            return None
        if self._boxes is None or self._boxes[0] is not shape:
            self._boxes = shape, shape.feature_boxes()
        return self._boxes[1], self._coloring.colors

    def bounds(self) -> Bounds | None:
        return self._draping.bounds()

    def feature_bounds(self, feature: int) -> Bounds | None:
        return self._shape.feature_bounds(feature) if self._shape else None

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """Dots before lines before fills: the smaller thing is what one aims at."""
        if self._shape is None:
            return None
        if self._wood.there:
            return self._wood.pick(ray)
        return (flat.pick_points(self._shape, ray, self._reach)
                or flat.pick_lines(self._shape, ray, flat.REACH_PX * self.canvas.pixel_ratio)
                or flat.pick_fills(self._shape, ray))

    @classmethod
    def idle_fields(cls, layer: VectorLayer, payload) -> frozenset[str]:
        if not isinstance(payload, Vectors) or not payload.count:
            return frozenset()
        idle = {name for part, names in ABOUT.items() if not len(getattr(payload, part)) for name in names}
        if layer.symbol == "tree" and len(payload.points):
            idle |= {"size_px"} if len(payload.line_points) else {*OF_DOTS} if layer.ruled else {*OF_DOTS, "ruled"}
        columns = payload.features.column_names if payload.features is not None else ()
        return frozenset(idle if set(BORDERS) & set(columns) else idle | {"in_time"})

    def stats(self) -> tuple[int, int]:
        return (vector_features(self._shape.source) if self._shape else 0), self._triangles + self._wood.triangles


def water_features(data: Vectors, color: str) -> np.ndarray:
    """(features,) bool: a class column says water, or the whole layer has the scene's water colour."""
    out = np.full(vector_features(data), themed(color, "dark") == palette("dark").water)
    for name in CLASS_COLUMNS:
        if data.features is not None and name in data.features.column_names:
            out |= np.array([str(v).strip().lower() in WATERS for v in data.features.column(name).to_pylist()], bool)
    return out


def texts(data: Vectors, column: str, language: str) -> list[str]:
    """A label per feature, from `<column>_zh` in Chinese where the table has it; empty without a column."""
    table = data.features
    if not column or table is None:
        return []
    names = [f"{column}_{language}", column] if language != "en" else [column, f"{column}_en"]
    found = next((n for n in names if n in table.column_names), None)
    return ["" if v is None else str(v) for v in table.column(found).to_pylist()] if found else []


def _extent(shape: Draped, count: int) -> np.ndarray:
    """(count,) a measure of size per feature, so that the larger ones keep their label: metres of line."""
    out = np.zeros(max(count, 1))
    offsets, points = shape.source.line_offsets, shape.corner_points
    if len(points) > 1:
        run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        lengths = run[np.maximum(offsets[1:] - 1, 0)] - run[np.minimum(offsets[:-1], len(run) - 1)]
        np.add.at(out, np.minimum(shape.source.line_feature, len(out) - 1), lengths)
    return out[:count]
