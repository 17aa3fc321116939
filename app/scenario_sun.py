"""Hours of sun that a chapter asks for, of each side of a comparison: the table, and the windows in the scene."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from app.scenario_study import ChapterStudy
from app.session import Session
from app.shading import casting
from app.standing import ground_of
from app.study_tables import sun_table
from app.sun_study import FACADES, Neighbourhood, Question, compute, gathered
from layers.vectors import VectorLayer
from twin.comparison import sides
from twin.document import Document
from twin.layer import new_id
from twin.project import source_of
from twin.ruling import ColorRule
from twin.text import tr
from twin.trouble import Trouble

NAMES, TODAY = ("A", "B"), "today"
COLORS, MOST = ("#b2182b", "#f4a582", "#fee090"), "#2c7fb8"       # told apart by the colour-blind, too


class SunStep(ChapterStudy):
    """Its table stays until the program ends; its report is a report of every side by its name."""

    _gathering: Future | None = None

    def __init__(self, session: Session, added: Callable[[Document, Document], None]):
        super().__init__(session, added)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sun-step")

    def _drop(self) -> None:
        super()._drop()
        self._gathering = None

    def _begin(self) -> None:
        if self._gathering is None:
            self._gather()
        elif self._gathering.done():
            self._compute()

    def _gather(self) -> None:
        session, document = self.session, self.session.document
        if session.assets.loading:
            return                                             # again at the next tick
        ground, question, zone = ground_of(session), self._question(), document.time_zone
        shown = _compared(document)
        casters = [casting(session, side) for side in shown]
        self._gathering = self._thread.submit(
            lambda: [gathered(found, ground, document.frame, zone, question) for found in casters])

    def _compute(self) -> None:
        gathering, self._gathering = self._gathering, None
        if error := gathering.exception():
            self.trouble = str(Trouble.of(error))
            return
        self._job = self.session.jobs.start(compute_each, gathering.result(), self._question(), str(self.folder),
                                            label=tr("Hours of sun"))

    def _result(self, computed: dict[str, dict]) -> dict[str, dict]:
        named = {key: computed[key] for key in NAMES} if len(computed) > 1 else {"": computed[NAMES[0]]}
        self.session.study_tables.insert(0, sun_table(named, self._asked.limit_hours, computed.get(TODAY),
                                                      self.session.document.words))
        return computed

    def _show(self, kept: dict[str, dict]) -> None:
        self.report = kept
        before = self.session.document
        named = tuple(key for key in NAMES if key in kept)
        self._added(before, with_windows(before, self.folder, named, self._asked.limit_hours))

    def _question(self) -> Question:
        asked, (e, n, _) = self._asked, self.session.document.frame.origin
        return Question(date=asked.date, middle=(asked.easting - e, asked.northing - n), radius_m=asked.radius_m,
                        first=asked.first, last=asked.last, limit_hours=asked.limit_hours)

    def words(self) -> str:
        if self.trouble or not self.report:
            return self.trouble
        limit = self._asked.limit_hours
        below = {name: sum(house["reaches_limit"] is False for house in report["buildings"])
                 for name, report in self.report.items()}
        told = [tr("Today: {n} houses below {hours} h", n=below[TODAY], hours=f"{limit:g}")] if TODAY in below else []
        told += [tr("{name}: {n} houses below {hours} h", name=name, n=below[name], hours=f"{limit:g}")
                 for name in NAMES if name in below]
        return "; ".join(told) + "." if limit else ""


def compute_each(places: list[Neighbourhood], question: Question, folder: str, progress) -> dict[str, dict]:
    """Runs in a worker: the report of every side by its name."""
    out = {}
    for name, place in zip((*NAMES, TODAY), places):
        home = Path(folder) / name
        home.mkdir(exist_ok=True)
        out[name] = compute(place, question, str(home), progress)
    return out


def _compared(document: Document) -> tuple[Document, ...]:
    """Both sides of a comparison, and what stands there without either proposal."""
    compared = document.comparison
    if not compared.halved:
        return (document,)
    proposed = (*compared.only_a, *compared.only_b)
    unbuilt = (document.with_each(proposed, lambda x: replace(x, visible=False)),) if proposed else ()
    return *sides(document), *unbuilt


def _classes(limit_hours: float) -> tuple[ColorRule, ...]:
    """Of the hours without a break, alike on both sides; what the rule asks for is the first limit."""
    first = limit_hours or 1.0
    limits = [limit for limit in (first, 2.0, 4.0) if limit >= first]
    return (*(ColorRule(where=f"longest_hours < {limit:g}", color=color, label=f"< {limit:g} h")
              for limit, color in zip(dict.fromkeys(limits), COLORS)),
            ColorRule(color=MOST, label=f"≥ {limits[-1]:g} h"))


def with_windows(document: Document, folder: Path, names: tuple[str, ...], limit_hours: float) -> Document:
    """The lowest windows of each side as a layer that only this side shows, coloured alike."""
    fresh = [VectorLayer(id=new_id("vectors"), name=f"Lowest windows {name}", name_zh=f"底层窗台 {name}", size_px=6.0,
                         source=source_of(folder / name / FACADES), ruled=True, rules=_classes(limit_hours),
                         synthetic=True) for name in names]
    document = replace(document, layers=(*fresh, *document.layers))
    if len(fresh) == 1:
        return document
    a, b = document.comparison.only_a, document.comparison.only_b
    split = replace(document.comparison, only_a=(*a, fresh[0].id), only_b=(*b, fresh[1].id))
    return replace(document, comparison=split)
