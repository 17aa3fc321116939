"""A raster over time: rain, or whatever it holds, at the clock's time, on the ground or as a sheet above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.base import Moment, Ray, Visual, visual_of
from layers.beside import Beside
from layers.geometry import actor_of, poly_data
from layers.ground_paint import Picture
from layers.ground_shading import texture_of
from layers.legend import Legend
from layers.palette import palette
from layers.rain_classes import SHANGHAI, classes_of
from layers.ramps import CHANGE, ramp, reach_of
from layers.raster_steps import Shown, compared_note, difference, note_of, shown_at, span_of, standard_note
from layers.terrain import on_ground
from twin.data import Bounds, RasterSeries
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr

NEARER = 1.0 - 1e-5                              # than the ground it lies on, so that a click means it


@layer_type
@dataclass(frozen=True, kw_only=True)
class Rasters(Layer):
    """`low`, `high` None = from the data; for what is no rain."""

    kind: Literal["rasters"] = "rasters"
    timed: ClassVar[bool] = True
    opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.6, "Opacity", step=0.05)
    shows: Literal["now", "1 h", "3 h", "6 h", "12 h", "24 h"] = styled(
        "now", "Shows", help="Now: the rain as it falls, or its sum over the span that the time slider looks at. "
                             "Hours: the sum of the hours before the clock's time")
    standard: Literal["shanghai", "national", "none"] = styled(
        SHANGHAI, "Warnings of",
        help="Shanghai warns by the rain of 1 and of 6 hours, the nation by that of 12, 6 and 3")
    lies: Literal["on the ground", "as a sheet"] = styled("on the ground", "Lies")
    sheet_m: Annotated[float, Ge(1.0), Le(20_000.0)] = styled(600.0, "Height of the sheet", unit="m", step=50.0)
    from_m: Annotated[float, Ge(0.0)] = styled(0.0, "Seen from", unit="m", step=500.0,
                                               help="0 = however near the eye is; else it gives way to what is near")
    colormap: str = styled("batlow", "Colours of what is no rain", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")


@visual_of("rasters")
class RastersVisual(Visual):
    """One texture, written anew when another step holds; the drawn ground paints it, or a sheet carries it."""

    reads = frozenset({"time", "ground", "theme", "language"})
    spans = True
    painted = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self._series: RasterSeries | None = None
        self._ground = Ground()
        self._beside = Beside(canvas)
        self._said: Shown | None = None
        self._asked: tuple = ()
        self._texture: vtkTexture | None = None
        self._sheet: vtkActor | None = None
        self._pictures: list[Picture] = []
        self._lift = self._from_m = 0.0
        self._far = True                                     # the eye is no nearer than the layer asks
        self._box: Bounds | None = None
        self._painted: tuple = ()

    @property
    def news(self) -> bool:
        return self._beside.news

    def update(self, layer: Rasters, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        series = asset.payload if asset else None
        if not isinstance(series, RasterSeries):
            self.remove()
            return
        if series is not self._series:
            self.remove()
            self._series = series
        if ground is not self._ground or self._box is None or self._lift != layer.height_offset_m:
            self._ground, self._lift = ground, layer.height_offset_m
            self._box = _box(series, ground, self._lift)
        self._from_m = layer.from_m
        self._far = self._from_m <= self.canvas.camera().distance
        self._ask(layer, moment)
        found = self._beside.take()
        self._said = found or self._said
        if self._said is not None:
            self._paint(layer, moment, ground)

    # -- what it shows -------------------------------------------------------------------------------

    def _ask(self, layer: Rasters, moment: Moment) -> None:
        """A step is looked up at once; sums of many large steps are made beside the frames."""
        history = self._series.history
        spans = [span_of(layer, self._series, moment, moment.now_ns)]
        if moment.differing and moment.compare_ns is not None:
            spans.append(span_of(layer, self._series, moment, moment.compare_ns))
        asked = (history, *spans)
        if asked == self._asked:
            return
        self._asked = asked
        steps = sum(len(history.parts(*span)[0]) if span[1] > span[0] else 1 for span in spans)
        summed = any(until > since for since, until in spans)
        halves = moment.compare_ns is not None and not moment.differing    # A and B in turn: none may be overtaken
        self._beside.ask(lambda: difference(*(shown_at(history, *span) for span in spans)),
                         rows=steps * history.values[0].size if summed and not halves else 0)

    def _paint(self, layer: Rasters, moment: Moment, ground: Ground) -> None:
        look = (layer.standard, layer.colormap, layer.low, layer.high, moment.theme, moment.differing)
        if self._painted != (self._said, look):
            self._painted = (self._said, look)
            self._write(self._colors(layer, moment))
        self._lay(layer, ground)

    def _colors(self, layer: Rasters, moment: Moment) -> np.ndarray:
        """(rows, cols, 4) u1; clear where nothing is known."""
        values = self._said.values
        if self._series.rain and not self._compares(moment):
            classes = classes_of(layer.standard, self._hours())
            return classes.colors(moment.theme)[classes.of(values)]
        low, high, colormap = self._ramp(layer, moment)
        known = np.isfinite(values)
        share = np.clip((np.where(known, values, low) - low) / max(high - low, 1e-12), 0.0, 1.0)
        out = np.empty((*values.shape, 4), np.uint8)
        out[..., :3] = ramp(colormap, 256)[(share * 255).round().astype(np.intp)]
        out[..., 3] = np.where(known, 255, 0)
        out[~known] = 0
        return out

    def _compares(self, moment: Moment) -> bool:
        return moment.differing and moment.compare_ns is not None

    def _ramp(self, layer: Rasters, moment: Moment) -> tuple[float, float, str]:
        if self._compares(moment):
            reach = reach_of(self._said.values)
            return -reach, reach, CHANGE
        low = self._series.low if layer.low is None else layer.low
        return low, self._series.high if layer.high is None else layer.high, layer.colormap

    def _hours(self) -> float:
        """That are summed up; 0 = none."""
        return round(self._said.hours, 6) if self._said else 0.0

    # -- where it lies -------------------------------------------------------------------------------

    def _write(self, rgba: np.ndarray) -> None:
        if self._texture is None:
            self._texture = texture_of(rgba)
            self._texture.InterpolateOff()                   # a cell is a cell
            return
        from vtkmodules.util.numpy_support import vtk_to_numpy
        image = self._texture.GetInput()
        held = image.GetPointData().GetScalars()
        vtk_to_numpy(held)[:] = rgba.reshape(-1, 4)
        held.Modified()
        image.Modified()
        self._texture.Modified()

    def _lay(self, layer: Rasters, ground: Ground) -> None:
        series = self._series
        if self._sheet is not None:
            self.drop(self._sheet)
            self._sheet = None
        self._pictures = []
        if layer.lies == "as a sheet":
            self._sheet = _sheet(series, self._texture, ground, layer)
            self.add(self._sheet)
        else:
            self._pictures = [Picture(self._texture, series.x0, series.y0, series.width, series.height,
                                      opacity=layer.opacity)]
        self.show(self.shown)

    def show(self, shown: bool) -> None:
        super().show(shown)
        if self._sheet is not None:
            self._sheet.SetVisibility(shown and self._far)
        if shown and self._far and self._pictures:
            self.canvas.ground.show_pictures(self, self._pictures, self.rank, self._lift, measured=True)
        else:
            self.canvas.ground.hide_pictures(self)

    def camera_moved(self) -> None:
        far = self._from_m <= self.canvas.camera().distance
        if far != self._far:
            self._far = far
            self.show(self.shown)

    def ranked(self, rank: int) -> None:
        super().ranked(rank)
        self.show(self.shown)

    def remove(self) -> None:
        super().remove()
        self._beside.forget()
        self._series, self._said, self._texture, self._sheet, self._box = None, None, None, None, None
        self._asked, self._painted, self._pictures = (), (), []
        self.canvas.ground.hide_pictures(self)

    # -- what it is asked ----------------------------------------------------------------------------

    def legend(self, layer: Rasters, asset, moment: Moment) -> Legend | None:
        if self._said is None or self.canvas.camera().distance < layer.from_m:
            return None
        rain, shown, compares = self._series.rain, self._said, self._compares(moment)
        unit = "mm" if rain and shown.hours else self._series.unit
        missing = (palette(moment.theme).stale, tr("Nothing known: left clear"))
        title, note = layer.title(moment.language), note_of(shown, moment)
        if rain and not compares:
            classes = classes_of(layer.standard, self._hours())
            if any(classes.warnings):
                note = "; ".join((note, standard_note(layer.standard, self._hours())))
            return Legend(title=title, unit=unit, entries=classes.entries(moment.theme), missing=missing, note=note)
        low, high, colormap = self._ramp(layer, moment)
        if compares:
            title, note = f"{title} · {tr('Difference')}", compared_note(moment)
        return Legend(title=title, unit=unit, low=low, high=high, note=note, missing=missing,
                      ramp=tuple(map(tuple, ramp(colormap, 32).tolist())))

    def facts(self, feature: int) -> tuple[tuple[str, str], ...]:
        """What is shown of a cell, where that is a sum; its value now the inspector says itself."""
        if self._said is None or not self._said.hours or not 0 <= feature < self._said.values.size:
            return ()
        value = float(self._said.values.reshape(-1)[feature])
        return ((tr("Sum of {hours} h", hours=f"{self._said.hours:.3g}"),
                 f"{value:.1f} mm" if np.isfinite(value) else "—"),)

    def bounds(self) -> Bounds | None:
        return self._box

    def feature_bounds(self, feature: int) -> Bounds | None:
        if self._series is None or not 0 <= feature < self._series.count:
            return None
        rows, cols = self._series.history.values.shape[1:]
        (x, y), dx, dy = self._series.centre_of(feature), self._series.width / cols / 2, self._series.height / rows / 2
        z = float(self._ground.height_at(np.array([[x, y]]))[0])
        return (x - dx, y - dy, z, x + dx, y + dy, z)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The cell over the ground that is meant; nothing where it shows nothing. A sheet is looked through."""
        if self._said is None or not self._far or not np.isfinite(self._said.values).any():
            return None
        found = on_ground(self._ground, ray, self._box)
        cell = self._series.cell_at(*found[1].point[:2]) if found else -1
        if cell < 0 or not np.isfinite(self._said.values.reshape(-1)[cell]):
            return None
        return found[0] * NEARER, Hit("", cell, found[1].point)

    def stats(self) -> tuple[int, int]:
        return self._series.count if self._series else 0, 2 if self._sheet else 0


def _box(series: RasterSeries, ground: Ground, lift: float) -> Bounds:
    x, y = (np.linspace(start, start + size, 33) for start, size in ((series.x0, series.width),
                                                                     (series.y0, series.height)))
    z = ground.height_at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)) + lift
    return (series.x0, series.y0, float(z.min()), series.x0 + series.width, series.y0 + series.height, float(z.max()))


def _sheet(series: RasterSeries, texture: vtkTexture, ground: Ground, layer: Rasters) -> vtkActor:
    """A plane over the middle's ground that hides nothing from a click."""
    x, y, w, h = series.x0, series.y0, series.width, series.height
    z = float(ground.height_at(np.array([[x + w / 2, y + h / 2]]))[0]) + layer.sheet_m + layer.height_offset_m
    corners = np.array([[x, y, z], [x + w, y, z], [x + w, y + h, z], [x, y + h, z]])
    data = poly_data(corners, triangles=np.array([[0, 1, 2], [0, 2, 3]]),
                     tcoords=np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
    actor = actor_of(data, lit=False)
    actor.SetTexture(texture)
    actor.GetProperty().SetOpacity(layer.opacity)
    actor.ForceTranslucentOn()
    actor.PickableOff()
    return actor
