"""What the statistics panel is asked: a property, groups, buckets and a span of time, a zone, hours, and a number."""

from __future__ import annotations

from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit

from app.panels.editors import unmoved_by_wheel
from app.panels.statistics_words import (
    BUCKET_WORDS,
    BUCKETS,
    KINDS,
    SLIDER,
    SPANS,
    fill,
    hours_or_all,
    number_of,
    span_of,
)
from app.session import Session
from app.statistics import Question
from app.statistics_work import StatisticsWork
from twin import times
from twin.column_words import property_words
from twin.text import language, tr
from twin.units import shown

OF_LAYER = "layer:"                        # before the id of a layer in the box that zones are chosen in


class StatisticsForm(QHBoxLayout):
    """A row of boxes and lines; what is wished for before it is listed is chosen once it is."""

    def __init__(self, session: Session):
        super().__init__()
        self.session = session
        self.boxes = {name: QComboBox() for name in ("property", "kind", "bucket", "span", "zone")}
        self.threshold, self.hours = QLineEdit(clearButtonEnabled=True), QLineEdit(clearButtonEnabled=True)
        self.workdays = QCheckBox()
        self._listed: tuple = ()
        self._of = ""                               # a layer that was asked for: listed though it is hidden
        self._wished: dict[str, str] = {}           # what is to be chosen in a box once it is listed
        for name, box in self.boxes.items():
            box.installEventFilter(unmoved_by_wheel())
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(230 if name in ("property", "zone") else 160)
            self.addWidget(box)
        self.threshold.setValidator(QDoubleValidator(self.threshold))
        for line in (self.threshold, self.hours):
            line.setMaximumWidth(150 if line is self.hours else 110)
            self.addWidget(line)
        self.addWidget(self.workdays)

    @property
    def waiting(self) -> bool:
        """For something that was wished for and is not listed yet."""
        return bool(self._wished)

    def wish(self, wish: dict[str, str]) -> None:
        """As `statistics_words.asked` reads it."""
        self._of = wish["layer"]
        self._wished = {"property": wish["property"], "zone": OF_LAYER + wish["layer"] if wish["layer"] else ""}
        self.hours.setText(wish["hours"])
        self.hours.setCursorPosition(0)
        self.boxes["kind"].setCurrentIndex(max(0, self.boxes["kind"].findData(wish["kind"])))
        self.boxes["bucket"].setCurrentIndex(max(0, self.boxes["bucket"].findData(BUCKET_WORDS[wish["bucket"]])))
        self.threshold.setText(wish["limit"])
        self._choose_wished()

    def _choose_wished(self) -> None:
        for name, key in tuple(self._wished.items()):
            if (at := self.boxes[name].findData(key)) >= 0:
                self.boxes[name].setCurrentIndex(at)
                del self._wished[name]

    def choose_zone(self, id: str) -> None:
        at = self.boxes["zone"].findData(id)
        if at >= 0:
            self.boxes["zone"].setCurrentIndex(at)

    def question(self) -> Question | None:
        """What the boxes, the slider and the chosen zone ask for; None as long as nothing observes anything."""
        property = self.boxes["property"].currentData()
        if not property:
            return None
        bucket, hours = self.boxes["bucket"].currentData(), hours_or_all(self.hours.text())
        if self.workdays.isChecked():
            hours = hours or ((0.0, 24.0),)
        first, last = span_of(self.session, self.boxes["span"].currentData(), bucket)
        only = self.boxes["zone"].currentData() or ""
        layer = only.removeprefix(OF_LAYER) if only.startswith(OF_LAYER) else ""
        return Question(property=property, kind=self.boxes["kind"].currentData(), bucket_ns=bucket, first_ns=first,
                        last_ns=last, threshold=number_of(self.threshold.text()), zone="" if layer else only,
                        layer=layer, hours=hours, weekdays=tuple(range(5 if self.workdays.isChecked() else 7)))

    def list_choices(self, work: StatisticsWork) -> None:
        """The properties, zones and layers that there are now."""
        layers = [x for x in map(self.session.document.layer, work.layers)
                  if x and (x.id == self._of or self.session.document.shown(x))]
        listed = (tuple(work.properties), tuple(work.zones), tuple((x.id, x.title(language())) for x in layers))
        if listed == self._listed:
            return
        self._listed = listed
        named = sorted(((property_words(p.name), p) for p in work.properties), key=lambda one: one[0].casefold())
        fill(self.boxes["property"], [(f"{words} ({unit})" if (unit := shown(p.unit)) else words, p.name)
                                      for words, p in named])
        zh = language() == "zh"
        fill(self.boxes["zone"], [(tr("All zones"), ""), *((z if zh and z else name or id, id)
                                                            for id, name, z in work.zones),
                                  *((x.title(language()), OF_LAYER + x.id) for x in layers)])
        self._choose_wished()

    def retranslate(self) -> None:
        for name, choices in (("kind", KINDS), ("bucket", BUCKETS), ("span", SPANS)):
            default = {"kind": "zone", "bucket": times.HOUR, "span": SLIDER}[name]
            fill(self.boxes[name], [(tr(words), key) for key, words in choices.items()], default)
        for name, words in (("property", "Observed property"), ("kind", "Groups"), ("bucket", "Bucket of time"),
                            ("span", "Span"), ("zone", "Only in this zone, or of this layer")):
            self.boxes[name].setToolTip(tr(words))
            self.boxes[name].setAccessibleName(tr(words))
        self.threshold.setPlaceholderText(tr("Share above…"))
        self.threshold.setToolTip(tr("The share of readings above this number"))
        self.hours.setPlaceholderText(tr("Hours 8-17"))
        self.hours.setToolTip(tr("Only these hours of the day count, such as 8-12, 13:30-16:30"))
        self.workdays.setText(tr("Mon–Fri"))
        self.workdays.setToolTip(tr("Only Monday to Friday counts"))
        self._listed = ()
