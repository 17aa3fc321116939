"""Asking who reaches a facility on foot; computed in the background, added as a layer."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox

from app.panels.study_dialog import StudyDialog
from app.reach_study import Question, compute, gather, with_result, words_of
from app.studies import Study, free_folder
from app.study_tables import reach_table
from twin.data import Mesh, Sensors, Vectors
from twin.text import language, tr


class ReachDialog(StudyDialog):
    def __init__(self, window):
        super().__init__(window, tr("Reach on foot"), tr("Who reaches a facility along the streets."))
        self.streets, self.facilities, self.dwellings = QComboBox(), QComboBox(), QComboBox()
        self.minutes, self.added = QDoubleSpinBox(), QCheckBox(tr("and one more in the middle of the view (what if)"))
        self._offer()
        self.minutes.setRange(1, 120)
        self.minutes.setDecimals(0)
        self.minutes.setSuffix(" min")
        self.minutes.setValue(15)
        self.lay_out(((tr("Streets"), self.streets), (tr("Facilities"), self.facilities), ("", self.added),
                      (tr("Buildings"), self.dwellings), (tr("Within"), self.minutes)), self.begin)

    def _offer(self) -> None:
        """The layers that can serve, by what they hold, or by their kind where they are not read yet; the current one
        first as facilities."""
        for layer in self.window_.session.document.layers:
            asset = self.window_.session.held(layer.id)
            payload = asset.payload if asset else None
            unread = payload is None and layer.source is not None
            lines = isinstance(payload, Vectors) and len(payload.line_feature) and not len(payload.fill_triangles)
            points = isinstance(payload, Sensors) or (isinstance(payload, Vectors) and len(payload.points))
            flat = layer.kind == "vectors" and layer.symbol != "tree"
            for box, fits in ((self.streets, lines or (unread and flat)),
                              (self.facilities, (points and layer.kind != "vectors") or (points and flat)
                               or (unread and (flat or layer.kind == "sensors"))),
                              (self.dwellings, layer.kind == "city" and (unread or isinstance(payload, Mesh)))):
                if fits:
                    box.addItem(layer.title(language()), layer.id)
        self.facilities.setCurrentIndex(max(0, self.facilities.findData(self.window_.session.about)))
        self.streets.setCurrentIndex(max(0, self.streets.findData("roads")))

    def question(self) -> Question:
        added = ((*self.window_.viewport.camera().focus[:2],),) if self.added.isChecked() else ()
        return Question(streets=self.streets.currentData() or "", facilities=self.facilities.currentData() or "",
                        dwellings=self.dwellings.currentData() or "", minutes=self.minutes.value(), added=added)

    def begin(self) -> None:
        session, question = self.window_.session, self.question()
        folder = free_folder(session.path, f"reach-{question.minutes:g}")
        town = gather(session, question)
        Study(self.window_, compute, town, question, folder, tr("Reach on foot"),
              lambda document: with_result(document, question, folder, town.synthetic), words_of, reach_table)
