"""Asking for hours of sun around what is looked at; computed in the background, added as layers."""

from __future__ import annotations

from PySide6.QtCore import QDate, QTime
from PySide6.QtWidgets import QDateEdit, QDoubleSpinBox, QTimeEdit

from app.panels.calendar import in_our_words
from app.panels.study_dialog import StudyDialog
from app.studies import Study, free_folder
from app.study_tables import sun_table
from app.sun_study import Question, compute, gather, with_results
from twin import times
from twin.text import tr


class SunDialog(StudyDialog):
    """What is shown now casts the shadows: hide one proposal and show another to compare them."""

    def __init__(self, window):
        super().__init__(window, tr("Hours of sun"),
                         tr("Around the middle of the view. Shadows are thrown by what is shown."))
        self.date, self.first, self.last = QDateEdit(calendarPopup=True), QTimeEdit(), QTimeEdit()
        in_our_words(self.date)
        self.radius, self.spacing, self.step, self.limit = (QDoubleSpinBox() for _ in range(4))
        self._start_values()
        self.lay_out(((tr("Date"), self.date), (tr("Start"), self.first), (tr("End"), self.last),
                      (tr("Step"), self.step), (tr("Radius"), self.radius),
                      (tr("Spacing on the ground"), self.spacing), (tr("Rule: sun without a break"), self.limit)),
                     self.begin)

    def _start_values(self) -> None:
        """The winter solstice of the clock's year."""
        clock, zone = self.window_.session.clock, self.window_.session.document.time_zone
        year = times.to_datetime(clock.now_ns, zone).year if clock.now_ns else QDate.currentDate().year()
        self.date.setDate(QDate(year, 12, 21))
        self.date.setDisplayFormat("yyyy-MM-dd")
        for field, hour in ((self.first, 9), (self.last, 15)):
            field.setDisplayFormat("HH:mm")
            field.setTime(QTime(hour, 0))
        for field, value, low, high, unit in ((self.radius, 250, 20, 2000, " m"), (self.spacing, 5, 0.5, 50, " m"),
                                              (self.step, 10, 1, 120, " min"), (self.limit, 0, 0, 12, " h")):
            field.setRange(low, high)
            field.setSuffix(unit)
            field.setDecimals(0 if field is self.step else 1)
            field.setValue(value)

    def question(self) -> Question:
        focus = self.window_.viewport.camera().focus
        return Question(date=self.date.date().toString("yyyy-MM-dd"), middle=(focus[0], focus[1]),
                        radius_m=self.radius.value(), spacing_m=self.spacing.value(),
                        first=self.first.time().toString("HH:mm"), last=self.last.time().toString("HH:mm"),
                        step_minutes=self.step.value(), limit_hours=self.limit.value())

    def begin(self) -> None:
        session, question = self.window_.session, self.question()
        folder = free_folder(session.path, f"sun-{question.date}")
        place = gather(session, question)
        Study(self.window_, compute, place, question, folder, tr("Hours of sun"),
              lambda document: with_results(document, question, folder, place.synthetic), _words,
              lambda report: sun_table({"": report}, question.limit_hours, words=session.document.words))


def _words(report: dict) -> str:
    houses = report["buildings"]
    words = tr("Hours of sun: {n} buildings, the ground has {mean} of {all} h.", n=len(houses),
               mean=f"{report['ground']['mean_hours']:.1f}", all=f"{report['sun_up_hours']:.1f}")
    below = sum(house["reaches_limit"] is False for house in houses)
    return words + " " + tr("{n} have no window that reaches the rule.", n=below) if report["limit_hours"] else words
