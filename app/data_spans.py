"""From when to when there are readings: of each layer, and what of it the clock runs over."""

from __future__ import annotations

from twin import spans
from twin.document import Document


class DataSpans:
    """`session`: an app.session.Session."""

    def __init__(self, session):
        self.session = session
        self._of: dict[str, spans.Span] = {}        # by id of the layer or schedule
        self._counting: list[spans.Span] = []       # those that the clock runs over
        self._made_of: tuple = ()

    @property
    def whole(self) -> spans.Span:
        return spans.whole(list(self._of.values()))

    def tick(self) -> None:
        """A layer that is read again keeps its span meanwhile; one that is gone takes its span along.

        The clock runs over what is shown; where nothing that is shown has a time, over all that is read.
        """
        session = self.session
        read = {id: payload.history.span_ns for id, payload in session.timed_layers()}
        made_of = session.document, read, session.schedules.spans()
        if made_of != self._made_of:
            self._made_of = made_of
            self._settle(*made_of)
        session.clock.set_span(*spans.around(self._counting, session.clock.now_ns))

    def _settle(self, document: Document, read: dict[str, spans.Span], planned: dict[str, spans.Span]) -> None:
        kept = {layer.id: self._of[layer.id] for layer in document.layers if layer.id in self._of}
        self._of = {id: span for id, span in (kept | read | planned).items() if span[1] > 0}
        shown = [span for id, span in self._of.items()
                 if (layer := document.layer(id)) is None or document.shown(layer)]       # None: a schedule
        self._counting = shown or list(self._of.values())
