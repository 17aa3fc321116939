"""An IFC building: one mesh, feature index per vertex, coloured by style, class or storey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from layers import construction
from layers.arrangement import Paint, Rule
from layers.attributes import Coloring
from layers.base import visual_of
from layers.building_colors import by_class, by_column, painted
from layers.building_elements import OPAQUE, OPENING, SPACE_ALPHA, Elements
from layers.construction import dressed
from layers.daylight import is_dark
from layers.highlight import highlighted
from layers.labels import Labels
from layers.mesh_sizes import footprints
from layers.palette import palette
from layers.room_colors import Painted, RoomColors, legend_of, painted_rooms
from layers.room_labels import NAMED_VALUE, VALUE, label_words, room_blocks, value_words
from layers.room_labels import NONE as NO_LABELS
from layers.sections import Cut, cut_away, planes_of
from layers.sign_colors import SignColors, Signed
from layers.solid import Solid
from layers.solid_slices import MOST_SLICES
from layers.solid_visual import SolidVisual
from layers.words import warm
from twin.assets import LOADING
from twin.data import Mesh
from twin.frame import Frame
from twin.indoors import Indoors
from twin.layer import Placement, layer_type, styled
from twin.placing import matrix_of, place_of
from twin.schedule import Mapped, ScheduleView


@layer_type
@dataclass(frozen=True, kw_only=True)
class Building(Signed):
    """`georeference` names the source of the file that places it ("" = the one that was believed when it was read);
    `placement` (project CRS) goes before any of them.

    `arranged`: what is hidden or a ghost (layers/arrangement.py), on top of the storey and the spaces.
    `painted`: results of queries in colours of their own. `cuts`: sections (layers/sections.py).
    `levels`: its storeys, from below, among those of the models that it was pulled apart with; () = a whole of its own.
    `schedule`: construction in time (layers/construction.py).
    `bygone`: what it shows is no more; its rooms and elements carry no sensors.
    `room_colors`: rooms or elements by what their sensors say at the clock's time (layers/room_colors.py); without them
    `sign` colours the whole building.
    """

    kind: Literal["building"] = "building"
    color_by: str = styled("style", "Colour by", role="column",
                           help="style (the file's colours), class, storey or another attribute")
    colormap: str = styled("batlow", "Colours", role="colormap")
    storey: str = styled("", "Only storey", role="storey")
    storeys_below: bool = styled(False, "Storeys below too")
    apart_m: Annotated[float, Ge(0.0), Le(30.0)] = styled(0.0, "Storeys apart", unit="m", step=0.5)
    levels: tuple[int, ...] = ()
    spaces: bool = styled(False, "Show spaces")
    room_labels: Literal["none", "name", "area", "use", "name_and_area", "value", "name_and_value"] = styled(
        "name_and_area", "Room labels",
        help="the area is that of the room's shape; the value is what coloured rooms show, at the clock's time; "
             "elements with sensors say theirs")
    edges: bool = styled(True, "Edges")
    georeference: str = ""
    placement: Placement | None = None
    arranged: tuple[Rule, ...] = ()
    painted: tuple[Paint, ...] = ()
    cuts: tuple[Cut, ...] = ()
    room_colors: RoomColors | None = None
    schedule: ScheduleView | None = None
    bygone: bool = False


def by_name(layers: Iterable[Building]) -> list[Building]:
    """`layers` as the list has them, those first that a model is called by: the lowest goes before what was laid over
    it since, and colours of rooms by their sensors are another view of it."""
    out = [*layers][::-1]
    out.sort(key=lambda layer: layer.room_colors is not None)
    return out


READS = frozenset({"selection", "hovered", "theme", "sun", "language"})
BY_CLOCK = {"rooms": READS | {"time", "indoors"}, "elements": READS | {"time", "hosted"}}
NONE = np.zeros(0, np.int32)
IN_TIME = READS | {"time", "schedules"}
JUDGED = READS | {"vitals"}


@visual_of("building")
class BuildingVisual(SolidVisual):
    """One mesh for all elements. It stands at its absolute height, whatever the terrain is exaggerated to."""

    reads = READS

    def __init__(self, canvas):
        super().__init__(canvas)
        if not canvas.at_once:
            warm()
        self.solid: Solid | None = None
        self.elements: Elements | None = None
        self._coloring: Coloring | None = None
        self._built: tuple = ()
        self._stands: tuple = ()                             # where, since it was built or moved
        self._colored: tuple = ()
        self._alpha = np.zeros(0, np.uint8)
        self._labels = Labels(canvas)
        self._labelled: tuple = ()
        self._rooms: Painted | None = None
        self._speaking: Indoors | None = None                # whose colours these are
        self._signed: SignColors | None = None               # what its sign says, where the layer has one
        self._sign_shown = False                             # and the camera is where its colours show
        self._told: tuple = ()                               # arguments of the last update
        self._made: Mapped | None = None
        self._states: np.ndarray | None = None

    def update(self, layer, asset, moment, ground, why) -> None:
        mesh = asset.payload if asset else None
        if not isinstance(mesh, Mesh) or not len(mesh.triangles):
            self._clear()
            self._told = ()
            return
        self._told = (layer, asset, moment, ground)
        if self.elements is None or self.elements.mesh is not mesh:
            self.elements = Elements(mesh)
        self._build(layer, mesh, asset.key[2])
        self._ask_sensors(layer, moment)
        self.solid.lift(self.elements.storeys.lift(layer.apart_m, layer.levels))
        self._color(layer, mesh, moment)
        chosen = self.elements.told_apart(layer, moment.selection.features(layer.id))
        called = self.elements.called(layer, chosen)
        self._alpha = self.elements.alpha(layer)
        if len(called):
            self._alpha = self._alpha.copy()
            self._alpha[called] = SPACE_ALPHA
        colors, alpha = self._by_clock(layer, moment), self._alpha
        self.solid.through = self.elements.ghosts(layer)
        if self._made is not None:
            colors, alpha, ghosts = dressed(colors, alpha, self._states, layer.schedule)
            self.solid.through = (self.solid.through | ghosts) & (alpha > 0)
        alpha = self.elements.own_alpha(colors, alpha)
        rgba = np.column_stack([colors, np.round(alpha * layer.opacity).astype(np.uint8)])
        rgba[self.solid.through, :3] = palette("dark" if is_dark(moment.sun, moment.theme) else "light").ghost
        marked = highlighted(rgba, layer.id, moment, chosen)
        self.solid.paint(marked, self.elements.tints(marked, alpha, layer.opacity))
        told = self._made is not None or (layer.room_colors is not None and layer.room_colors.others == "ghost")
        self.solid.even_light(told)                          # colours that say something are read at night too
        self.solid.windows(False, moment.sun)
        self.solid.pictures(layer.color_by in ("style", "") and layer.schedule is None and not self._sign_shown)
        self.solid.edges(layer.edges, 1.0 if told else moment.sun.daylight)
        self.solid.cut(planes_of(layer.cuts, asset.key[2]))
        self.solid.mark(chosen)                              # within the planes
        self._label(layer, moment)
        if asset.state != LOADING:
            self.solid.settle()

    def _by_clock(self, layer: Building, moment) -> np.ndarray:
        """(count, 3) u1: the colouring, with the rooms as their sensors speak now, or all by the building's verdict."""
        self._made = moment.schedules.get(layer.id) if layer.schedule else None
        if self._made is not None and len(self._made.planned) != self.elements.count:
            self._made = None                                # a schedule of what was read before
        self._states = self._made.states(moment.now_ns, layer.schedule.mode) if self._made else None
        self._signed = SignColors(layer, moment, 1, whole=True) if layer.sign and self._rooms is None else None
        self._sign_shown = self._shows_sign()
        colors = self._coloring.colors
        if self._sign_shown:
            colors = np.where(self.elements.is_space[:, None], colors, self._signed.colors).astype(np.uint8)
        if self._rooms is not None:
            colors = colors.copy()
            if layer.room_colors.of == "rooms":
                colors[self.elements.is_space] = palette(moment.theme).stale
            colors[self._rooms.features] = self._rooms.colors
        return colors

    def _ask_sensors(self, layer: Building, moment) -> None:
        """What the sensors of rooms or elements say now, and with it which elements have something to say."""
        said = layer.room_colors
        self.reads = ((BY_CLOCK[said.of] if said else READS) | (IN_TIME if layer.schedule else READS)
                      | (JUDGED if layer.sign else READS))
        self._speaking = (moment.indoors if said.of == "rooms" else moment.hosted) if said else None
        self._rooms = painted_rooms(said, layer.id, self._speaking, moment) if said else None
        if self._rooms is not None and len(self._rooms.features) and self._rooms.features.max() >= self.elements.count:
            self._rooms = None                               # of what was read before
        carriers = self._rooms.features if self._rooms is not None and said.of == "elements" else NONE
        self.elements.speak(carriers)

    def facts(self, feature):
        return self._signed.facts(feature) if self._signed is not None else ()

    def _shows_sign(self) -> bool:
        return self._signed is not None and self._told[0].sign_shown(self.canvas.camera().distance)

    def legend(self, layer, asset, moment):
        """Coloured rooms are what one looks at; without them, what the elements are coloured by."""
        if self.solid is not None and self._made is not None and layer.schedule is not None:
            counted = ~self.elements.is_space & (self.elements.classes != OPENING)
            return construction.legend_of(self._made, self._states, counted, layer.schedule, moment)
        if self.solid is not None and self._signed is not None and self._shows_sign():
            return self._signed.legend()
        if self.solid is None or self._rooms is None or layer.room_colors is None:
            return super().legend(layer, asset, moment)
        shown = self._alpha[self._rooms.features] > 0
        return legend_of(layer.room_colors, self._rooms, self._speaking, shown, moment)

    def _label(self, layer: Building, moment) -> None:
        """Rooms that show are named, elements with sensors say their value; the labels move with their storey.

        What is cut away whole is not named.
        """
        labelled, values = self.elements.is_space.copy(), {}
        carry = self._rooms is not None and layer.room_colors.of == "elements" and layer.room_labels != NO_LABELS
        if carry or (self._rooms is not None and layer.room_labels in (VALUE, NAMED_VALUE)):
            labelled[self._rooms.labelled] = True
            values = value_words(self._rooms, self._speaking.properties.get(layer.room_colors.observed, ""))
        rooms = np.flatnonzero(labelled & (self._alpha > 0) & ~self.solid.through)
        solid = self.elements.is_space[rooms] & (self._alpha[rooms] * layer.opacity >= OPAQUE)
        planes = self.solid.places.own_planes
        key = (id(self.solid), id(self.solid.points), self.solid.matrix.tobytes(), rooms.tobytes(), solid.tobytes(),
               planes.tobytes(), layer.room_labels, values, moment.language)
        if key == self._labelled:
            return
        self._labelled = key
        blocks = room_blocks(self.elements, self.solid.points, rooms, solid, self.solid.matrix)
        areas = footprints(self.elements.mesh, rooms)
        words = label_words(self.elements, rooms, layer.room_labels, values)
        words = ["" if gone else said for said, gone in zip(words, cut_away(blocks.low, blocks.high, planes))]
        self._labels.set(blocks.places, words, areas, size_px=12, above_px=0, blocks=blocks)

    def camera_moved(self) -> None:
        if self._told and self._shows_sign() != self._sign_shown:
            self.update(*self._told, frozenset())
        self._labels.camera_moved()

    def show(self, shown: bool) -> None:
        super().show(shown)
        self._labels.show(shown)

    def _build(self, layer: Building, mesh: Mesh, frame: Frame) -> None:
        """Of a growing mesh only what came is made. A mesh that only got another column keeps its geometry."""
        stands = (place_of(layer, mesh), frame, layer.height_offset_m)
        built = (id(mesh.points), id(mesh.triangles))
        if (built, stands) == (self._built, self._stands):
            return
        matrix = placed(mesh, *stands)
        if built == self._built:
            self.solid.stand(matrix)
        elif self.solid is not None and mesh.grows is not None and self.solid.mesh.grows is mesh.grows:
            self.solid.grow(mesh, self.elements.count)
            self.solid.stand(matrix)
        elif self.solid is not None and self.solid.holds(mesh):
            self.solid.keep(mesh, self.elements.count)
            self.solid.stand(matrix)
        else:
            self._clear()
            self.solid = Solid(self, mesh, mesh.points, self.elements.count, matrix=matrix, slices=MOST_SLICES)
        self.drop(self._labels.actor)
        self.add(self._labels.actor, self.canvas.overlay)
        self._built, self._stands = built, stands

    def _color(self, layer: Building, mesh: Mesh, moment) -> None:
        key = (mesh, layer.color_by, layer.colormap, layer.storey, layer.storeys_below, layer.spaces, layer.arranged,
               layer.room_colors, self.elements.speaking.tobytes(), layer.painted, moment.theme, moment.language)
        if key == self._colored:
            return
        self._colored = key
        elements = self.elements
        if layer.color_by == "class":
            self._coloring = by_class(elements.kinds, moment.theme)
        elif layer.color_by in ("style", ""):
            self._coloring = Coloring(self.solid.tinted(elements.style[:, :3]))
        else:
            self._coloring = by_column(elements, layer, moment.theme)
        self._coloring = painted(self._coloring, mesh, layer.painted)


def placed(mesh: Mesh, override: Placement | None, frame: Frame, offset_m: float) -> np.ndarray:
    """(4, 4) f8 from the mesh's points to the frame."""
    return matrix_of(mesh, override or mesh.placement, frame, offset_m)
