"""Networks: pipes as tubes of their true diameter, shafts, shelters and tunnels, in the colours of pipe surveys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers.attributes import STEPS_HELP, Coloring, StepKind, Steps, coloring, themed
from layers.base import Moment, Ray, Visual, visual_of
from layers.colour_table import GHOST, LINE, SOLID, ColourTable
from layers.column_units import with_unit
from layers.flat import nearest_line
from layers.geometry import actor_of, poly_data
from layers.highlight import highlighted
from layers.legend import Legend
from layers.legend_sight import boxes_of
from layers.palette import Rgb, rgb
from layers.pick import MeshPicker
from layers.rule_colors import by_rules, relabelled
from layers.shading import apply_drape
from twin.data import Bounds, box
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.network import (
    DATUMS,
    KINDS,
    MEANINGS,
    OTHER,
    Network,
    Reading,
    axes,
    deep,
    diameters_m,
    guessed_sizes,
    lying,
    placed,
    unsized,
)
from twin.network_tubes import resized
from twin.ruling import ColorRule
from twin.selection import Hit
from twin.text import enumerated, tr

# As Chinese pipe surveys draw them (CJJ 61: water sky blue, drainage brown, gas pink, heat orange, power red,
# telecom green; from general knowledge, not verified). Sewers are darker than rain, so that one can tell them apart.
KIND_COLORS = {"water": "#00a9f0", "sewer": "#7a4a1e", "rain": "#b98a57", "gas": "#ff6fb5", "power": "#e3241b",
               "telecom": "#1fa34a", "heat": "#ff9500", "tunnel": "#8c3b4a", "shelter": "#6b7fa8",
               "viaduct": "#b9b4ab", "manhole": "#59636e", OTHER: "#8a8f98"}
KIND_WORDS = {"water": "Water supply", "sewer": "Sewer", "rain": "Rain drain", "gas": "Gas", "power": "Power",
              "telecom": "Telecom", "heat": "Heat", "tunnel": "Tunnel", "shelter": "Shelter", "viaduct": "Viaduct",
              "manhole": "Manhole", OTHER: "Other"}
# In the dark theme what is dark on white would be lost: lighter, as far from each other.
DARK_COLORS = {**KIND_COLORS, "water": "#33bfff", "sewer": "#b8743a", "rain": "#e0bd93", "power": "#ff5a4f",
               "telecom": "#35c96b", "tunnel": "#cc6379", "shelter": "#8ea6d8", "manhole": "#9aa6b4", OTHER: "#a7adb6"}
SEEN_KINDS = ("viaduct", "manhole", OTHER)  # whose shape says enough
OVERHEAD = {"viaduct"}
EDGE_TONE = 0.6                            # of the kind's colour
LEAST_PX = 2.5                             # logical pixels that a pipe is wide at least, however far
# Of the distance, behind what it is: far ground is drawn some pixels too low or too high, and a line of a pipe just
# below it must not come through.
BEHIND, MOST_BEHIND_M = 0.01, 30.0
REACH_PX = 4.0                             # of a click beside one
COVER_M = 0.3                              # an axis deeper than this under the ground is covered by it


@layer_type
@dataclass(frozen=True, kw_only=True)
class Networks(Layer):
    kind: Literal["networks"] = "networks"
    heights: Literal["unknown", "crown", "axis", "invert"] = styled(
        "unknown", "Heights are of", help="Where the file does not say which part of the pipe its heights mean")
    datum: Literal["unknown", "1985", "wusong"] = styled(
        "unknown", "Datum", help="Where the file does not say it; Wusong lies 1.66 m lower in Shanghai")
    color_by: str = styled("", "Colour by", role="column", help="Empty colours by kind of network")
    color: str = styled("", "Colour", role="color", help="One for all; empty colours by kind of network")
    colormap: str = styled("batlow", "Colours", role="colormap")
    steps: StepKind = styled("smooth", "Steps", help=STEPS_HELP)
    step_count: Annotated[int, Ge(2), Le(12)] = styled(5, "Number of steps", step=1)
    diameters_mm: tuple[tuple[str, float], ...] = ()         # (kind, mm) assumed where the file states none
    own_colors: tuple[tuple[str, str], ...] = ()             # words of the legend and the colour given to them
    own_labels: tuple[tuple[str, str], ...] = ()             # and other words
    ruled: bool = styled(False, "By rules", help="Colours by conditions, the first that holds, instead of a column")
    rules: tuple[ColorRule, ...] = ()


def kind_color(kind: str, theme: str) -> str:
    table = DARK_COLORS if theme == "dark" else KIND_COLORS
    return table.get(kind, table[OTHER])


def reading_of(layer: Networks) -> Reading:
    return Reading(layer.heights, layer.datum, layer.height_offset_m, layer.diameters_mm)


def said_by_file(network: Network) -> dict[str, str]:
    """Field of the layer -> what the file itself says there of all its features, in words; "" where it is silent."""
    some = lying(network)
    meanings = {*network.meaning[some].tolist()}
    datums = {*network.datum[~deep(network)].tolist()}
    return {"heights": _by_file(meanings, {n: tr(word.capitalize()) for word, n in MEANINGS.items()}),
            "datum": _by_file(datums, {n: tr(word.capitalize()) for n, word in enumerate(DATUMS)})}


def _by_file(said: set[int], words: dict[int, str]) -> str:
    known = sorted(said - {0})
    if not known:
        return ""
    values = enumerated(words[n] for n in known)
    return tr("By the file: {values}", values=values) if 0 not in said else tr("By the file, in part: {values}",
                                                                              values=values)


def facts_of(layer: Networks, network: Network, feature: int) -> tuple[tuple[str, str], ...]:
    """How one feature is drawn, and whether its file says so, for the inspector."""
    if not lying(network)[feature]:
        return ()
    size = f"{diameters_m(network, reading_of(layer))[feature] * 1000:.4g} mm"
    rows = [(tr("Diameter"), _guessed(layer, network.kinds[feature], size) if unsized(network)[feature] else size)]
    meaning, datum = int(network.meaning[feature]), DATUMS[network.datum[feature]]
    word = {n: word for word, n in MEANINGS.items()}[meaning]
    rows.append((tr("Heights are of"), _said(word if meaning else "", layer.heights, tr("Axis"))))
    if not deep(network)[feature]:
        rows.append((tr("Datum"), _said(datum, layer.datum, tr("as the project"))))
    return tuple(rows)


def _guessed(layer: Networks, kind: str, size: str) -> str:
    """An assumed size, and whose assumption that is."""
    kind_words = tr(KIND_WORDS[kind]) if kind in KIND_WORDS else kind
    if kind in dict(layer.diameters_mm):
        return tr("{value} (assumed: the layer's style says so for {kind})", value=size, kind=kind_words)
    return tr("{value} (assumed: usual for {kind}; the file states none)", value=size, kind=kind_words)


def _said(by_file: str, by_layer: str, otherwise: str) -> str:
    if by_file:
        return tr("{value} (by the file)", value=tr(by_file.capitalize()))
    if by_layer != "unknown":
        return tr("{value} (as the layer says)", value=tr(by_layer.capitalize()))
    return tr("{value} (assumed)", value=otherwise)


@visual_of("networks")
class NetworksVisual(Visual):
    """One mesh for the whole layer; colours, selection and hiding go through its table."""

    reads: ClassVar = frozenset({"ground", "selection", "hovered", "theme", "language", "ruled"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._clear()

    def _clear(self) -> None:
        self.remove()
        self._network: Network | None = None
        self._built: tuple = ()
        self._colored: tuple = ()
        self._coloring: Coloring | None = None
        self._guessed = 0                                    # pipes with an assumed diameter
        self._ground: Ground | None = None
        self._points = self._axes = np.zeros((0, 3), np.float32)
        self._table: ColourTable | None = None
        self._ghost: vtkActor | None = None
        self._picker: MeshPicker | None = None
        self._boxes: np.ndarray | None = None                # (features, 6), once a legend asks

    def update(self, layer: Networks, asset, moment: Moment, ground, why: frozenset[str]) -> None:
        network = asset.payload if asset else None
        if not isinstance(network, Network) or not len(network.mesh.triangles):
            self._clear()
            return
        self._build(layer, network, ground)
        self._ground = ground
        self._color(layer, network, moment)
        rgba = np.full((network.count, 4), round(layer.opacity * 255), np.uint8)
        rgba[:, :3] = self._coloring.colors
        rgba = highlighted(rgba, layer.id, moment)
        if self._ghost is None and ((rgba[:, 3] > 0) & (rgba[:, 3] < 255)).any():
            self._ghost = self._actor(GHOST, self._network.mesh.triangles)
            self._axis_actor(GHOST)
        self._table.set(rgba)

    def _build(self, layer: Networks, network: Network, ground: Ground) -> None:
        reading = reading_of(layer)
        built = (network, reading, ground if len(network.below) else None)
        if built == self._built:
            return
        self._clear()
        network = resized(network, reading)
        self._network, self._built, self._guessed = network, built, int(guessed_sizes(network).sum())
        self._points = placed(network, reading, ground)
        self._table = ColourTable(self.canvas, network.count)
        self._actor(SOLID, network.mesh.triangles)
        if network.mesh.edges is not None:
            lines = self._actor(LINE, network.mesh.edges)
            lines.GetProperty().SetAmbient(0.0)
            lines.GetProperty().SetDiffuse(EDGE_TONE)
            apply_drape(lines, 0.0008)
        self._axes = axes(network, reading, ground).astype(np.float32)
        self._axis_actor(SOLID)
        self._picker = MeshPicker(self._points, network.mesh.triangles, network.mesh.vertex_feature)

    def _axis_actor(self, role: str) -> None:
        """Lines within the tubes: what is seen of a pipe where its tube is thinner than they are."""
        if not len(self._axes):
            return
        network, data = self._network, poly_data(self._axes)
        starts = np.arange(len(self._axes) - 1, dtype=np.int32)
        line, known = network.line_of_point, np.isfinite(self._axes).all(axis=1)
        starts = starts[(line[:-1] == line[1:]) & known[:-1] & known[1:]]
        actor = actor_of(data, lit=False)
        actor.GetProperty().SetLineWidth(LEAST_PX * self.canvas.pixel_ratio)
        if not set(network.kinds) <= OVERHEAD:
            apply_drape(actor, -BEHIND, MOST_BEHIND_M)
        self._table.attach(actor, data, network.line_feature[line], np.column_stack([starts, starts + 1]), role=role)
        self.add(actor)

    def _actor(self, role: str, cells: np.ndarray) -> vtkActor:
        data = poly_data(self._points, normals=self._network.normals)
        actor = actor_of(data, lit=role != LINE)
        self._table.attach(actor, data, self._network.mesh.vertex_feature, cells, role=role)
        self.add(actor)
        return actor

    def _color(self, layer: Networks, network: Network, moment: Moment) -> None:
        key = (network, layer.color_by, layer.color, layer.colormap, layer.steps, layer.step_count, layer.own_colors,
               layer.ruled and (layer.rules, moment.ruled.get(layer.id)), moment.theme, moment.language)
        if key == self._colored:
            return
        self._colored = key
        if layer.ruled and layer.rules:
            self._coloring = by_rules(layer.rules, moment.ruled.get(layer.id), count=network.count,
                                      plain=rgb(kind_color(OTHER, moment.theme)), theme=moment.theme)
        elif layer.color_by:
            self._coloring = coloring(
                network.features, layer.color_by, count=network.count, plain=rgb(kind_color(OTHER, moment.theme)),
                colormap=layer.colormap, theme=moment.theme, title=layer.color_by,
                steps=Steps(layer.steps, layer.step_count, layer.own_colors))
        elif layer.color:
            one = np.array(themed(layer.color, moment.theme), np.uint8)
            self._coloring = Coloring(np.tile(one, (network.count, 1)))
        else:
            self._coloring = by_kind(network.kinds, dict(layer.own_colors), moment.theme)

    # -- what the stage asks ---------------------------------------------------------------------------

    def legend(self, layer: Networks, asset, moment: Moment) -> Legend | None:
        if self._coloring is None or self._coloring.legend is None:
            return None
        told = relabelled(with_unit(self._coloring.legend), layer, moment)
        return replace(told, note=tr("{n} with an assumed diameter", n=f"{self._guessed:,}")) if self._guessed else told

    def colored(self) -> tuple[np.ndarray, np.ndarray] | None:
        if self._network is None or self._coloring is None:
            return None
        if self._boxes is None:
            self._boxes = boxes_of(self._points, self._network.mesh.vertex_feature, self._network.count)
        return self._boxes, self._coloring.colors

    def bounds(self) -> Bounds | None:
        return box(self._points)

    def feature_bounds(self, feature) -> Bounds | None:
        return box(self._points[np.isin(self._network.mesh.vertex_feature, feature)]) if self._network else None

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        if self._picker is None or not self._picker.ready:
            return None
        drawn = self._table.colors[:, 3] > 0
        found = self._picker.pick(ray.start, ray.end, drawn)
        if found is None:
            near = nearest_line(self._axes, self._network.line_offsets, self._network.line_feature, ray,
                                REACH_PX * self.canvas.pixel_ratio, drawn)
            return None if near and self._covered(near[1].point, ray) else near
        share, feature, point = found
        return float(share * np.linalg.norm(ray.end - ray.start)), Hit("", feature, tuple(map(float, point)))

    def _covered(self, point, ray: Ray) -> bool:
        """A ground that is not seen through lies between the eye and a place beside the mouse."""
        if not self.canvas.ground.closed:
            return False
        over = self._ground.height_at(np.array([point[:2], ray.start[:2]]), missing=-np.inf)
        return point[2] < over[0] - COVER_M and ray.start[2] > over[1]

    @classmethod
    def choice_words(cls, payload) -> dict[str, str]:
        return said_by_file(payload) if isinstance(payload, Network) else {}

    def stats(self) -> tuple[int, int]:
        return (self._network.count, len(self._network.mesh.triangles)) if self._network else (0, 0)


def by_kind(kinds: tuple[str, ...], own: dict[str, str], theme: str) -> Coloring:
    """Colours of the features and a legend of the kinds that are there, in the order of `KINDS`; a single one above the
    ground needs none."""
    there = [kind for kind in (*KINDS, OTHER) if kind in set(kinds)]
    words = {kind: tr(KIND_WORDS[kind]) for kind in there}
    colors: dict[str, Rgb] = {kind: rgb(own.get(words[kind], kind_color(kind, theme))) for kind in there}
    table = np.array([colors[kind] for kind in there], np.uint8).reshape(-1, 3)
    place = {kind: i for i, kind in enumerate(there)}
    legend = None if len(there) == 1 and there[0] in SEEN_KINDS else Legend(
        title="", entries=tuple((colors[kind], words[kind]) for kind in there), alone=len(there) == 1)
    return Coloring(table[[place[kind] for kind in kinds]], legend)
