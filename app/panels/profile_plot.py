"""The picture of a section: ground, buildings, volumes, pipes and the trench in true metres, heights exaggerated."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from app import theme
from app.panels.plot_look import dress
from layers.networks import kind_color
from twin.profile import PipeCut, Profile
from twin.profile_solids import SolidCut

SOIL = {"light": "#e6ddcf", "dark": "#3a342b"}
GROUND = {"light": "#8a7350", "dark": "#b99c6f"}
DEPTH = {"building": 2, "volume": 6, "model": 7}                # which is painted over which
HOUSE = {"light": ("#eceae6", "#9a9790"), "dark": ("#3a3e44", "#7d848d")}
SPECK_M = 0.06                             # half the size of a pipe that states none
DEEPEST_M = 500.0                          # of soil that is painted below the lowest thing: to the edge of the picture
AROUND_M = 1.0                             # above and below what is shown


class ProfilePlot(pg.PlotWidget):
    """`hovered(distance_m, height_m, pipe or None)` is called while the mouse is over it; None when it leaves."""

    def __init__(self):
        super().__init__()
        self.found: Profile | None = None
        self.hovered = lambda *where: None
        self.clicked = lambda pipe: None
        self.setMenuEnabled(False)
        self.hideButtons()
        self.cursor = pg.InfiniteLine(angle=90, movable=False)
        self.cursor.setZValue(50)
        self.cursor.hide()
        self.addItem(self.cursor, ignoreBounds=True)
        self._items: list = []
        self.exaggeration = 1.0
        self._whole = True                 # all of it is shown, and stays so when the panel gets another size
        self.setAspectLocked(True, 1.0)
        self.getPlotItem().vb.sigRangeChangedManually.connect(lambda *_: setattr(self, "_whole", False))
        self.getPlotItem().vb.sigResized.connect(lambda *_: self.show_all() if self._whole else None)
        self.scene().sigMouseMoved.connect(self._moved)
        self.scene().sigMouseClicked.connect(self._pressed)

    # -- content ---------------------------------------------------------------------------------------

    def exaggerate(self, times: float) -> None:
        """Heights are drawn `times` as large as distances."""
        if times != self.exaggeration:
            self.exaggeration = times
            self.setAspectLocked(True, 1.0 / times)
            self.show_all()

    def show_profile(self, found: Profile | None, scheme: str, *, keep_view: bool = False) -> None:
        for item in self._items:
            self.removeItem(item)
        self._items, self.found = [], found
        self.cursor.hide()
        if found is None:
            return
        low, *_ = self._heights()
        self._add_ground(found, scheme, low - DEEPEST_M)
        for what in ("building", "model", "volume"):
            self._add_solids([s for s in found.solids if s.what == what], what, scheme)
        self._add_trench(found, scheme)
        for kind in dict.fromkeys(cut.kind for cut in found.pipes):
            self._add_pipes([cut for cut in found.pipes if cut.kind == kind], kind, scheme)
        if not keep_view:
            self.show_all()

    def show_all(self) -> None:
        """The whole line, with the ground and what lies below it; houses as high as there is room.

        A house of 40 m in view would make pipes specks, and the smaller the more heights are exaggerated.
        """
        self._whole = True
        view = self.getPlotItem().vb
        if self.found is None or view.height() <= 0 or view.width() <= 0:
            return
        low, high, top = self._heights()
        least, length = high - low + 2 * AROUND_M, max(self.found.course.length_m, 1.0)
        pixels_per_m = min(view.width() / length, view.height() / (least * self.exaggeration))
        width, height = view.width() / pixels_per_m, view.height() / (pixels_per_m * self.exaggeration)
        spare = max(0.0, height - (top - low + 2 * AROUND_M))
        self.setRange(QRectF((length - width) / 2, low - AROUND_M - spare / 2, width, height), padding=0.0)

    def _heights(self) -> tuple[float, float, float]:
        """Lowest, highest of ground and what lies in it, and highest of all, houses too."""
        found = self.found
        ground = found.ground_m[np.isfinite(found.ground_m)]
        bodies = [(s.what, s.lines[..., 1].ravel()) for s in found.solids]
        lines = [ground, ground - found.trench.depth_m, *(np.array([c.invert_m, c.crown_m]) for c in found.pipes),
                 *(z for what, z in bodies if what == "volume")]
        every = np.concatenate([*lines, *(z for _, z in bodies)])
        if not len(every):
            return 0.0, 5.0, 5.0
        buried = found.pipes or any(what == "volume" for what, _ in bodies)     # else nothing becomes a speck
        below = np.concatenate(lines) if buried else every
        return float(every.min()), float(below.max()), float(every.max())

    def _put(self, path: QPainterPath, fill: QColor | None, line: QColor, width: float, z: float) -> None:
        item = QGraphicsPathItem(path)
        pen = QPen(line, width)
        pen.setCosmetic(True)
        item.setPen(pen)
        item.setBrush(QBrush(fill) if fill is not None else QBrush(Qt.BrushStyle.NoBrush))
        item.setZValue(z)
        self.addItem(item)
        self._items.append(item)

    def _add_ground(self, found: Profile, scheme: str, floor: float) -> None:
        known = np.isfinite(found.ground_m)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
        soil, top = QPainterPath(), QPainterPath()
        for first, last in zip(edges[::2], edges[1::2]):
            d, z = found.distance_m[first:last].tolist(), found.ground_m[first:last].tolist()
            _polyline(top, d, z)
            _polyline(soil, [d[0], *d, d[-1]], [floor, *z, floor], closed=True)
        none = QColor(0, 0, 0, 0)
        self._put(soil, QColor(SOIL[scheme]), none, 0, 0)
        self._put(top, None, QColor(GROUND[scheme]), 2, 5)

    def _add_solids(self, cuts: list[SolidCut], what: str, scheme: str) -> None:
        for kind in dict.fromkeys(cut.kind for cut in cuts):
            fill, line = (QColor(c) for c in HOUSE[scheme])
            if what == "volume":
                fill, line = QColor(kind_color(kind, scheme)), QColor(kind_color(kind, scheme))
                fill.setAlpha(150)
            body, edge = QPainterPath(), QPainterPath()
            body.setFillRule(Qt.FillRule.WindingFill)
            for cut in cuts:
                if cut.kind == kind:
                    _outline(edge, cut.lines)
                    _filled(body, cut.lines)
            if what != "model":                              # without a pen: it is filled piece by piece
                self._put(body, fill, QColor(0, 0, 0, 0), 0, DEPTH[what])
            self._put(edge, None, line, 1, DEPTH[what])

    def _add_trench(self, found: Profile, scheme: str) -> None:
        known = np.isfinite(found.ground_m)
        if found.trench.depth_m <= 0 or not known.any():
            return
        d, z = found.distance_m[known].tolist(), found.ground_m[known].tolist()
        path = QPainterPath()
        _polyline(path, [*d, *reversed(d)], [*z, *(v - found.trench.depth_m for v in reversed(z))], closed=True)
        line = QColor(theme.colour("danger", scheme))
        fill = QColor(line)
        fill.setAlpha(36)
        self._put(path, fill, line, 1, 8)

    def _add_pipes(self, cuts: list[PipeCut], kind: str, scheme: str) -> None:
        color = QColor(kind_color(kind, scheme))
        inside, beside = QPainterPath(), QPainterPath()
        for cut in cuts:
            wide, tall = max(cut.half_width_m, SPECK_M), max(cut.half_height_m, SPECK_M)
            path = beside if cut.aside_m > 0 else inside
            path.addEllipse(QRectF(cut.distance_m - wide, cut.axis_m - tall, 2 * wide, 2 * tall))
        self._put(inside, color, color.darker(150) if scheme == "light" else color.lighter(140), 1, 10)
        faint = QColor(color)
        faint.setAlpha(90)
        self._put(beside, faint, color, 1.5, 9)

    # -- the mouse -------------------------------------------------------------------------------------

    def _at(self, place) -> tuple[float, float] | None:
        if self.found is None or not self.getPlotItem().vb.sceneBoundingRect().contains(place):
            return None
        point = self.getPlotItem().vb.mapSceneToView(place)
        return float(point.x()), float(point.y())

    def _moved(self, place) -> None:
        at = self._at(place)
        inside = at is not None and 0.0 <= at[0] <= self.found.course.length_m
        self.cursor.setVisible(inside)
        if not inside:
            self.hovered(None, None, None)
            return
        self.cursor.setValue(at[0])
        self.hovered(*at, self.pipe_at(*at))

    def _pressed(self, event) -> None:
        at = self._at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if at is None:
            return
        if event.double():
            self.show_all()
        elif pipe := self.pipe_at(*at):
            self.clicked(pipe)

    def pipe_at(self, distance_m: float, height_m: float) -> PipeCut | None:
        """The pipe under a place of the picture; small ones are met within a few pixels."""
        reach = 5.0 * float(self.getPlotItem().vb.viewPixelSize()[0])
        best, least = None, 1.0
        for cut in self.found.pipes:
            wide, tall = max(cut.half_width_m, reach), max(cut.half_height_m, reach / self.exaggeration)
            away = ((distance_m - cut.distance_m) / wide) ** 2 + ((height_m - cut.axis_m) / tall) ** 2
            if away <= least:
                best, least = cut, away
        return best

    def leaveEvent(self, event):
        super().leaveEvent(event)
        self.cursor.hide()
        self.hovered(None, None, None)

    # -- looks -----------------------------------------------------------------------------------------

    def retheme(self, scheme: str, words: tuple[str, str]) -> None:
        """`words`: what stands at the axes."""
        muted = dress(self, scheme)
        for name, label in zip(("bottom", "left"), words):
            self.getAxis(name).setLabel(label, color=muted)
        self.cursor.setPen(pg.mkPen(theme.colour("accent", scheme), width=1))
        self.showGrid(x=True, y=True, alpha=0.12)


def _polyline(path: QPainterPath, x: list[float], y: list[float], closed: bool = False) -> None:
    path.moveTo(x[0], y[0])
    for a, b in zip(x[1:], y[1:]):
        path.lineTo(a, b)
    if closed:
        path.closeSubpath()


def _outline(path: QPainterPath, lines: np.ndarray) -> None:
    for (x0, y0), (x1, y1) in lines.tolist():
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)


def _filled(path: QPainterPath, lines: np.ndarray) -> None:
    """Everything between a body's lines and its lowest: right for what stands upright, as houses and shafts do."""
    foot = float(lines[..., 1].min())
    for (x0, y0), (x1, y1) in lines.tolist():
        if abs(x1 - x0) > 1e-6:
            ends = sorted(((x0, y0), (x1, y1)))
            _polyline(path, [ends[0][0], ends[1][0], ends[1][0], ends[0][0]], [foot, foot, ends[1][1], ends[0][1]],
                      closed=True)
