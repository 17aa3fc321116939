"""A choice of numbers that one may also type, shown anew at every tick."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.panels.number_box import NumberBox
from app.panels.time_shift import read_shift, shift_words
from twin.times import DAY, HOUR


def test_what_is_being_typed_stays_while_the_value_is_told_again(qtbot):
    box, taken = NumberBox(shift_words, read_shift), []
    qtbot.addWidget(box)
    box.taken = taken.append
    box.show_value(0, (0, HOUR))
    box.lineEdit().selectAll()
    box.show_value(0, (0, HOUR))
    for letter in "2 d":
        QTest.keyClicks(box.lineEdit(), letter)
        box.show_value(0, (0, HOUR))
    assert box.currentText() == "2 d"
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert taken == [2 * DAY]
    box.show_value(2 * DAY, (0, HOUR))
    assert box.currentText() == shift_words(2 * DAY)


def test_escape_and_another_value_end_the_typing(qtbot):
    box = NumberBox(shift_words, read_shift)
    qtbot.addWidget(box)
    box.show_value(HOUR, (0, HOUR))
    QTest.keyClicks(box.lineEdit(), "7")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert box.currentText() == shift_words(HOUR)
    QTest.keyClicks(box.lineEdit(), "7")
    box.show_value(0, (0, HOUR))
    assert box.currentText() == shift_words(0)
