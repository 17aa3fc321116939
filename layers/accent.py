"""What is selected or under the mouse, in the accent colour over everything else."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Moment, Visual
from layers.drape import LINE_STEP
from layers.flat import Draped, fill_actor, line_actor
from layers.marks import marks
from layers.palette import ACCENT
from layers.shading import apply_drape

FILL, HOVER_FILL = 0.30, 0.14


class Highlight:
    """Small actors of the chosen features only; rebuilt when the choice or the geometry changes."""

    def __init__(self, visual: Visual):
        self._visual = visual
        self._actors: list[vtkActor] = []
        self._key: tuple = ()

    def update(self, shape: Draped, moment: Moment, layer: str, width_px: float, size_px: float) -> None:
        chosen = moment.selection.features(layer)
        hovered = moment.hovered
        over = (hovered.feature,) if hovered and hovered.layer == layer and hovered.feature not in chosen else ()
        key = (id(shape), chosen, over, width_px, size_px, self._visual.canvas.pixel_ratio)
        if key == self._key:
            self._raise()
            return
        self.clear()
        self._key = key
        self._draw(shape, over, HOVER_FILL, width_px + 1.0, size_px + 3.0)
        self._draw(shape, chosen, FILL, width_px + 2.0, size_px + 5.0)

    def clear(self) -> None:
        for actor in self._actors:
            self._visual.drop(actor)
        self._actors, self._key = [], ()

    def _raise(self) -> None:
        """The layer's own actors were rebuilt: put these back above them."""
        held = {prop for prop, _ in self._visual._props}
        for actor in self._actors:
            if actor not in held:
                self._visual.add(actor, self._visual.canvas.overlay)

    def _draw(self, shape: Draped, features: tuple[int, ...], fill: float, width_px: float, size_px: float) -> None:
        if not features:
            return
        ratio, data = self._visual.canvas.pixel_ratio, shape.source
        most = max([*features, *(int(a.max()) for a in (data.point_feature, data.line_feature, data.fill_feature)
                                 if len(a))])
        accent = np.tile(np.array(ACCENT, np.uint8), (most + 1, 1))
        of = np.isin(np.arange(most + 1), features)
        area = fill_actor(shape, accent, of=of, lit=False)
        if area:
            area.GetProperty().SetOpacity(fill)
            apply_drape(area, 6 * LINE_STEP)
        lines = line_actor(shape, accent, max(width_px, 2.0) * ratio, lit=False, features=features)
        if lines:
            apply_drape(lines, 8 * LINE_STEP)
        places = shape.points[np.isin(data.point_feature, features)]
        dots = marks(places, accent[:1].repeat(len(places), axis=0), size_px * ratio) if len(places) else None
        for actor in (area, lines, dots):
            if actor:
                self._actors.append(actor)
                self._visual.add(actor, self._visual.canvas.overlay)
