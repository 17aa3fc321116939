"""What a scenario's chapter opens: panels at the side of the story, and a study with its result in the scene."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.reach_study import Question, compute, gather, with_result, words_of
from app.session import Session
from app.study_tables import reach_table
from app.vital_groups import zone_layers
from twin.document import Document
from twin.jobs import DONE, Job
from twin.scenario import Chapter, Walk
from twin.text import tr
from twin.trouble import Trouble

PANEL_SHARE, LOW_PX = 3, 900              # of the window's height, for a panel at the bottom; less of a low window
Window = Any                              # app.window.Window; not imported, it imports this


def open_panels(window: Window, chapter: Chapter) -> list[str]:
    """Panels by name; "profile/ID" with the layer that it shows, "indicators/21" with the row that it opens.

    Those that were not there before.
    """
    fresh = []
    for words in chapter.opens:
        name, _, about = words.partition("/")
        fresh += [name] if window.docking.of[name].isHidden() else []
        panel = window.docking.show(name, window.height() // (PANEL_SHARE + (window.height() < LOW_PX)))
        if about:
            panel.show_about(about)
    return fresh


class StepStudy:
    """A study that a chapter asks for: begun when what it needs is read, its layer added when it is done.

    The result lies in a temporary folder that goes with the program: a story leaves nothing behind. Once computed it
    is there at once when the chapter is told again.
    """

    def __init__(self, session: Session, added: Callable[[Document, Document], None]):
        self.session, self._added = session, added
        self._walk: Walk | None = None
        self._job: Job | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="citytwin-", ignore_cleanup_errors=True)
        self._folder = Path(self._scratch.name)
        self._synthetic = False
        self._kept: dict[Walk, tuple[Path, bool, dict]] = {}
        self.report: dict | None = None
        self.trouble = ""

    def want(self, walk: Walk | None) -> None:
        """What the present chapter asks for; a result stays until another one is wanted or the story ends."""
        if walk is None or walk == self._walk:
            return
        self._walk, self.report, self.trouble = walk, None, ""
        if walk in self._kept:
            self._show(*self._kept[walk])

    def refresh(self) -> None:
        if self._walk is None or self.report is not None or self.trouble:
            return
        if self._job is None:
            self._begin()
        elif not self._job.active:
            job, self._job = self._job, None
            if job.state == DONE:
                self._kept[self._walk] = (self._folder, self._synthetic, job.result)
                self._show(*self._kept[self._walk])
            else:
                self.trouble = str(job.error) if job.error else tr("Given up")

    def settle(self) -> None:
        """Wait for the study (headless use)."""
        import time
        while self._walk is not None and self.report is None and not self.trouble:
            self.session.settle()
            self.refresh()
            time.sleep(0.01)

    def forget(self) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self._walk = self._job = self.report = None

    def _begin(self) -> None:
        layers = (self._walk.streets, self._walk.facilities, self._walk.dwellings)
        for id in (*layers, *(x.id for x in self.session.document.layers if x.kind == "terrain"),
                   *(x.id for x in zone_layers(self.session.document))):
            self.session.asset(id)
        if self.session.assets.loading:
            return                                             # again at the next tick
        question = self._question()
        try:
            town = gather(self.session, question)
        except Trouble as trouble:
            self.trouble = str(trouble)
            return
        self._folder, self._synthetic = Path(self._scratch.name) / f"reach-{len(self._kept)}", town.synthetic
        self._job = self.session.jobs.start(compute, town, question, str(self._folder), label=tr("Reach on foot"))

    def _question(self) -> Question:
        walk, (e, n, _) = self._walk, self.session.document.frame.origin
        return Question(streets=walk.streets, facilities=walk.facilities, dwellings=walk.dwellings,
                        minutes=walk.minutes, added=tuple((x - e, y - n) for x, y in walk.added))

    def _show(self, folder: Path, synthetic: bool, report: dict) -> None:
        self.report = report
        plain = replace(self._walk, added=())
        before = self._kept[plain][2] if self._walk.added and plain in self._kept else None
        table = reach_table(report, before)
        if all(table.rows != one.rows for one in self.session.study_tables):
            self.session.study_tables.insert(0, table)
        before = self.session.document
        after = with_result(before, self._question(), folder, synthetic)
        hidden = [x.id for x in before.layers if getattr(x, "source", None) and Path(x.source.path).name == "reach.fgb"]
        self._added(before, after.with_each(hidden, lambda x: replace(x, visible=False)))

    def words(self) -> str:
        """What came out; "" as long as nothing did."""
        return self.trouble or (words_of(self.report) if self.report else "")
