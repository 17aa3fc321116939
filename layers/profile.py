"""A line drawn on the ground along which a vertical section is looked at; its ends are A and B."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers import flat
from layers.base import Moment, Ray, Visual, visual_of
from layers.drape import LINE_STEP
from layers.flat import Draped, draped, line_actor
from layers.labelled import Labelled
from layers.palette import rgb
from layers.shading import apply_drape
from layers.through import FAINT, IN_FRONT
from twin.data import Bounds, Vectors
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit


@layer_type
@dataclass(frozen=True, kw_only=True)
class ProfileLine(Layer):
    """`line`: easting and northing of its points in the project's CRS. `lettered`: A and B stand at its ends."""

    kind: Literal["profile"] = "profile"
    line: tuple[tuple[float, float], ...] = ()
    lettered: bool = True
    exaggeration: Annotated[float, Ge(1.0), Le(5.0)] = styled(1.0, "Vertical exaggeration", step=0.5)
    trench_depth_m: Annotated[float, Ge(0.0), Le(50.0)] = styled(
        0.0, "Trench depth", unit="m", step=0.1, help="0 = nothing is to be dug")
    trench_width_m: Annotated[float, Ge(0.0), Le(100.0)] = styled(1.0, "Trench width", unit="m", step=0.1)
    color: str = styled("#1677ff", "Colour", role="color")
    width_px: Annotated[float, Ge(1.0), Le(20.0)] = styled(3.0, "Line width", unit="px", step=0.5)


@visual_of("profile")
class ProfileVisual(Labelled):
    """One line over the scene, faint behind what stands before it, with a letter at each end."""

    reads: ClassVar = frozenset({"ground", "origin"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._shape: Draped | None = None

    def update(self, layer: ProfileLine, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        Visual.remove(self)
        self._shape = None
        if len(layer.line) < 2:
            return
        points = np.zeros((len(layer.line), 3))
        points[:, :2] = np.array(layer.line) - moment.origin[:2]
        data = Vectors(line_points=points.astype(np.float32), line_offsets=np.array([0, len(points)]),
                       line_feature=np.zeros(1, np.int32), anchor=points[:1].astype(np.float32), count=1)
        self._shape = draped(data, ground, layer.height_offset_m)
        for opacity, nearer in ((1.0, 10 * LINE_STEP), (FAINT, IN_FRONT)):
            self.add(self._line(layer, opacity, nearer), self.canvas.overlay)
        corners = self._shape.corner_points
        self._labels.set(corners[[0, -1]], ["A", "B"] if layer.lettered else ["", ""], size_px=15, bold=True,
                         color=rgb(layer.color))
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _line(self, layer: ProfileLine, opacity: float, nearer: float) -> vtkActor:
        """`nearer`: share of the distance by which it is drawn before other things."""
        actor = line_actor(self._shape, np.array([rgb(layer.color)], np.uint8),
                           layer.width_px * self.canvas.pixel_ratio, lit=False)
        actor.GetProperty().SetOpacity(layer.opacity * opacity)
        apply_drape(actor, nearer)
        return actor

    def bounds(self) -> Bounds | None:
        return self._shape.bounds() if self._shape else None

    def feature_bounds(self, feature: int) -> Bounds | None:
        return self.bounds()

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        return flat.pick_lines(self._shape, ray, flat.REACH_PX * self.canvas.pixel_ratio) if self._shape else None

    def stats(self) -> tuple[int, int]:
        return int(self._shape is not None), 0
