"""The place of a model: its sources, why one was taken, what is left over, and corrections. Edits of the document."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import standing, theme
from app.federation import apart_again
from app.panels import passport_words as words
from app.panels.candidate_list import CandidateList
from app.panels.correction_form import CorrectionForm
from app.panels.fact_table import FactTable
from app.panels.question_bar import QuestionBar, bring_up
from app.session import Session
from app.standing import BY_HAND, Site
from app.two_points import TwoPoints
from app.unfinished import Unfinished
from twin.data import Mesh
from twin.frame import is_map, normal_crs
from twin.layer import Layer, Source
from twin.placing import standing_on
from twin.text import language, tr
from twin.trouble import Trouble

LABEL = "Place"                          # of the edits


class PassportPanel(QWidget):
    """A click on a source tries it out in the scene, *Accept* makes it an edit; numbers are edits at once."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.site: Site | None = None
        self.picked: standing.Picked | None = None       # the building that the model is held against
        self.points: TwoPoints | None = None
        self._tried, self._base, self._before, self._found = "", None, None, ""
        self._about = ""                     # id of the model that `picked` is held against
        self._shown: tuple | None = None
        self._look = False
        self._widgets()
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _widgets(self) -> None:
        self.headline, self.reason = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.candidates = CandidateList(self.try_out)
        self.warnings, self.hint = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.table, self.form = FactTable(), CorrectionForm()
        self.again = QuestionBar({"Try it out": self._try_again, "Keep it here": self._keep})
        self.bar = QuestionBar({"Accept": self.accept, "Cancel": self.cancel})
        self.form.changed, self.form.sealed = self._number, lambda: self.session.edits.seal()
        self.form.pressed, self.form.datum, self.form.crs = self._pressed, self._datum, self._crs
        self.form.wusong = self._wusong
        for label in (self.headline, self.reason, self.warnings, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.again, self.headline, self.reason, self.bar, self.candidates, self.warnings, self.table,
                       self.form, self.hint):
            column.addWidget(widget)

    # -- the tick --------------------------------------------------------------------------------------

    def concerns(self, id: str) -> bool:
        """Whether the layer that the inspector is about is a model that has been read."""
        layer = self.session.document.layer(id) if id else None
        self._give_up_stale(layer)
        if id != self._about:
            self._about, self.picked = id, None
            self._mark_picked()
        asset = self.session.asset(id) if layer is not None and layer.kind == "building" else None
        return asset is not None and isinstance(asset.payload, Mesh) and asset.job is None

    def show_layer(self, id: str) -> None:
        """Called every tick with the id of a layer that it `concerns`."""
        session = self.session
        layer, asset = session.document.layer(id), session.asset(id)
        looking, self._look = self._look, False
        if looking:
            self.viewport.zoom_to({id})
        preview = session.preview if session.preview and session.preview.visible else None
        shown = (session.document, preview, asset, asset.revision, session.assets.loading, standing.sorting(session),
                 self.picked, self.points and len(self.points.points), session.rejudging.news.get(id), language())
        if shown != self._shown:
            self._shown = shown
            self.site = standing.site_of(session, preview or layer, self.picked)
            if self.site is not None:
                self._show(self.site)
            if looking:
                bring_up(self.bar)

    def _give_up_stale(self, layer: Layer | None) -> None:
        """Another layer, an undo, a deletion: what was tried out is over."""
        if self.points is not None and (layer is None or layer.id != self.points.site.layer.id):
            self.viewport.cancel_pick()
        if self._base is not None and layer is not self._base:
            self._end()

    def _show(self, site: Site) -> None:
        frame = self.session.document.frame
        self.headline.setText(words.headline(site))
        self.reason.setText(words.reason(site))
        self.candidates.set_lines(words.lines(site), self._tried)
        odd = words.warnings(site)
        self.warnings.setText("\n".join(f"•  {w}" for w in odd))
        self.warnings.setVisible(bool(odd))
        self.table.set_rows(words.rows(site, frame))
        self.table.setVisible(site.place is not None)
        source = site.layer.source or Source(path="")
        self.form.show_place(site.place, source.height_datum, source.crs)
        self.form.show_wusong(frame.wusong_to_1985_m if words.in_wusong(site) else None)
        self.form.enable(standing.possible(self.session, site, seen=self.viewport is not None))
        news = self.session.rejudging.news.get(site.layer.id)
        self.again.setVisible(news is not None and not self._tried)
        if news is not None:
            self.again.ask(*words.again(news))
            self.again.buttons["Try it out"].setVisible(bool(news.chosen))
        self.bar.setVisible(bool(self._tried))
        self.bar.ask(tr("Tried out: {source}", source=words.name_of(self._tried)), self._found)
        if self.points is not None:
            self.say(self.points.words)

    def _try_again(self) -> None:
        news = self.session.rejudging.news.get(self.site.layer.id)
        if news is not None:
            self.try_out(news.chosen)

    def _keep(self) -> None:
        self.session.rejudging.keep(self.site.layer.id)

    # -- trying out ------------------------------------------------------------------------------------

    def try_out(self, source: str) -> None:
        """Show the model as a source of its file says, in the scene only."""
        present = self.session.document.layer(self.site.layer.id)
        if source == (BY_HAND if present.placement else standing.source_of(present, self.site.mesh)):
            return self.cancel()
        self._try(source, standing.by_source(replace(self.site, layer=present), source))

    def _try(self, source: str, layer: Layer, found: str = "") -> None:
        """`found`: what there is to say about it."""
        if self._base is None and self.viewport is not None:
            self._before = self.viewport.camera()
        self._tried, self._base, self._found = source, self.session.document.layer(layer.id), found
        self.session.preview, self.session.faint = layer, standing.see_through(self.session)
        self.session.unfinished = Unfinished("Try out a place", self.cancel)
        self._look = self.viewport is not None

    def accept(self) -> None:
        tried = self.session.preview
        self._end()
        if tried is not None:
            self._commit(tried)

    def cancel(self) -> None:
        """Back to how it stood, and to where the camera was."""
        before = self._before
        self._end()
        if before is not None:
            self.viewport.fly_to(before)

    def _end(self) -> None:
        self._tried, self._base, self._before, self._look = "", None, None, False
        self.session.preview, self.session.faint, self.session.unfinished = None, frozenset(), None
        self._mark_picked()
        self._shown = None

    # -- corrections -----------------------------------------------------------------------------------

    def _commit(self, layer: Layer, merge: str = "") -> None:
        document = apart_again(self.session, self.session.document.with_layer(layer))
        self.session.edits.commit(document, LABEL, merge)
        if not merge:
            self.session.edits.seal()

    def _number(self, field: str, value: float) -> None:
        site = self.site
        if site is None or site.place is None:
            return
        frame = self.session.document.frame
        layer = (standing.turned(site, frame, value) if field == "rotation_deg" else
                 standing.by_hand(site, replace(site.place, **{field: value})))
        self._end()
        self._commit(layer, merge=f"{layer.id}.placement")

    def _pressed(self, name: str) -> None:
        """A button of the form; what it does starts from what is shown."""
        self.say("")
        do = {"drop": self._drop, "fit": self._fit, "swap": self._swap, "best": self._best, "pick": self._pick,
              "two-points": self._two_points, "compare": self._compare, "like": self._like}[name]
        if self.site is not None:
            do(self.site)

    def _drop(self, site: Site) -> None:
        self._now(standing.dropped(site))

    def _fit(self, site: Site) -> None:
        self._now(standing.on_footprint(self.session, site))

    def _now(self, layer: Layer | None) -> None:
        self._end()
        if layer is not None:
            self._commit(layer)

    def _best(self, site: Site) -> None:
        """Tried out first: it may move the model far."""
        self.try_out(site.verdict.chosen)

    def _swap(self, site: Site) -> None:
        layer = standing.exchanged(site, self.session.document.frame)
        if layer is None:
            self.say(tr("Exchanged, its numbers have no place in the project's CRS."))
        else:
            self._try(BY_HAND, layer)

    def _pick(self, site: Site) -> None:
        self.say(tr("Click where it stands. Escape cancels."))
        self._end()
        self.viewport.pick_once(lambda point: self._picked_place(site, point))
        self.viewport.setFocus()

    def _picked_place(self, site: Site, point) -> None:
        self.say("")
        if point is not None:
            self._commit(standing.by_hand(site, standing_on(site.mesh, self.session.document.frame, point, site.place)))

    def _two_points(self, site: Site) -> None:
        self._end()
        present = self.session.document.layer(site.layer.id)
        self.points = TwoPoints(self.session, self.viewport, replace(site, layer=present), self._placed_by_points)
        self.points.ask()
        self.viewport.setFocus()

    def _placed_by_points(self, layer: Layer | None, said: str) -> None:
        self.points = None
        self.say("" if layer else said)
        if layer is not None:
            self._try(BY_HAND, layer, said)
        else:
            self._mark_picked()

    def _compare(self, site: Site) -> None:
        """The next click on a building of the city, through the model: that one is the footprint."""
        self._end()
        self.say(tr("Click the building of the city that it stands for. Escape cancels."))
        self.viewport.pick_of(standing.see_through(self.session), self._compared)
        self.viewport.setFocus()

    def _compared(self, hit) -> None:
        self.say("")
        self.picked = (hit.layer, hit.feature) if hit is not None else None
        self._mark_picked()
        if self.picked:
            bring_up(self.table)

    def _mark_picked(self) -> None:
        """In the scene, as long as the model is held against it."""
        self.session.marked = standing.picked_mark(self.session, self.picked) if self.picked else None

    def _like(self, site: Site) -> None:
        """The next click on another model: tried out first, it may move this one far."""
        self._end()
        self.say(tr("Click the model that it shares its axes with. Escape cancels."))
        self.viewport.pick_of(standing.others(self.session, site.layer.id), lambda hit: self._placed_like(site, hit))
        self.viewport.setFocus()

    def _placed_like(self, site: Site, hit) -> None:
        self.say("")
        other = self.session.document.layer(hit.layer) if hit is not None else None
        if other is not None:
            self._try(BY_HAND, standing.like(self.session, site, other),
                      tr("In the axes of {name}", name=other.title(language())))

    def _datum(self, key: str) -> None:
        self._source(height_datum=key)

    def _crs(self, text: str) -> None:
        try:
            if text and not is_map(text):
                raise Trouble(tr("This CRS has no places on a map."),
                              way_out=tr("Choose a projected or geographic one."))
            self._source(crs=normal_crs(text) if text else "")
            self.say("")
        except Trouble as trouble:
            self.say(str(trouble))

    def _wusong(self, to_1985_m: float) -> None:
        """The project's own number: everything that is in Wusong heights is read again."""
        document = self.session.document
        self._end()
        self.session.edits.commit(replace(document, frame=replace(document.frame, wusong_to_1985_m=to_1985_m)), LABEL)
        self.session.edits.seal()

    def _source(self, **values) -> None:
        """Said of the file: it is read again with it."""
        layer = self.session.document.layer(self.site.layer.id) if self.site else None
        if layer is not None and layer.source is not None:
            self._end()
            self._commit(replace(layer, source=replace(layer.source, **values)))

    def say(self, text: str) -> None:
        """Scrolled to, once: it stands below the buttons, and asks for clicks elsewhere."""
        new, shown = text != self.hint.text(), bool(text)
        self.hint.setText(text)
        self.hint.setVisible(shown)
        if new and shown:
            bring_up(self.hint)

    # -- language and theme ----------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.again.retranslate()
        self.bar.retranslate()
        self.form.retranslate()
        self.table.retranslate()
        self.say("")
        self.bar.hide()
        self._shown = None

    def retheme(self) -> None:
        colour = theme.colour
        self.headline.setStyleSheet("font-weight: 600;")
        self.reason.setStyleSheet(f"color: {colour('muted')};")
        self.warnings.setStyleSheet(f"color: {colour('warn')};")
        self.hint.setStyleSheet(f"color: {colour('accent')};")
        self.candidates.retheme()
        self.table.retheme(self.session.theme)
