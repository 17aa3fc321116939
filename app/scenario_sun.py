"""Hours of sun that a chapter asks for, of each side of a comparison: the table, and the windows in the scene."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from app.session import Session
from app.shading import casting
from app.standing import ground_of
from app.study_tables import sun_table
from app.sun_study import FACADES, Neighbourhood, Question, compute, gathered
from layers.vectors import VectorLayer
from twin.comparison import sides
from twin.document import Document
from twin.jobs import DONE, Job
from twin.layer import new_id
from twin.project import source_of
from twin.ruling import ColorRule
from twin.scenario import SunHours
from twin.text import tr
from twin.trouble import Trouble

NAMES = ("A", "B")
COLORS, MOST = ("#b2182b", "#f4a582", "#fee090"), "#2c7fb8"       # told apart by the colour-blind, too


class SunStep:
    """Begun when the buildings are read; what came out goes with the story, the table stays until the program ends."""

    def __init__(self, session: Session, added: Callable[[Document, Document], None]):
        self.session, self._added = session, added
        self._wanted: SunHours | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sun-step")
        self._gathering: Future | None = None
        self._job: Job | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="citytwin-", ignore_cleanup_errors=True)
        self._kept: dict[SunHours, dict[str, dict]] = {}         # when the chapter comes again
        self.reports: dict[str, dict] | None = None
        self.trouble = ""

    def want(self, asked: SunHours | None) -> None:
        if asked is None or asked == self._wanted:
            return
        self._wanted, self.reports, self.trouble = asked, None, ""
        if asked in self._kept:
            self._show()

    def refresh(self) -> None:
        if self._wanted is None or self.reports is not None or self.trouble:
            return
        if self._gathering is None and self._job is None:
            self._begin()
        elif self._gathering is not None and self._gathering.done():
            self._compute()
        elif self._job is not None and not self._job.active:
            self._take()

    def settle(self) -> None:
        """Wait for it (headless use)."""
        import time
        while self._wanted is not None and self.reports is None and not self.trouble:
            self.session.settle()
            self.refresh()
            time.sleep(0.01)

    def forget(self) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self._wanted = self._job = self._gathering = self.reports = None

    def _begin(self) -> None:
        session, document = self.session, self.session.document
        if session.assets.loading:
            return                                             # again at the next tick
        ground, question, zone = ground_of(session), self._question(), document.time_zone
        shown = sides(document) if document.comparison.halved else (document,)
        casters = [casting(session, side) for side in shown]
        self._gathering = self._thread.submit(
            lambda: [gathered(found, ground, document.frame, zone, question) for found in casters])

    def _compute(self) -> None:
        gathering, self._gathering = self._gathering, None
        if error := gathering.exception():
            self.trouble = str(Trouble.of(error))
            return
        self._job = self.session.jobs.start(compute_each, gathering.result(), self._question(), self._scratch.name,
                                            label=tr("Hours of sun"))

    def _take(self) -> None:
        job, self._job = self._job, None
        if job.state != DONE:
            self.trouble = str(job.error) if job.error else tr("Given up")
            return
        self._kept[self._wanted] = job.result
        named = job.result if len(job.result) > 1 else {"": next(iter(job.result.values()))}
        self.session.study_tables.insert(0, sun_table(named, self._wanted.limit_hours))
        self._show()

    def _show(self) -> None:
        self.reports = self._kept[self._wanted]
        before = self.session.document
        self._added(before, with_windows(before, Path(self._scratch.name), tuple(self.reports),
                                         self._wanted.limit_hours))

    def _question(self) -> Question:
        asked, (e, n, _) = self._wanted, self.session.document.frame.origin
        return Question(date=asked.date, middle=(asked.easting - e, asked.northing - n), radius_m=asked.radius_m,
                        first=asked.first, last=asked.last, limit_hours=asked.limit_hours)

    def words(self) -> str:
        """What came out; "" as long as nothing did."""
        if self.trouble or not self.reports:
            return self.trouble
        limit = self._wanted.limit_hours
        told = [tr("{name}: {n} houses below {hours} h", name=name, hours=f"{limit:g}",
                   n=sum(house["reaches_limit"] is False for house in report["buildings"]))
                for name, report in self.reports.items()]
        return "; ".join(told) + "." if limit else ""


def compute_each(places: list[Neighbourhood], question: Question, folder: str, progress) -> dict[str, dict]:
    """Runs in a worker: the report of every side by its name."""
    out = {}
    for name, place in zip(NAMES, places):
        home = Path(folder) / name
        home.mkdir(exist_ok=True)
        out[name] = compute(place, question, str(home), progress)
    return out


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
    document = replace(document, layers=(*document.layers, *fresh))
    if len(fresh) == 1:
        return document
    a, b = document.comparison.only_a, document.comparison.only_b
    split = replace(document.comparison, only_a=(*a, fresh[0].id), only_b=(*b, fresh[1].id))
    return replace(document, comparison=split)
