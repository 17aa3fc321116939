"""Drawing in the scene by clicks: a line, a polygon or a rectangle. The scene shows it as it grows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.session import Session
from layers.ground_hits import ground_point
from layers.profile import ProfileLine
from twin.selection import Hit
from twin.text import tr

Point = tuple[float, float, float]
LEAST = {"line": 2, "polygon": 3, "rectangle": 2}
SKETCH = "sketch"
HINTS = {"line": "Click points of the line; a double click ends it, Esc gives up.",
         "polygon": "Click corners of the area; a double click ends it, Esc gives up.",
         "rectangle": "Click two opposite corners; Esc gives up."}


class Drawing:
    """`shape`: "line", "polygon" or "rectangle" (two corners, its sides along the picture).

    `on_ground`: the points lie on the ground, whatever stands before it.
    A click adds a point, a double click or Enter ends, Backspace takes the last point back, Escape gives up.
    `done(points)` gets (n, 2) local metres, of areas the open ring; None where it was given up.
    """

    def __init__(self, session: Session, viewport, shape: str, done: Callable[[np.ndarray | None], None],
                 on_ground: bool = False):
        self.session, self.viewport, self.shape, self.done = session, viewport, shape, done
        self.on_ground = on_ground
        self.points: list[Point] = []

    def begin(self) -> None:
        """Take the clicks from here on; what was being drawn before is given up."""
        if self.viewport.drawing is not None:
            self.viewport.drawing.cancel()
        self.viewport.cancel_pick()
        self.viewport.draw(self)

    @property
    def hint(self) -> str:
        """What to do now, for the status bar."""
        return tr(HINTS[self.shape])

    def look(self, view, x: float, y: float, hit: Hit | None) -> Point | None:
        """What lies under the mouse, device pixels; `click` and `move` are given it: where the line runs on the ground,
        or where all is looked through, the ground, else the line would begin beside the click.
        """
        if (self.on_ground or self.session.document.ground_opacity < 1.0) and not _below(view):
            return ground_point(view.stage.ground, view.ray(x, y), view.stage.rest_m)
        return hit.point if hit else view.point_at(x, y)

    def hover(self, view, x: float, y: float, hit: Hit | None) -> None:
        """The mouse moved to this pixel."""
        if (found := self.look(view, x, y, hit)) is not None:
            self.move(found)

    def tick(self) -> None:
        """Nothing here takes longer than a frame."""

    def click(self, point: Point) -> None:
        self.points.append(tuple(map(float, point)))
        if self.shape == "rectangle" and len(self.points) == 2:
            self.finish()
        else:
            self._show(self.points)

    def move(self, point: Point) -> None:
        """The mouse is over this point: show what a click would make of it."""
        if self.points:
            self._show([*self.points, point])

    @property
    def begun(self) -> bool:
        """Something was clicked that `back` takes back."""
        return bool(self.points)

    def back(self) -> None:
        self.points = self.points[:-1]
        self._show(self.points)

    def finish(self) -> None:
        """End here; with too few points nothing is made."""
        outline = self._outline(self.points)
        self._end()
        self.done(outline if len(self.points) >= LEAST[self.shape] else None)

    def cancel(self) -> None:
        self._end()
        self.done(None)

    def _end(self) -> None:
        self.session.sketch = None
        self.viewport.draw(None)

    def _outline(self, points: list[Point]) -> np.ndarray:
        xy = np.array([p[:2] for p in points], np.float64).reshape(-1, 2)
        if self.shape != "rectangle" or len(xy) < 2:
            return xy
        azimuth = np.radians(self.viewport.camera().azimuth_deg)
        right, ahead = np.array([np.cos(azimuth), -np.sin(azimuth)]), np.array([np.sin(azimuth), np.cos(azimuth)])
        across = xy[1] - xy[0]
        return np.array([xy[0], xy[0] + (across @ right) * right, xy[1], xy[0] + (across @ ahead) * ahead])

    def _show(self, points: list[Point]) -> None:
        outline = self._outline(points)
        if self.shape != "line" and len(outline) > 2:
            outline = np.concatenate([outline, outline[:1]])
        line = tuple(map(tuple, (outline + self.session.document.frame.origin[:2]).tolist()))
        self.session.sketch = ProfileLine(id=SKETCH, name="", line=line if len(line) > 1 else (), lettered=False)


def _below(view) -> bool:
    """The eye is under the ground: no ray of it comes down onto that."""
    x, y, z = view.camera().position
    return z <= float(view.stage.ground.height_at([[x, y]])[0])
