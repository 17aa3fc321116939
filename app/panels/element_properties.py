"""What one IFC element says, read on demand in a worker and kept for the elements seen last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from app.panels.facts import MISSING, Row, heading, words_of
from app.session import Session
from twin.layer import Layer
from twin.text import language, tr

KEPT = 200
KIND = "building"                 # the one kind of layer whose elements have property sets


class ElementProperties:
    """`ask`, then `poll` every tick, then `rows`. Clicking on through elements cancels what was not ready."""

    def __init__(self, session: Session):
        self.session = session
        self._known: OrderedDict[tuple[str, str, str], list[Row]] = OrderedDict()
        self._key: tuple[str, str, str] | None = None
        self._job = None
        self._news = False

    def ask(self, layer: Layer | None, guid: str) -> None:
        """The element that is selected; None or "" where there is none."""
        wanted = layer is not None and layer.kind == KIND and layer.source is not None and guid
        key = (layer.source.path, guid, language()) if wanted else None
        if key == self._key:
            return
        if self._job is not None:
            self.session.jobs.cancel(self._job)
            self._job = None
        self._key, self._news = key, True
        if key and key not in self._known:
            self._job = self.session.jobs.start(reader(), *key[:2], label=tr("Properties of {name}", name=guid),
                                                path=key[0], urgent=True)

    def poll(self) -> bool:
        """True when `rows` differ from before: another element was asked for, or the answer has come in."""
        news, self._news = self._news, False
        return self._answered() or news

    def _answered(self) -> bool:
        if self._job is None or self._job.active:
            return False
        job, self._job = self._job, None
        if job.error:
            self._known[self._key] = [heading(tr("Property sets")), Row(tr("Error"), str(job.error), key="error")]
        else:
            self._known[self._key] = grouped(job.result or [])
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return True

    def rows(self) -> list[Row]:
        if self._key is None:
            return []
        if self._job is not None:
            return [heading(tr("Property sets")), Row(tr("Reading…"))]
        return self._known.get(self._key, [])


    @property
    def complete(self) -> bool:
        """The rows say all there is: what the scene knows of the element need not be said again."""
        return any(row.key == "GlobalId" for row in self._known.get(self._key, ()))


def reader():
    """`properties(path, guid, progress)` of the room that knows IFC; it runs in a worker."""
    from bim.properties import properties
    return properties


def grouped(groups: list) -> list[Row]:
    """Groups of facts (bim.properties.Group) as rows under headings."""
    rows: list[Row] = []
    for group in groups:
        rows.append(heading(group.title))
        rows += [_row(fact, group.title) for fact in group.facts]
    return rows


def _row(fact, title: str) -> Row:
    """With its unit; what the type says is marked."""
    value = words_of(fact.value)
    return Row(f"{fact.name} ↑" if fact.inherited else fact.name,
               f"{value} {fact.unit}" if fact.unit and value != MISSING else value,
               key=fact.path or f"{title}.{fact.name}", link=fact.link, column=fact.path,
               tip="\n".join(_tips(fact)))


def _tips(fact) -> Iterator[str]:
    if fact.inherited:
        yield tr("From the type")
    if fact.assumed:
        yield tr("The file states no unit: this is the usual one of such measures.")
    if fact.link:
        yield tr("Double-click to go there")
