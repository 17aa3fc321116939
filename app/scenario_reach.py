"""Reach on foot that a chapter asks for: the table, and the dwellings by their minutes in the scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.reach_study import Question, Town, compute, gather, with_result, words_of
from app.scenario_study import ChapterStudy
from app.study_tables import reach_table
from app.vital_groups import zone_layers
from twin.text import tr
from twin.trouble import Trouble

Kept = tuple[Path, bool, dict]            # the folder of its files, whether it is made of synthetic layers, the report


class ReachStep(ChapterStudy):
    _place: tuple[Path, bool] = (Path(), False)

    def _begin(self) -> None:
        walk = self._asked
        for id in (walk.streets, walk.facilities, walk.dwellings,
                   *(x.id for x in self.session.document.layers if x.kind == "terrain"),
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
        self._place = self.folder / f"reach-{len(self._kept)}", town.synthetic
        work = compute_both if walk.added and replace(walk, added=()) not in self._kept else compute
        self._job = self.session.jobs.start(work, town, question, str(self._place[0]), label=tr("Reach on foot"))

    def _question(self) -> Question:
        walk, (e, n, _) = self._asked, self.session.document.frame.origin
        return Question(streets=walk.streets, facilities=walk.facilities, dwellings=walk.dwellings,
                        minutes=walk.minutes, added=tuple((x - e, y - n) for x, y in walk.added))

    def _result(self, computed: dict) -> Kept:
        folder, synthetic = self._place
        if "before" in computed:
            self._kept[replace(self._asked, added=())] = _before(folder), synthetic, computed.pop("before")
        return folder, synthetic, computed

    def _show(self, kept: Kept) -> None:
        folder, synthetic, self.report = kept
        plain = replace(self._asked, added=())
        before = self._kept[plain][2] if self._asked.added and plain in self._kept else None
        table = reach_table(self.report, before)
        if all(table.rows != one.rows for one in self.session.study_tables):
            self.session.study_tables.insert(0, table)
        before = self.session.document
        after = with_result(before, self._question(), folder, synthetic)
        hidden = [x.id for x in before.layers if getattr(x, "source", None) and Path(x.source.path).name == "reach.fgb"]
        self._added(before, after.with_each(hidden, lambda x: replace(x, visible=False)))

    def words(self) -> str:
        return self.trouble or (words_of(self.report) if self.report else "")


def compute_both(town: Town, question: Question, folder: str, progress) -> dict:
    """Runs in a worker: what is asked, and as "before" the same without what is added: who jumps to that chapter has
    what it is compared with, too.
    """
    there = len(town.facilities) - len(question.added)
    plain = replace(town, facilities=town.facilities[:there], facility_names=town.facility_names[:there])
    home = _before(Path(folder))
    home.mkdir(parents=True)
    before = compute(plain, replace(question, added=()), str(home), progress)
    return {**compute(town, question, folder, progress), "before": before}


def _before(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-before")
