"""What every visual is: it draws one layer, and is told only what changed.

The stage calls `update(layer, asset, moment, ground, why)` when the layer, its asset or something it
`reads` differs from what it drew last. A visual never reads a clock, an event or a widget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkProp

from layers.canvas import Canvas
from layers.legend import Legend
from layers.nearness import GivingWay
from layers.shading import apply_drape
from layers.shape import Shape
from twin.assets import Asset
from twin.data import Bounds, Tracks
from twin.ground import Ground
from twin.indoors import NO_INDOORS, Indoors
from twin.layer import Layer
from twin.ruling import Ruling
from twin.schedule import Mapped
from twin.selection import Hit, Selection
from twin.shade import Shade
from twin.sun import Sun, SunDay
from twin.value_words import ValueWord
from twin.vitals.board import State


@dataclass(frozen=True)
class Moment:
    """Everything besides document and assets that a picture depends on.

    `since_ns`: where the stretch of time begins that is looked at up to now; None = the instant alone.
    `compare_ns`: the second instant; None = there is none. `differing`: what can say so shows the difference to it.
    """

    now_ns: int = 0
    since_ns: int | None = None
    compare_ns: int | None = None
    time_zone: str = "Asia/Shanghai"      # of the project: days, nights and naive stamps
    shown_zone: str = "Asia/Shanghai"     # what times are written in
    selection: Selection = Selection()
    hovered: Hit | None = None
    sun: Sun = Sun(135.0, 40.0)
    sun_day: SunDay | None = None         # its way over the day of the clock; None where there is no place or no time
    theme: str = "light"                  # "light" | "dark"
    language: str = "en"
    shade: Shade | None = None            # baked sun and sky on the ground
    second_sun: Sun | None = None         # over side B of a comparison
    second_shade: Shade | None = None     # of side B, where it shows other layers or has another sun
    story: tuple[str, str] | None = None  # title and text that are told over the scene
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)     # of the frame, for what is kept in the project's CRS
    vitals: State | None = None           # signs of the zones; None where no layer shows any, or nothing is known yet
    compared: State | None = None         # the same at the second instant
    differing: bool = False
    indoors: Indoors = NO_INDOORS         # rooms and their sensors
    hosted: Indoors = NO_INDOORS          # elements that carry sensors, likewise
    schedules: dict[str, Mapped] = field(default_factory=dict)     # of buildings, by layer
    moving: dict[str, Tracks] = field(default_factory=dict)        # of vehicles, by layer, while a roadside is shown
    ruled: dict[str, Ruling] = field(default_factory=dict)         # which colour rule holds for which feature, by layer
    words: tuple[ValueWord, ...] = ()                              # what codes in the tables are called
    giving_way: dict[str, GivingWay] = field(default_factory=dict) # of city layers, what finer ones show near the eye


@dataclass(frozen=True)
class Ray:
    """A pick: from the camera through a pixel, in local metres; `pixel` and `size` in device pixels.

    `project(points (n, 3)) -> (n, 3)` gives x, y in device pixels (origin at the lower left) and the
    distance from the camera in metres, for picks in screen space.
    """

    start: np.ndarray                     # (3,) f8
    end: np.ndarray                       # (3,) f8
    pixel: tuple[float, float]
    project: Callable[[np.ndarray], np.ndarray]


class Visual:
    """One layer in the scene. Subclasses keep few actors: one object per layer, never one per element."""

    # What besides the layer and its asset changes the picture: "time", "ground", "selection",
    # "hovered", "sun", "sun_day", "theme", "language", "shade", "vitals", "origin", "indoors", "hosted", "schedules".
    # A visual may exchange its own while it runs.
    reads: frozenset[str] = frozenset()
    # Shows what was said over the stretch of time that is looked at; of others the legend says that they do not.
    spans: ClassVar[bool] = False
    # Draws lines between things that move on, wherever these are by now.
    roams: ClassVar[bool] = False
    # Lies on the ground: where one sees through it, what lies beneath is meant by a click.
    flat: ClassVar[bool] = False
    # Is painted on the ground, and seen through where that is.
    painted: ClassVar[bool] = False
    # Its features have a `shape`.
    snaps: ClassVar[bool] = False

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self._props: list[tuple[vtkProp, Any]] = []
        self._lying: set[vtkProp] = set()                    # those of them that lie on the ground
        self._shown = True
        self.rank = 0                                        # its place in the list, 0 = uppermost
        self.unsorted = False                                # something was added since it was brought up

    # -- what subclasses write -------------------------------------------------------------------

    def update(self, layer: Layer, asset: Asset | None, moment: Moment, ground: Ground,
               why: frozenset[str]) -> None:
        """Bring the picture up to date. `why` holds "layer", "asset", "news" and the names of `reads` that differ.

        `asset.payload` may be None (loading) or grow between calls.
        """
        raise TypeError(f"{type(self).__name__} draws nothing: it must define update()")

    @property
    def news(self) -> bool:
        """Something that was computed beside the frames (layers/beside.py) waits for an update to be shown."""
        return False

    @property
    def busy(self) -> bool:
        """Something is being computed beside the frames without which the layer is not all there."""
        return False

    def judged(self) -> tuple[str, int, Bounds] | None:
        """The sign by which areas of this layer are filled as the camera stands, how many they are, and where."""
        return None

    def give_way(self, given: bool) -> None:
        """Leave the filling of areas to a layer of smaller ones."""

    def legend(self, layer: Layer, asset: Asset | None, moment: Moment) -> Legend | None:
        """What the colours mean; None where they mean nothing."""
        return None

    def colored(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Boxes (n, 6) f4 in local metres of what is drawn in classes, and its colours (n, 3|4) u1 as the legend has
        them; the same arrays while nothing changes. None where that is not known."""
        return None

    def bounds(self) -> Bounds | None:
        """Of what is drawn, metres from the frame origin; None when nothing is.

        Asked after an update for the layer, its asset or the ground; time, selection and light move no bounds but of
        what `roams`.
        """
        return None

    def feature_bounds(self, feature) -> Bounds | None:
        """Of one feature (its row), to zoom to it: wider than what is small. Buildings and cities also take several."""
        return None

    def top_m(self, feature: int) -> float | None:
        """How high one feature reaches as it stands, metres above the frame's origin; None where that is not known."""
        box = self.feature_bounds(feature)
        return float(box[5]) if box else None

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The nearest visible feature on the ray as (distance in metres, hit without layer id)."""
        return None

    def corner(self, ray: Ray, hit: Hit, reach_px: float) -> tuple[float, float, float] | None:
        """The corner of what was hit that is meant: within reach of the ray's pixel; None without one."""
        return None

    def shape(self, feature: int) -> Shape | None:
        """Faces and creases of one feature, to snap to; None where it has none."""
        return None

    def facts(self, feature: int) -> tuple[tuple[str, str], ...]:
        """What is known now of a feature beyond what its file says, as (name, value) for the inspector."""
        return ()

    @classmethod
    def choice_words(cls, payload: Any) -> dict[str, str]:
        """Field of the style form -> what its first choice comes to with this content, in words."""
        return {}

    @classmethod
    def idle_fields(cls, layer: Layer, payload: Any) -> frozenset[str]:
        """Fields of the style form that change nothing with this content."""
        return frozenset()

    def stats(self) -> tuple[int, int]:
        """(features, triangles) that are drawn."""
        return 0, 0

    def held(self, layer: Layer, payload: Any) -> int:
        """Features that the layer holds, drawn or not."""
        return payload.count

    def camera_moved(self) -> None:
        """Called before every render while the layer is shown: follow the camera (labels, symbols), cheaply."""

    # -- what all share --------------------------------------------------------------------------

    def add(self, prop: vtkProp, renderer: Any = None) -> None:
        """Put a prop into the scene (or another of the canvas's renderers); `remove` takes it out."""
        renderer = renderer or self.canvas.scene
        renderer.AddViewProp(prop)
        prop.SetVisibility(self._shown)
        self._props.append((prop, renderer))
        self.unsorted = True

    def lay(self, actor: vtkActor, nearer: float, renderer: Any = None) -> None:
        """Add what lies on the ground, drawn `nearer` by that share of the distance, so that it does not sink into it.

        It leaves no depth: which of such things covers which is told by the list alone, however many there are.
        """
        actor.ForceTranslucentOn()
        apply_drape(actor, nearer)
        self._lying.add(actor)
        self.add(actor, renderer)

    def drop(self, prop: vtkProp) -> None:
        self._lying.discard(prop)
        for held, renderer in [x for x in self._props if x[0] is prop]:
            renderer.RemoveViewProp(held)
        self._props = [x for x in self._props if x[0] is not prop]

    def ranked(self, rank: int) -> None:
        """The layer stands elsewhere in the list; `rank` counts from its upper end, from 0."""
        self.rank = rank

    def bring_up(self, lying: bool) -> None:
        """Draw what lies on the ground, or all else, after everything that was brought up before."""
        self.unsorted = False
        for prop, renderer in self._props:
            if (prop in self._lying) == lying:
                held = renderer.GetViewProps()               # re-ordered in place: nothing is uploaded again
                held.RemoveItem(prop)
                held.AddItem(prop)

    def show(self, shown: bool) -> None:
        self._shown = shown
        for prop, _ in self._props:
            prop.SetVisibility(shown)

    @property
    def shown(self) -> bool:
        return self._shown

    def remove(self) -> None:
        for prop, renderer in self._props:
            renderer.RemoveViewProp(prop)
        self._props.clear()
        self._lying.clear()


VISUALS: dict[str, type[Visual]] = {}


def visual_of(kind: str):
    """Register the decorated `Visual` class as what draws layers of `kind`."""
    def register(cls: type[Visual]) -> type[Visual]:
        VISUALS[kind] = cls
        return cls
    return register
