"""A layer with words over it, which keep clear of each other and of the hud at every frame."""

from __future__ import annotations

from layers.base import Visual
from layers.labels import Labels


class Labelled(Visual):
    """Subclasses fill `_labels` and add its actor to the overlay."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self._labels = Labels(canvas)

    def camera_moved(self) -> None:
        self._labels.camera_moved()

    def show(self, shown: bool) -> None:
        super().show(shown)
        self._labels.show(shown)
