"""What a terrain can be coloured by: elevation, slope, aspect or hillshade, each with its legend."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from vtkmodules.vtkRenderingCore import vtkTexture

from layers.ground_shading import texture_of
from layers.legend import Color, Legend
from layers.ramps import cyclic, ramp
from twin.relief import Relief
from twin.text import sentences, tr

COMPASS = ("North", "North-east", "East", "South-east", "South", "South-west", "West", "North-west")


@dataclass(frozen=True, eq=False)
class GroundColors:
    """`colors` (256, 3) u1 run over `span` in the unit that the paint looks up (ground_paint.Paint)."""

    colors: np.ndarray
    span: tuple[float, float]
    low: float
    high: float
    unit: str
    directions: bool = False

    def span_on(self, relief: Relief) -> tuple[float, float]:
        """The span as another relief of the same terrain measures it: heights are shares of its own range."""
        if self.unit != "m":
            return self.span
        high = max(relief.high - relief.low, 1e-6)
        return (self.low - relief.low) / high, (self.high - relief.low) / high

    def legend(self, layer, language: str) -> Legend:
        title = layer.title(language)
        if self.directions:
            at = (np.arange(8) * 32).tolist()
            return Legend(title=title, note=tr("Aspect: where the slope looks"),
                          entries=tuple((tuple(self.colors[i].tolist()), tr(name)) for i, name in zip(at, COMPASS)))
        shown = tuple(map(tuple, self.colors[np.linspace(0, 255, 32).round().astype(int)].tolist()))
        return Legend(title=title, unit=self.unit, low=self.low, high=self.high, ramp=shown, note=_note(layer))


def coloring_of(layer, relief: Relief) -> GroundColors | None:
    """None where the colour means nothing (plain, hillshade)."""
    if layer.color_by == "elevation":
        return GroundColors(ramp(layer.colormap), (0.0, 1.0), relief.low, relief.high, "m")
    if layer.color_by == "slope":
        most = max(1.0, math.ceil(math.degrees(math.atan(relief.steepest / 1.5))))
        return GroundColors(ramp(layer.colormap), (0.0, math.radians(most)), 0.0, most, "°")
    if layer.color_by == "aspect":
        return GroundColors(cyclic(), (0.0, 1.0), 0.0, 360.0, "°", directions=True)
    return None


def _note(layer) -> str:
    if layer.color_by == "slope":
        return tr("Slope")
    if layer.exaggeration != 1:
        return tr("Elevation, drawn {n} times as high", n=f"{layer.exaggeration:g}")
    return tr("Elevation")


def with_contours(legend: Legend | None, layer, color: Color, language: str) -> Legend:
    """Contour lines tell how far apart they are, below the colours that there are."""
    words = tr("Contour lines every {step} m", step=f"{layer.contour_m:g}")
    if legend is None:
        return Legend(title=layer.title(language), entries=((color, words),))
    return replace(legend, note=sentences(legend.note, words))


def ramp_texture(colors: np.ndarray) -> vtkTexture:
    return _texture(colors.tobytes())


@lru_cache(maxsize=32)
def _texture(colors: bytes) -> vtkTexture:
    table = np.frombuffer(colors, np.uint8).reshape(1, -1, 3)
    return texture_of(np.concatenate([table, np.full((1, table.shape[1], 1), 255, np.uint8)], axis=2))
