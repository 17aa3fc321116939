"""The stage: once per frame it compares document and moment with what it drew last, and draws the difference."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import replace

from layers.atmosphere import Atmosphere
from layers.base import VISUALS, Moment, Ray, Visual
from layers.canvas import Canvas
from layers.drawn import LOOKS, Drawn, content_of
from layers.layer_row import Row, row_without_visual
from layers.legend import Legend, named, told_once
from layers.smallest import smallest_filled
from layers.two_grounds import TwoGrounds, same
from twin import assets as content
from twin.assets import Asset, Assets
from twin.below import only_hides, stands
from twin.data import Bounds, union
from twin.document import Document
from twin.ground import Ground, surfaces_of
from twin.layer import Group, Layer
from twin.selection import Hit
from twin.text import tr
from twin.trouble import Trouble

log = logging.getLogger("citytwin")
STANDING = ("building", "city")
CELLAR_M = 30.0                                # what reaches no deeper below 0 stands at 0
SEEN_THROUGH = 0.9                             # opacity below which one looks through what lies flat
AT_LEAST, BUDGET_MS = 8, 20.0                  # layers drawn anew in any frame; after that, until this much has gone


class _Turns:
    """Which layers may be drawn anew in one frame of a window that must answer; `late` are the others."""

    def __init__(self, whole: bool):
        self._until = math.inf if whole else time.perf_counter() + BUDGET_MS / 1000.0
        self._given = 0
        self.late: list[str] = []

    def given(self, id: str) -> bool:
        if self._given >= AT_LEAST and time.perf_counter() > self._until:
            self.late.append(id)
            return False
        self._given += 1
        return True


class Stage:
    """Keeps one `Visual` per layer. `frame` never raises for what a layer does: its row says what went wrong."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self.rows: dict[str, Row] = {}
        self.ground = Ground()
        self.atmosphere = Atmosphere(canvas)
        self._drawn: dict[str, Drawn] = {}
        self._order: list[str] = []
        self._document: Document | None = None
        self._seen: tuple = ()                      # assets and moment of the last frame
        self._late: frozenset[str] = frozenset()    # layers that wait for the next frame
        self._turns = _Turns(whole=True)
        self._two = TwoGrounds(canvas)

    @property
    def behind(self) -> bool:
        """Whether layers wait for a later frame, or for what is computed beside them."""
        return bool(self._late) or any(drawn.shown and drawn.visual.busy for drawn in self._drawn.values()) \
            or any(drawn.visual.busy for _, drawn in self._two.aside())

    def news_of(self, document: Document) -> bool:
        """Whether something waits to be shown in the other one of two pictures."""
        return any(drawn.visual.news and (layer := document.layer(id)) is not None and document.shown(layer)
                   for id, drawn in (*self._drawn.items(), *self._two.aside()))

    def frame(self, document: Document, assets: Assets, moment: Moment, whole: bool = True) -> bool:
        """Update what differs. True when a render is due. Not `whole`: what would hold a window up comes in over
        several frames, those that waited first.
        """
        seen = (id(assets), assets.revision, moment)
        if document is self._document and seen == self._seen and not self._late and not self._news():
            return self.atmosphere.update(moment, self.bounds(), self.ground)
        dirty = self._remove_gone(document)
        self._two.tidy()
        dirty |= self._update_ground(document, assets)
        self._turns = _Turns(whole)
        for layer in sorted(document.layers, key=lambda x: x.id not in self._late) if self._late else document.layers:
            if layer.kind in VISUALS:
                dirty |= self._update(document, layer, assets, moment)
            else:
                self.rows[layer.id] = row_without_visual(layer, document, assets)
        self._late = frozenset(self._turns.late)
        dirty |= self._sort(document)
        dirty |= self.atmosphere.update(moment, self.bounds(), self.ground)
        self._document, self._seen = document, (id(assets), assets.revision, moment)
        return dirty

    def camera_moved(self) -> None:
        """Before each render: what depends on the camera (tiles, sky, haze, labels) follows it."""
        shown = [self._drawn[id].visual for id in self._order if self._drawn[id].shown]  # words: the upper one's first
        for visual in shown:
            if visual.painted:                               # says what the ground is painted with
                visual.camera_moved()
        self.canvas.ground.follow()
        eye = self.canvas.camera().position
        above = eye[2] >= float(self.ground.height_at([eye[:2]])[0])
        self.atmosphere.far_ground.actor.SetVisibility(self.canvas.ground.closed and above)
        self.atmosphere.camera_moved()
        self.canvas.label_boxes[:] = self.canvas.hud_boxes
        for visual in shown:
            if not visual.painted:
                visual.camera_moved()
        smallest_filled(shown)

    # -- questions about what is drawn -------------------------------------------------------------

    def visual(self, id: str) -> Visual | None:
        drawn = self._drawn.get(id)
        return drawn.visual if drawn else None

    def boxes(self) -> list[Bounds]:
        """Of every shown layer that draws something."""
        return [d.box for d in self._drawn.values() if d.shown and d.box]

    @property
    def rest_m(self) -> float:
        """How high the ground is taken to lie where no terrain is: at the foot of what stands, where there is none at
        all, but for cellars; else at 0.
        """
        if self.ground.surfaces:
            return 0.0
        foot_m = min((d.box[2] for d in self._drawn.values() if d.shown and d.box and d.layer.kind in STANDING),
                     default=0.0)
        return 0.0 if -CELLAR_M < foot_m < 0.0 else foot_m

    def box(self, id: str) -> Bounds | None:
        """Of what one layer draws."""
        return self._drawn[id].box if id in self._drawn else None

    def bounds(self, ids: set[str] | None = None) -> Bounds | None:
        """Of the shown layers, or of the layers named."""
        return union(d.box for id, d in self._drawn.items() if (id in ids if ids is not None else d.shown))

    def legends(self) -> list[tuple[str, Legend]]:
        """(layer id, legend) of every shown layer whose colours mean something, in document order.

        Every title names its layer.
        """
        out = []
        for layer in self._document.tree if self._document else ():
            drawn = self._drawn.get(layer.id)
            if drawn and drawn.shown and drawn.moment:
                as_said = replace(drawn.moment, shown_zone=self._seen[-1].shown_zone)
                legend = drawn.visual.legend(drawn.layer, drawn.asset, as_said)
                if legend:
                    legend = named(_of_an_instant(legend, drawn.visual, as_said), layer.title(drawn.moment.language))
                    out.append((layer.id, replace(legend, layers=(layer.id,))))
        return told_once(out, {id: self._document.layer(id).title(self._drawn[id].moment.language) for id, _ in out})

    def pick(self, ray: Ray, only: frozenset[str] = frozenset()) -> Hit | None:
        """The nearest visible feature along the ray, over all shown layers or those named.

        A see-through ground, what lies on it and what stands on it count only where nothing else is hit; houses and
        trees then give a place, and are not meant themselves.
        """
        asked = [(id, drawn) for id in self._order                       # of equally near ones the upper of the list
                 if (drawn := self._drawn[id]).shown and (not only or id in only)]
        below = self._document is not None and self._document.ground_opacity < 1.0
        glass = any(x.shown and x.layer.kind == "terrain" and x.layer.opacity < SEEN_THROUGH
                    for x in self._drawn.values())
        faint = [item for item in asked if (item[1].visual.painted and glass) or (
                 item[1].layer.opacity < SEEN_THROUGH
                 and (item[1].visual.flat or (below and stands(item[1].layer))))]
        hit = _nearest([x for x in asked if x not in faint], ray) or _nearest(faint, ray)
        if hit and below and not only and only_hides(self._drawn[hit.layer].layer):
            return replace(hit, feature=-1)
        return hit

    def snapping(self, only: frozenset[str] = frozenset()) -> frozenset[str]:
        """Shown layers with shapes to snap to, of those named."""
        return frozenset(id for id, d in self._drawn.items() if d.shown and d.visual.snaps and (not only or id in only))

    def corner(self, ray: Ray, hit: Hit, reach_px: float) -> tuple[float, float, float]:
        """The corner of what was hit that lies within reach of the ray's pixel, else the point that was hit."""
        visual = self.visual(hit.layer)
        return (visual.corner(ray, hit, reach_px) if visual and hit.feature >= 0 else None) or hit.point

    def synthetic(self, document: Document) -> bool:
        """Whether anything shown is synthetic, so that the picture says so."""
        return any(x.synthetic and document.shown(x) for x in document.layers if not isinstance(x, Group))

    def clear(self) -> None:
        for drawn in self._drawn.values():
            drawn.visual.remove()
        for id, _ in list(self._two.aside()):
            self._two.drop(id)
        self._drawn.clear()
        self._order.clear()
        self.rows.clear()
        self._document, self._late = None, frozenset()

    def _news(self) -> bool:
        return any(drawn.shown and drawn.visual.news for drawn in self._drawn.values())

    # -- the difference ----------------------------------------------------------------------------

    def _remove_gone(self, document: Document) -> bool:
        present = {layer.id for layer in document.layers}
        gone = [id for id in self._drawn if id not in present]
        for id in gone:
            self._drawn.pop(id).visual.remove()
            self._two.drop(id)
        for id in [id for id in self.rows if id not in present]:
            del self.rows[id]
        return bool(gone)

    def _update_ground(self, document: Document, assets: Assets) -> bool:
        surfaces = surfaces_of(document, assets)
        if same(surfaces, self.ground.surfaces):
            return False
        self.ground = self._two.over(surfaces)
        return True

    def _sort(self, document: Document) -> bool:
        """The upper one of the list is drawn last: of what lies on the ground, and then of all else."""
        order = [layer.id for layer in document.tree if layer.id in self._drawn]
        moved = order != self._order
        if moved:
            self._order = order
            for rank, id in enumerate(order):
                self._drawn[id].visual.ranked(rank)
        visuals = [self._drawn[id].visual for id in reversed(order)]
        if moved or any(visual.unsorted for visual in visuals):
            for lying in (True, False):
                for visual in visuals:
                    visual.bring_up(lying)
        return moved

    def _update(self, document: Document, layer: Layer, assets: Assets, moment: Moment) -> bool:
        shown = document.shown(layer)
        asked = assets.of if shown else assets.held          # nothing is read before it is shown
        asset = asked(layer, document.frame, document.time_zone)
        drawn = self._drawn.get(layer.id)
        if drawn is None or type(drawn.visual) is not VISUALS[layer.kind]:
            drawn = Drawn(VISUALS[layer.kind](self.canvas), layer, None, -1, None, None)
            self._drawn[layer.id] = drawn
            self._two.drop(layer.id)
        if shown:
            drawn = self._drawn[layer.id] = self._two.on(self.ground, drawn, layer)
        else:
            self._two.drop(layer.id)
        toggled = drawn.shown != shown
        if not shown and not toggled and drawn.counted == content_of(layer, asset):
            return False                                     # a hundred hidden layers cost a moment nothing
        if toggled:
            drawn.visual.show(shown)
            drawn.shown = shown
        why = drawn.why(layer, asset, moment, self.ground)
        if not shown:
            self._count(drawn, layer, asset)
        elif why and not (why <= LOOKS or self._turns.given(layer.id)):
            self.rows.setdefault(layer.id, Row(content.LOADING))
            return toggled
        elif why:
            self._draw(drawn, layer, asset, moment, why)
        return toggled or (shown and bool(why))

    def _draw(self, drawn: Drawn, layer: Layer, asset: Asset | None, moment: Moment,
              why: frozenset[str]) -> None:
        start = time.perf_counter()
        row = self.rows[layer.id] = Row.of(asset)
        try:
            drawn.visual.update(layer, asset, moment, self.ground, why)
            row.features, row.triangles = drawn.visual.stats()
            if why - LOOKS or drawn.visual.roams:
                drawn.box = drawn.visual.bounds()
        except Exception as error:                   # one bad layer must not take the others along
            log.exception("layer %s could not be drawn", layer.id)
            row.state = content.ERROR
            row.error = str(Trouble.of(error, layer.source.path if layer.source else ""))
        row.draw_ms = (time.perf_counter() - start) * 1000.0
        drawn.layer, drawn.asset, drawn.moment, drawn.ground = layer, asset, moment, self.ground
        drawn.asset_revision = asset.revision if asset else -1

    def _count(self, drawn: Drawn, layer: Layer, asset: Asset | None) -> None:
        """A hidden layer draws nothing, but once it was read its row tells how much it holds."""
        row = Row.of(asset)
        counted = content_of(layer, asset)
        if counted != drawn.counted:
            drawn.counted = counted
            drawn.held = drawn.visual.held(layer, asset.payload) if asset and asset.payload is not None else 0
        row.features = drawn.held
        self.rows[layer.id] = row


def _nearest(asked: list[tuple[str, Drawn]], ray: Ray) -> Hit | None:
    best: tuple[float, Hit] | None = None
    for id, drawn in asked:
        found = drawn.visual.pick(ray)
        if found and (best is None or found[0] < best[0]):
            best = (found[0], Hit(id, found[1].feature, found[1].point))
    return best[1] if best else None


def _of_an_instant(legend: Legend, visual: Visual, moment: Moment) -> Legend:
    """Where a stretch of time is looked at, that a layer shows no more than its end."""
    timed = "time" in visual.reads or legend.of              # what several layers share is a vital sign
    if moment.since_ns is None or visual.spans or legend.alone or not timed:
        return legend
    return replace(legend, note="; ".join(filter(None, (legend.note, tr("the instant at the end of the span")))))
