"""Zones: outlines with a name, lightly filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkActor

from layers import flat
from layers.accent import Highlight
from layers.attributes import number_column
from layers.base import Moment, Ray, Visual, visual_of
from layers.drape import BASE, LINE_STEP
from layers.draping import Draping
from layers.flat import WIDE_STEP, Draped, fill_actor, line_actor
from layers.labelled import Labelled
from layers.legend import Legend
from layers.palette import rgb
from layers.vectors import texts
from layers.verdict_colors import level_colors
from layers.zone_verdicts import (
    ZoneDifferences,
    ZoneVerdicts,
    difference_legend,
    difference_words,
    legend_of,
    words_of,
    zone_differences,
    zone_verdicts,
)
from twin.data import Bounds, Vectors
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.vitals.catalogue import catalogue
from twin.vitals.choices import DrawnZone
from twin.vitals.drawn import drawn_zones


@layer_type
@dataclass(frozen=True, kw_only=True)
class Zones(Layer):
    """`from_m`, `until_m`: how far the eye is from what it looks at while these zones show; 0 = no limit. So a district
    gives way to its towns and these to their blocks: the verdict of each is that of its worst sensor, at every level.
    """

    kind: Literal["zones"] = "zones"
    color: str = styled("#1677ff", "Colour", role="color")
    fill_opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.06, "Fill", step=0.02)
    width_px: Annotated[float, Ge(0.0), Le(20.0)] = styled(2.0, "Line width", unit="px", step=0.5)
    label_by: str = styled("name", "Label", role="column")
    sign: str = styled("", "Coloured by vital sign", role="sign")
    from_m: Annotated[float, Ge(0.0)] = styled(0.0, "Seen from", unit="m", step=500.0)
    until_m: Annotated[float, Ge(0.0)] = styled(0.0, "Seen until", unit="m", step=500.0, help="0 = from any distance")
    drawn: tuple[DrawnZone, ...] = ()

    def seen_at(self, distance_m: float) -> bool:
        return self.from_m <= distance_m and (self.until_m <= 0.0 or distance_m < self.until_m)


AREA_COLUMNS = (("area_km2", 1.0), ("area_m2", 1e-6))
JUDGED_OPACITY = 0.42                          # of fills that a sign colours, where the layer asks for less


@visual_of("zones")
class ZonesVisual(Labelled):
    """A fill on the ground, an outline over the scene (hidden only behind buildings), and a name.

    Outline and name are there at once; the fill of a district is cut to the ground beside the frames, and the one
    before stays until then.
    """

    reads = frozenset({"ground", "selection", "hovered", "language", "theme", "vitals", "origin"})
    flat = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self._highlight = Highlight(self)
        self._draping = Draping(canvas, outline_first=True)
        self._drawn: tuple = ()                              # the zones, if drawn by hand, and the frame's origin
        self._data: Vectors | None = None
        self._fill: vtkActor | None = None
        self._fill_feature = np.zeros(0, np.intp)            # of each of its points
        self._line: vtkActor | None = None
        self._triangles = 0
        self._verdicts: ZoneVerdicts | None = None
        self._differ: ZoneDifferences | None = None          # instead, where the difference of two instants is shown
        self._painted = np.zeros((0, 3), np.uint8)
        self._layer: Zones | None = None
        self._near = True                                    # the camera is where these zones are seen from
        self._given_way = False                              # smaller ones of the same sign are filled
        self._extent: tuple[int, Bounds] | None = None       # how many they are, and where

    @property
    def news(self) -> bool:
        return self._draping.news

    @property
    def busy(self) -> bool:
        return self._draping.busy

    @property
    def _shape(self) -> Draped | None:
        return self._draping.shape

    def update(self, layer: Zones, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        self._layer = layer
        data = asset.payload if asset else self._by_hand(layer.drawn, moment.origin)
        if not isinstance(data, Vectors):
            self.remove()
            self._draping.clear()
            self._fill, self._line, self._triangles = None, None, 0
            return
        if self._shape is not None and self._shape.source is not data:
            self._fill = None                                # it is of other zones
        if self._draping.ask(data, ground, layer.height_offset_m) | self._draping.take():
            why |= {"asset"}
        if why & {"asset", "ground", "layer", "origin"}:
            self._build(layer)
        self._judge(layer, moment, why)
        if why & {"layer", "asset", "ground", "language"} or (layer.sign and "vitals" in why):
            self._label(layer, moment)
        self._highlight.update(self._shape, moment, layer.id, layer.width_px, 9.0)

    def _by_hand(self, drawn: tuple[DrawnZone, ...], origin: tuple[float, float, float]) -> Vectors | None:
        """The same as long as nothing of them differs."""
        if (drawn, origin) != self._drawn:
            self._drawn, self._data = (drawn, origin), drawn_zones(drawn, origin) if drawn else None
        return self._data

    def _build(self, layer: Zones) -> None:
        Visual.remove(self)
        data = self._shape.source
        colors = np.tile(np.array(rgb(layer.color), np.uint8), (self._count(), 1))
        opacity = layer.fill_opacity                         # 0 stays 0: an outline round other zones hides none
        if layer.sign and opacity > 0:
            opacity = max(opacity, JUDGED_OPACITY)
        if opacity <= 0:
            self._fill = None
        elif self._draping.filled:
            self._fill, self._fill_feature = fill_actor(self._shape, colors, lit=False), self._shape.fills.feature
        if self._fill:
            self._fill.GetProperty().SetOpacity(opacity * layer.opacity)
            self.lay(self._fill, BASE + (WIDE_STEP if self._shape.coarse > 1.0 else 0.0))
        line = self._line = line_actor(self._shape, colors, layer.width_px * self.canvas.pixel_ratio, lit=False) \
            if layer.width_px > 0 else None
        if line:
            line.GetProperty().SetOpacity(layer.opacity)
            self.lay(line, 4 * LINE_STEP, self.canvas.overlay)
        self.add(self._labels.actor, self.canvas.overlay)
        self.show(self.shown)
        box = self._shape.bounds()
        self._extent = (self._count(), box) if box else None
        self._triangles = len(data.fill_triangles)

    def _count(self) -> int:
        data = self._shape.source
        return 1 + max((int(a.max()) for a in (data.line_feature, data.fill_feature) if len(a)), default=-1)

    def _judge(self, layer: Zones, moment: Moment, why: frozenset[str]) -> None:
        """Colours of the moment, written in place where any zone's differs."""
        self._verdicts = self._differ = None
        if not layer.sign:
            return
        if moment.differing:
            self._differ = zone_differences(moment.vitals, moment.compared, layer.id, layer.sign, self._count())
            colors = self._differ.colors(moment.theme)
        else:
            self._verdicts = zone_verdicts(moment.vitals, layer.id, layer.sign, self._count())
            colors = level_colors(moment.theme)[self._verdicts.verdicts]
        if np.array_equal(colors, self._painted) and not why & {"layer", "asset", "ground", "origin"}:
            return
        self._painted = colors
        if self._fill:
            recolor(self._fill, colors[self._fill_feature])
        if self._line:
            data = self._shape
            recolor(self._line, colors[np.repeat(data.source.line_feature, np.diff(data.line_offsets))])

    def legend(self, layer: Zones, asset, moment: Moment) -> Legend | None:
        if not layer.seen_at(self.canvas.camera().distance):
            return None
        if self._differ is not None:
            return difference_legend(self._differ, moment.theme, moment.language, moment.shown_zone)
        if self._verdicts is None:
            return _of_one_colour(layer)
        other = zone_verdicts(moment.compared, layer.id, layer.sign, self._count()) if moment.compared else None
        return legend_of(self._verdicts, moment.theme, moment.language, moment.shown_zone, other)

    def _label(self, layer: Zones, moment: Moment) -> None:
        names = texts(self._shape.source, layer.label_by, moment.language)
        areas = area_km2(self._shape.source)
        if self._verdicts is not None or self._differ is not None:
            sign = catalogue().sign(layer.sign)
            unit = sign.unit_words() if sign else ""
            words = words_of(self._verdicts, names, unit) if self._verdicts else difference_words(self._differ, names,
                                                                                                  unit)
            if words != self._labels.words:
                loudest = self._verdicts.verdicts if self._verdicts else np.abs(self._differ.values)
                anchors, loudest = self._shape.anchor[:len(words)], loudest[:len(words)]
                self._labels.set(anchors, words, loudest, size_px=15, bold=True, above_px=6)
            return
        words = [f"{name}  {area:.2f} km²" if name and np.isfinite(area) else name for name, area in zip(names, areas)]
        self._labels.set(self._shape.anchor[:len(words)], words, areas[:len(words)], size_px=15, bold=True,
                         color=rgb(layer.color), above_px=6)

    def camera_moved(self) -> None:
        near = self._layer is None or self._layer.seen_at(self.canvas.camera().distance)
        if near != self._near:
            self._near = near
            self.show(self.shown)
        if near:
            super().camera_moved()

    def show(self, shown: bool) -> None:
        super().show(shown)
        if not self._near:
            for prop, _ in self._props:
                prop.SetVisibility(False)
            self._labels.show(False)
        elif self._given_way and self._fill:
            self._fill.SetVisibility(False)

    def judged(self) -> tuple[str, int, Bounds] | None:
        filled = self._layer is not None and self._layer.sign and self._near and self._fill
        return (self._layer.sign, *self._extent) if filled and self._extent else None

    def give_way(self, given: bool) -> None:
        if given != self._given_way:
            self._given_way = given
            self.show(self.shown)

    def remove(self) -> None:
        super().remove()
        self._highlight.clear()

    def bounds(self) -> Bounds | None:
        return self._shape.bounds() if self._shape else None

    def feature_bounds(self, feature: int) -> Bounds | None:
        return self._shape.feature_bounds(feature) if self._shape else None

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The outline or, where it is filled, the area; a zone lies under whatever else is there, so it counts as
        farther."""
        if self._shape is None or not self._near:
            return None
        found = flat.pick_lines(self._shape, ray, flat.REACH_PX * self.canvas.pixel_ratio)
        if found is None and self._layer.fill_opacity > 0:
            found = flat.pick_fills(self._shape, ray)
        return (found[0] * 1.001, found[1]) if found else None

    def stats(self) -> tuple[int, int]:
        data = self._shape.source if self._shape else None
        return (data.features.num_rows if data is not None and data.features is not None else data.count if data else 0,
                self._triangles)


def _of_one_colour(layer: Zones) -> Legend | None:
    """A fill without a name on it is explained by the legend."""
    if layer.label_by or layer.fill_opacity <= 0:
        return None
    return Legend(title="", entries=((rgb(layer.color), layer.name),), alone=True)


def recolor(actor: vtkActor, colors: np.ndarray) -> None:
    """Write `colors` (points, 3) u1 over the actor's own, in place."""
    scalars = actor.GetMapper().GetInput().GetPointData().GetScalars()
    vtk_to_numpy(scalars)[:] = colors
    scalars.Modified()


def area_km2(data: Vectors) -> np.ndarray:
    """(features,) from the first area column that the table has; NaN where it says nothing."""
    for column, factor in AREA_COLUMNS:
        if data.features is not None and column in data.features.column_names:
            return number_column(data, column, np.nan) * factor
    return number_column(data, "", np.nan)
