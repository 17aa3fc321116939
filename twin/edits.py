"""Undo and redo: going back to an old document."""

from __future__ import annotations

from dataclasses import dataclass

from twin.document import Document, changed, moved


@dataclass(frozen=True)
class Step:
    label: str
    document: Document          # the document before this step (undo) or after it (redo)
    merge: str


class Edits:
    """The present document and the way back.

    A commit with the same non-empty `merge` key as the one before replaces it, so that one drag is
    one undo; `seal()` ends that (mouse released, field left).
    """

    def __init__(self, document: Document, limit: int = 500):
        self.document = document
        self.saved = document
        self.revision = 0
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._limit = limit
        self._open_merge = ""
        self._known: dict[int, tuple[Document, Document, frozenset[str]]] = {}

    def commit(self, document: Document, label: str, merge: str = "") -> None:
        """Make `document` the present one; nothing happens when it equals the present one."""
        if document == self.document:
            return
        if not (merge and merge == self._open_merge and self._undo):
            self.seal()
            self._undo.append(Step(label, self.document, merge))
            del self._undo[:-self._limit]
        self._redo.clear()
        self._open_merge = merge
        self._become(document)

    def seal(self) -> None:
        """What was dragged away and back again is no step."""
        if self._open_merge and self._undo and self._undo[-1].document == self.document:
            self._undo.pop()
        self._open_merge = ""

    def undo(self) -> None:
        if self._undo:
            step = self._undo.pop()
            self._redo.append(Step(step.label, self.document, step.merge))
            self._open_merge = ""
            self._become(step.document)

    def redo(self) -> None:
        if self._redo:
            step = self._redo.pop()
            self._undo.append(Step(step.label, self.document, step.merge))
            self._open_merge = ""
            self._become(step.document)

    @property
    def undo_label(self) -> str:
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        return self._redo[-1].label if self._redo else ""

    def undone(self) -> frozenset[str]:
        """Ids of the layers that an undo would bring back, change, move or take away."""
        return self._touched(self._undo)

    def redone(self) -> frozenset[str]:
        return self._touched(self._redo)

    def _touched(self, steps: list[Step]) -> frozenset[str]:
        """Kept while the documents are the same: a menu asks many times a second."""
        if not steps:
            return frozenset()
        pair = self.document, steps[-1].document
        held = self._known.get(id(steps))
        if held is None or held[0] is not pair[0] or held[1] is not pair[1]:
            held = self._known[id(steps)] = (*pair, frozenset(changed(*pair)) or moved(*pair))
        return held[2]

    @property
    def dirty(self) -> bool:
        return self.document != self.saved

    def mark_saved(self, document: Document | None = None) -> None:
        """The file holds `document`; None = the present one."""
        self.saved = document or self.document
        self.seal()

    def _become(self, document: Document) -> None:
        self.document = document
        self.revision += 1
