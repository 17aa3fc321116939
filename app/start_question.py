"""Recordings whose times count from a start that their file does not say: asked about once."""

from __future__ import annotations

from collections.abc import Callable

from app.beginnings import commit
from twin import times
from twin.data import Timed
from twin.history.starts import undated
from twin.text import tr


class StartQuestion:
    """Refreshed by the tick. `tell(words, tone, ways)` shows a notice, `ask(title, text)` lets one type a time ("" =
    never mind).

    The answer is a field of the layer's source: it is saved, and nobody is asked again.
    """

    def __init__(self, session, tell: Callable, ask: Callable[[str, str], str]):
        self.session, self.tell, self.ask = session, tell, ask
        self._seen: tuple = ()
        self._asked: set = set()

    def refresh(self) -> None:
        seen = (self.session.document, self.session.assets.revision)
        if self._seen and self._seen[0] is seen[0] and self._seen[1] == seen[1]:
            return
        self._seen = seen
        for layer in self.session.document.layers:
            if layer.source and not layer.source.begins and (layer.id, layer.source) not in self._asked:
                asset = self.session.held(layer.id)
                payload = asset.payload if asset else None
                if isinstance(payload, Timed) and payload.history is not None and undated(payload.history.span_ns):
                    self._asked.add((layer.id, layer.source))
                    self._ask(layer)

    def _ask(self, layer) -> None:
        now = ((tr("At the clock's time"), lambda: self._answer(layer.id, self._now())),) if self._now() else ()
        self.tell(question_of(layer), "warning",
                  (*now, (tr("At another time…"), lambda: self._type(layer.id)),
                   (tr("Leave it in 1970"), lambda: self._answer(layer.id, "1970-01-01T00:00:00+00:00"))))

    def _now(self) -> str:
        """"" where the clock itself knows no other day."""
        now_ns = self.session.clock.now_ns
        return times.iso(now_ns, self.session.document.time_zone) if now_ns > 2 * times.DAY else ""

    def _type(self, id: str) -> None:
        said = self.ask(tr("When does it begin?"), self._now()[:16].replace("T", " "))
        if said:
            again = (tr("At another time…"), lambda: self._type(id))
            commit(self.session, id, said, lambda words, tone: self.tell(words, tone, (again,)))

    def _answer(self, id: str, begins: str) -> None:
        commit(self.session, id, begins, self.tell)


def question_of(layer) -> str:
    return tr("{name}: its times count from a start that the file does not say. When does it begin?", name=layer.name)
