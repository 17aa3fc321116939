"""The way out of "save the project first": a button that saves it and then does what was asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from twin.text import tr


class SaveFirst(QPushButton):
    """Hidden until something is refused because the project is not saved. `save` is False where nothing was saved."""

    def __init__(self, save: Callable[[], bool], parent: QWidget | None = None):
        super().__init__(parent)
        self._save = save
        self._then: Callable[[], None] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.hide()
        self.clicked.connect(self._go_on)
        self.retranslate()

    def offer(self, then: Callable[[], None]) -> None:
        self._then = then
        self.show()

    def forget(self) -> None:
        self._then = None
        self.hide()

    @property
    def offered(self) -> bool:
        return self._then is not None

    def _go_on(self) -> None:
        then = self._then
        if then is not None and self._save():
            self.forget()
            then()

    def retranslate(self) -> None:
        self.setText(tr("Save and go on"))
