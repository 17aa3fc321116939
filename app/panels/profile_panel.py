"""The profile panel: the section along a drawn line, its pipes as a table, and both as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import dialogs, profiles, theme
from app.drawing import Drawing
from app.panels.profile_table import ProfileTable, metres
from app.session import Session
from layers.networks import KIND_WORDS
from layers.profile import ProfileLine
from twin.layer import new_id
from twin.profile import PipeCut, Profile
from twin.selection import Selection
from twin.text import clauses, enumerated, language, sentences, tr

LEAST_PLOT_PX = 90                                # lower, a section is no more than a line over its axis
AROUND_M = 10.0                                   # a pipe that one flies to


class ProfilePanel(QWidget):
    """Shows the profile layer that was chosen last. It works only while it is seen."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.id = ""
        self.cutter = profiles.Cutter()
        self.plot = None                          # a ProfilePlot; pyqtgraph is imported when there is a profile
        self.choice, self.new = QComboBox(), QPushButton()
        self.exaggeration = QSlider(Qt.Orientation.Horizontal, minimum=10, maximum=50)
        self.figure = QLabel()
        self.depth, self.width = QDoubleSpinBox(maximum=50.0), QDoubleSpinBox(maximum=100.0)
        self.depth_word, self.width_word, self.times_word = QLabel(), QLabel(), QLabel()
        self.csv, self.png = QToolButton(), QToolButton()
        self.readout, self.empty = QLabel(), QLabel(wordWrap=True)
        self.table = ProfileTable()
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self._layer: ProfileLine | None = None
        self._shown: tuple = ()
        self._content: profiles.Content | None = None
        self._asked: tuple = ()
        self._seen: tuple = ()
        self._marked: tuple | None = None
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        self.choice.setMinimumWidth(140)
        self.exaggeration.setFixedWidth(90)
        self.figure.setMinimumWidth(28)
        for box in (self.depth, self.width):
            box.setSuffix(" m")
            box.setSingleStep(0.1)
            box.setFixedWidth(86)
        for widget in (self.choice, self.new, self.times_word, self.exaggeration, self.figure, self.depth_word,
                       self.depth, self.width_word, self.width):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self.csv)
        tools.addWidget(self.png)
        self.readout.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.split.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 4)
        column.setSpacing(4)
        column.addLayout(tools)
        column.addWidget(self.empty, 1)
        column.addWidget(self.split, 1)
        column.addWidget(self.readout)

    def _connect(self) -> None:
        self.new.clicked.connect(self.draw)
        self.choice.activated.connect(lambda at: self.show_layer(self.choice.itemData(at)))
        self.exaggeration.valueChanged.connect(lambda v: self._edit("exaggeration", v / 10))
        self.exaggeration.sliderReleased.connect(self.session.edits.seal)
        self.depth.valueChanged.connect(lambda v: self._edit("trench_depth_m", round(v, 2)))
        self.width.valueChanged.connect(lambda v: self._edit("trench_width_m", round(v, 2)))
        for box in (self.depth, self.width):
            box.editingFinished.connect(self.session.edits.seal)
        self.csv.clicked.connect(self.save_csv)
        self.png.clicked.connect(self.save_png)
        self.table.chosen, self.table.visited = self._select, self._fly

    # -- what it shows ---------------------------------------------------------------------------------

    def draw(self) -> None:
        """The next clicks in the scene are a new line."""
        Drawing(self.session, self.viewport, "line", self._drawn, on_ground=True).begin()

    def _drawn(self, points: np.ndarray | None) -> None:
        if points is None:
            return
        document = self.session.document
        count = sum(isinstance(x, ProfileLine) for x in document.layers) + 1
        line = tuple((round(float(x), 3), round(float(y), 3)) for x, y in points + document.frame.origin[:2])
        layer = ProfileLine(id=new_id("profile"), name=tr("Profile {n}", n=count), line=line)
        self.session.edits.commit(document.with_layer(layer), "New profile")
        self.session.edits.seal()
        self.show_layer(layer.id)

    def show_about(self, id: str) -> None:
        self.show_layer(id)

    def show_layer(self, id: str) -> None:
        self.id = id
        self._shown = ()

    def refresh(self) -> None:
        if not self.isVisible():
            return
        self._follow()
        layer = self._layer
        self.cutter.poll()
        if layer is not None and layer.line:
            self._ask(layer)
        found = self.cutter.result if layer is not None else None
        awaited = self._content.awaited if self._content else ()
        shown = (layer, found, self.cutter.error, self.session.theme, language(), awaited)
        if not self._shown or any(a is not b and a != b for a, b in zip(shown, self._shown)):
            self._shown = shown
            self._show(layer, found)
        self._mark_selected()

    def _follow(self) -> None:
        """The layer that is shown: the one asked for, else one chosen in the tree, else the first."""
        seen = (self.session.document, self.session.about, self.id)
        if self._seen and all(a is b or a == b for a, b in zip(seen, self._seen)):
            return
        before, self._seen = self._seen, seen
        lines = [x for x in self.session.document.layers if isinstance(x, ProfileLine)]
        if before and before[1] != seen[1] and seen[1] in {x.id for x in lines}:
            self.id = seen[1]
        layer = next((x for x in lines if x.id == self.id), lines[0] if lines else None)
        if layer is not None and (self._layer is None or self._layer.id != layer.id):
            self.cutter.forget()
        self._layer, self.id = layer, layer.id if layer else ""
        self.choice.blockSignals(True)
        self.choice.clear()
        for line in lines:
            self.choice.addItem(line.title(language()), line.id)
        self.choice.setCurrentIndex(self.choice.findData(self.id))
        self.choice.blockSignals(False)

    def _ask(self, layer: ProfileLine) -> None:
        document, revision = self.session.document, self.session.assets.revision
        if self._content is None or self._asked[0] is not document or self._asked[1] != revision:
            self._content, self._asked = profiles.content_of(self.session), (document, revision)
        self.cutter.ask(self._content, profiles.course_of(layer, document.frame), profiles.trench_of(layer))

    def _show(self, layer: ProfileLine | None, found: Profile | None) -> None:
        self.empty.setVisible(found is None)
        self.split.setVisible(found is not None)
        for widget in (self.exaggeration, self.depth, self.width, self.csv, self.png, self.choice):
            widget.setEnabled(layer is not None)
        self.empty.setText(str(self.cutter.error) if self.cutter.error else tr("Working…") if layer else
                           tr("Draw a line in the scene: click its points, double click ends it."))
        if layer is not None:
            for widget, value in ((self.exaggeration, round(layer.exaggeration * 10)),
                                  (self.depth, layer.trench_depth_m), (self.width, layer.trench_width_m)):
                widget.blockSignals(True)
                widget.setValue(value)
                widget.blockSignals(False)
            self.figure.setText(f"{layer.exaggeration:.1f}×")
        if found is None:
            self.readout.setText("")
            return
        self._make_plot()
        same = self.plot.found is not None and self.plot.found.course.same(found.course)
        self.plot.show_profile(found, self.session.theme, keep_view=same)
        self.plot.exaggerate(layer.exaggeration)
        self.table.show_profile(found, self.session.theme)
        self.readout.setText(self._whole(found))

    def _make_plot(self) -> None:
        if self.plot is None:
            from app.panels.profile_plot import ProfilePlot
            self.plot = ProfilePlot()
            self.plot.setMinimumHeight(LEAST_PLOT_PX)
            self.plot.hovered, self.plot.clicked = self._say, self._select
            self.split.insertWidget(0, self.plot)
            self.split.setSizes([11000, 9000])
            self.retheme()

    # -- what is pointed at ----------------------------------------------------------------------------

    def _select(self, cut: PipeCut) -> None:
        self.session.selection = Selection().only(cut.layer, cut.feature)

    def _fly(self, cut: PipeCut) -> None:
        """To the place where the line meets the pipe: a pipe itself may be a street long."""
        if self.viewport is not None:
            x, y = self.cutter.result.course.at(cut.distance_m)[0]
            self.viewport.zoom_to_area(x - AROUND_M, y - AROUND_M, x + AROUND_M, y + AROUND_M)

    def _mark_selected(self) -> None:
        found, last = self.cutter.result, self.session.selection.last
        if found is None or last == self._marked:
            return
        self._marked = last
        self.table.mark(last)

    def _say(self, distance_m, height_m, pipe: PipeCut | None) -> None:
        """What is under the mouse, in one line."""
        found = self.cutter.result
        if found is None or distance_m is None:
            self.readout.setText(self._whole(found) if found is not None else "")
            return
        ground = float(np.interp(distance_m, found.distance_m, found.ground_m))
        parts = [tr("{d} m along", d=f"{distance_m:.2f}"), tr("height {z} m", z=f"{height_m:.2f}")]
        if np.isfinite(ground):
            parts.append(tr("ground {z} m, depth {t} m", z=f"{ground:.2f}", t=f"{ground - height_m:.2f}"))
        if pipe is not None:
            size = f"DN{pipe.diameter_m * 1000:.0f}" if np.isfinite(pipe.diameter_m) else tr("size not known")
            parts.append(f"{pipe.name} · {tr(KIND_WORDS.get(pipe.kind, pipe.kind))} · {size} · "
                         + tr("cover {c} m", c=metres(pipe.cover_m)))
        self.readout.setText("   ".join(parts))

    def _whole(self, found) -> str:
        words = tr("{length} m, {n} pipes", length=f"{found.course.length_m:.2f}", n=len(found.pipes))
        met = sum(bool(c.trench_m < 0) for c in found.pipes if np.isfinite(c.trench_m))
        doubtful = sum(cut.guessed for cut in found.pipes)
        unsure = tr("{n} of them with heights of unknown meaning: see the layer's row", n=doubtful) if doubtful else ""
        words = clauses(words, unsure, tr("{n} of them in the trench", n=met) if found.trench.depth_m > 0 else "")
        if self._content and self._content.tiled:
            words += tr(", of {n} tiled layers only what is drawn", n=self._content.tiled)
        names = enumerated(layer.title(language()) for layer in self._content.awaited[:3]) if self._content else ""
        return sentences(words, tr("Still being read: {names}", names=names)) if names else words

    # -- edits and files -------------------------------------------------------------------------------

    def _edit(self, field: str, value: float) -> None:
        layer = self.session.document.layer(self.id)
        if layer is not None and getattr(layer, field) != value:
            self.session.edits.commit(self.session.document.with_layer(replace(layer, **{field: value})),
                                      "Change the profile", merge=f"{layer.id}.{field}")

    def save_csv(self) -> None:
        if (path := self._ask_path(".csv", tr("Tables") + " (*.csv)")) is not None:
            text = profiles.csv_text(self.cutter.result, self.session.document.frame)
            path.write_text(text, encoding="utf-8-sig", newline="")
            self.readout.setText(tr("Saved: {path}", path=str(path)))

    def save_png(self) -> None:
        if (path := self._ask_path(".png", tr("Pictures") + " (*.png)")) is not None:
            self.plot.grab().save(str(path))
            self.readout.setText(tr("Saved: {path}", path=str(path)))

    def _ask_path(self, suffix: str, kinds: str) -> Path | None:
        if self.cutter.result is None or self._layer is None:
            return None
        folder = str(self.session.path.parent) if self.session.path else ""
        return dialogs.save_file(self, folder, self._layer.title(language()) + suffix, kinds)

    # -- looks -----------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.new.setText(tr("Draw a line…"))
        self.times_word.setText(tr("Exaggeration"))
        self.depth_word.setText(tr("Trench depth"))
        self.width_word.setText(tr("Trench width"))
        self.exaggeration.setAccessibleName(tr("Exaggeration"))
        self.choice.setAccessibleName(tr("Profile section"))
        for button, words in ((self.csv, "CSV"), (self.png, "PNG")):
            button.setText(words + "…")
        self.csv.setToolTip(tr("Save the table"))
        self.png.setToolTip(tr("Save the picture"))
        self.table.retranslate()
        self._shown = self._seen = ()
        self.retheme()

    def retheme(self) -> None:
        self.new.setIcon(theme.icon("profile"))
        self.new.setIconSize(QSize(16, 16))
        self.empty.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        if self.plot is not None:
            self.plot.retheme(self.session.theme, (tr("Distance (m)"), tr("Level (m)")))
        self._shown = ()
