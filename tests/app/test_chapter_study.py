"""A study that a chapter asks for, with a job that ends when the test says so."""

from __future__ import annotations

from types import SimpleNamespace

from app.scenario_study import ChapterStudy
from twin.jobs import DONE


class Jobs:
    """In the place of workers: a job is active until its test ends it."""

    def __init__(self):
        self.cancelled = []

    def cancel(self, job) -> None:
        job.active = False
        self.cancelled.append(job.asked)


class Counted(ChapterStudy):
    begun = 0

    def _begin(self) -> None:
        self.begun += 1
        self._job = SimpleNamespace(asked=self._asked, active=True, state="", error=None, result=None)

    def _show(self, kept) -> None:
        self.report = {"of": kept}

    def words(self) -> str:
        return str(self.report or "")

    def end(self, state: str = DONE) -> None:
        self._job.active, self._job.state, self._job.result = False, state, f"result of {self._job.asked}"


def study() -> Counted:
    return Counted(SimpleNamespace(jobs=Jobs(), studies=[]), lambda before, after: None)


def test_what_was_computed_is_there_at_once_when_the_chapter_is_told_again():
    step = study()
    step.want("a")
    step.refresh()
    step.end()
    step.refresh()
    assert step.report == {"of": "result of a"} and step.begun == 1
    step.forget()
    assert step.report is None
    step.want("a")
    assert step.report == {"of": "result of a"} and step.begun == 1


def test_another_project_that_was_opened_before_the_story_knows_that_something_is_computed():
    """Its panel of results said that no study was made."""
    step = study()
    step.session.studies = []
    step.want("a")
    step.want("b")
    assert step.session.studies == [step] and step.waiting


def test_the_next_chapter_does_not_get_what_the_last_one_asked_for():
    step = study()
    step.want("a")
    step.refresh()
    step.want("b")
    assert step.session.jobs.cancelled == ["a"]
    step.refresh()
    step.end()
    step.refresh()
    assert step.report == {"of": "result of b"}


def test_a_job_that_failed_says_so_and_is_not_begun_again():
    step = study()
    step.want("a")
    step.refresh()
    step.end("failed")
    step.refresh()
    step.refresh()
    assert step.trouble and step.report is None and step.begun == 1 and not step.waiting
