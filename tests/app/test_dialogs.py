"""Questions that stop everything else."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget

from app import dialogs
from app.theme import apply


@pytest.mark.parametrize("ask", [lambda parent: dialogs.ask_to_save(parent, "a"),
                                 lambda parent: dialogs.ask_to_forget(parent, 3, 10, "a", "b")])
def test_the_buttons_of_a_short_question_say_all_their_words(qtbot, qapp, monkeypatch, ask):
    apply(qapp, "light")                                              # under the program's style sheet
    parent, widths = QWidget(), []
    qtbot.addWidget(parent)

    def look(box: QMessageBox) -> int:
        box.show()
        widths.extend((button.width(), button.sizeHint().width()) for button in box.buttons())
        box.close()
        return 0
    monkeypatch.setattr(QMessageBox, "exec", look)
    ask(parent)
    assert len(widths) >= 2 and all(width >= wanted for width, wanted in widths), widths
