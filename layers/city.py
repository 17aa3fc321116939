"""City buildings: one mesh, coloured by an attribute, standing on the terrain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.attributes import Coloring
from layers.base import visual_of
from layers.beside import Beside
from layers.cells import Cells
from layers.city_style import CityStyle, city_colors, style_key
from layers.highlight import highlighted
from layers.houses import Houses
from layers.nearness import GivingWay, Nearness
from layers.roof_words import Worded
from layers.rule_colors import relabelled
from layers.sign_colors import SignColors, Signed
from layers.solid import Solid
from layers.solid_visual import SolidVisual
from layers.surface_colours import surface_colors, surface_legend
from twin.assets import LOADING
from twin.data import Mesh
from twin.layer import layer_type, styled

BY_DISTANCE = "distance"
SLICES = 12                                # of a large city, taken into the scene one by one


@layer_type
@dataclass(frozen=True, kw_only=True)
class City(Signed, CityStyle):
    kind: Literal["city"] = "city"
    faces: Literal["object", "surface", "material"] = styled(
        "object", "Faces", help="Faces in the colour of their object, by roof, wall and ground, or as the file says")
    lod: str = styled("", "Level of detail", role="lod", help="Of files with several; by distance: fine ones near")
    reach_m: Annotated[float, Ge(0.0), Le(50_000.0)] = styled(
        0.0, "Shown within", unit="m", step=50.0,
        help="0 = always. Objects of the same id in other city layers give way to these near the camera")


@visual_of("city")
class CityVisual(Worded, SolidVisual):
    """One mesh for the whole city; colours, selection and hiding go through its table. Its houses are put on the ground
    beside the frames, and where they stood before stays until then.
    """

    reads: ClassVar = frozenset({"ground", "selection", "hovered", "theme", "sun", "ruled", "giving_way", "vitals",
                                 "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.solid: Solid | None = None
        self._coloring: Coloring | None = None
        self._built: tuple = ()
        self._colored: tuple = ()
        self._signed: SignColors | None = None               # what the sign says, where the layer has one
        self._sign_shown = False                             # and the camera is where its colours show
        self._told: tuple = ()                               # layer and moment that were drawn last
        self._houses, self._nearing = Houses(canvas), Beside(canvas)
        self._far: np.ndarray | None = None                  # (cells,) bool that were shown at this distance
        self._rgba: np.ndarray | None = None                 # (cells, 4) u1 before the level is chosen
        self._nearness: Nearness | None = None               # once distance matters
        self._nearness_asked = False
        self._reach: tuple[float, GivingWay | None] = (0.0, None)
        self._hidden: np.ndarray | None = None               # (features,) bool by distance

    def update(self, layer, asset, moment, ground, why) -> None:
        mesh = asset.payload if asset else None
        if not isinstance(mesh, Mesh) or not len(mesh.triangles):
            self._clear()
            return
        self._build(layer, mesh, ground)
        if self.solid is None:
            return                                           # the first are still being put on the ground
        self.solid.move_on()
        if asset.state != LOADING:
            self.solid.settle()
        self._color(layer, mesh, moment)
        self._signed = SignColors(layer, moment, self.cells.features) if layer.sign else None
        self._told = (layer, moment)
        self._sign_shown = self._shows_sign()
        self._rgba = self._cell_colors(layer, moment)
        self._lod = layer.lod
        self._reach = (layer.reach_m, moment.giving_way.get(layer.id))
        self._show_level()
        self.solid.windows(layer.windows, moment.sun)
        self.solid.pictures(layer.faces == "material" and not self._sign_shown)
        self.solid.edges(layer.edges, moment.sun.daylight)
        houses = (self._houses.now.points, mesh.vertex_feature, np.arange(self.cells.features))
        self._words.say((houses,), mesh.features, layer.label_by, moment.language)

    @property
    def news(self):
        return super().news or self._houses.news or self._nearing.news

    @property
    def busy(self):
        return super().busy or self._houses.busy or self._nearing.busy

    @property
    def cells(self) -> Cells | None:
        return self._houses.now.cells if self._houses.now else None

    def _build(self, layer: City, mesh: Mesh, ground) -> None:
        self._houses.ask(mesh, ground, layer.height_offset_m)
        fresh, now = self._houses.take(), self._houses.now
        if now is None or self._built != (now.mesh,):
            self._take_away()
        if now is None or not fresh:
            return
        if self.solid is not None:
            self.solid.move(now.points)
            return
        self._built = (now.mesh,)
        self.solid = Solid(self, now.mesh, now.points, now.cells.count, slices=SLICES, walls=now.walls,
                           triangles=now.triangles)

    def _clear(self) -> None:
        self._houses.clear()
        self._take_away()

    def _take_away(self) -> None:
        super()._clear()
        self._words.say((), None, "", "")
        self._nearing.forget()
        self._rgba = self._nearness = self._hidden = self._signed = None
        self._nearness_asked = False

    # -- colours -------------------------------------------------------------------------------------

    def _cell_colors(self, layer: City, moment) -> np.ndarray:
        """(cells, 4) u1: the object's colour or the surface's; what is selected or hovered keeps its mark."""
        rgba = np.full((self.cells.features, 4), round(layer.opacity * 255), np.uint8)
        rgba[:, :3] = self._signed.colors if self._sign_shown else self._coloring.colors
        marked = highlighted(rgba, layer.id, moment)
        if not self.cells.split:
            return marked
        if self._sign_shown:
            return marked[self.cells.feature]
        out = marked[self.cells.feature]
        plain = (marked == rgba).all(axis=1)[self.cells.feature]
        for row, color in enumerate(surface_colors(layer.faces, self.cells.surfaces, moment.theme, layer.own_colors)):
            if color is not None:
                out[plain & (self.cells.surface == row), :3] = color
        if layer.faces == "material":
            out[plain & self.solid.pictured, :3] = 255       # the picture as it is
        return out

    def _show_level(self) -> None:
        """Paint with the cells of other levels hidden."""
        rgba = self._rgba
        if self.cells.several:
            shown = self._by_distance() if self._lod == BY_DISTANCE else self.cells.at_level(self._lod)
            self._far = shown
            rgba = np.where(shown[:, None], rgba, np.uint8(0))
        self._hidden = self._far_or_replaced()
        if self._hidden is not None:
            rgba = np.where(self._hidden[self.cells.feature][:, None], np.uint8(0), rgba)
        self.solid.paint(rgba)

    def _far_or_replaced(self) -> np.ndarray | None:
        """(features,) bool: hidden by the camera's distance; None where that does not matter, or is not known yet."""
        reach_m, giving_way = self._reach
        if reach_m == 0 and giving_way is None:
            return None
        if not self._nearness_asked:
            self._nearness_asked, mesh, features = True, self._houses.now.source, self.cells.features
            self._nearing.ask(lambda: Nearness(mesh, features), len(mesh.points))
        self._nearness = self._nearing.take() or self._nearness
        if self._nearness is None:
            return None
        return self._nearness.hidden(self.canvas.scene.GetActiveCamera().GetPosition(), reach_m, giving_way)

    def _by_distance(self) -> np.ndarray:
        eye = np.array(self.canvas.scene.GetActiveCamera().GetPosition())
        return self.cells.by_distance(np.linalg.norm(self._houses.now.centres - eye, axis=1))

    def camera_moved(self) -> None:
        super().camera_moved()
        if self.solid is None or self._rgba is None:
            return
        if self._shows_sign() != self._sign_shown:
            self._sign_shown = not self._sign_shown
            self._rgba = self._cell_colors(*self._told)
            self.solid.pictures(self._told[0].faces == "material" and not self._sign_shown)
            self._show_level()
        level = self.cells.several and self._lod == BY_DISTANCE and not np.array_equal(self._by_distance(), self._far)
        hidden = self._far_or_replaced()
        if level or (hidden is not None and not np.array_equal(hidden, self._hidden)):
            self._show_level()

    # -- what the stage asks ---------------------------------------------------------------------------

    def _shows_sign(self) -> bool:
        return self._signed is not None and self._told[0].sign_shown(self.canvas.camera().distance)

    def legend(self, layer, asset, moment):
        if self._signed is not None and self.solid and self._shows_sign():
            return self._signed.legend()
        if self.solid and self.cells.split and layer.faces != "object":
            legend = surface_legend(layer.faces, self.cells.surfaces, moment.theme, layer.own_colors)
        else:
            legend = super().legend(layer, asset, moment)
        return relabelled(legend, layer, moment)

    def pick(self, ray):
        found = super().pick(ray)
        if found is None:
            return None
        return found[0], replace(found[1], feature=int(self.cells.feature[found[1].feature]))

    def facts(self, feature):
        return self._signed.facts(feature) if self._signed is not None else ()

    def bounds(self):
        return super().bounds() if self.solid else self._houses.bounds()

    def feature_bounds(self, feature):
        if self.solid is None:
            return None
        return self.solid.places.bounds_of(np.flatnonzero(np.isin(self.cells.feature, feature)))

    def stats(self):
        """Features, and the triangles of the levels that are shown."""
        if self.solid is None:
            return 0, 0
        triangles = self.solid.mesh.triangles
        if not self.cells.several:
            return self.cells.features, len(triangles)
        drawn = self.solid.drawn
        return self.cells.features, int(drawn[self.cells.of_vertex[triangles[:, 0]]].sum())

    def _color(self, layer: City, mesh: Mesh, moment) -> None:
        key = (mesh, *style_key(layer, moment))
        if key == self._colored:
            return
        self._colored = key
        self._coloring = city_colors(layer, mesh.features, self.cells.features, moment)
