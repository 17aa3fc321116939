"""Playing a scenario: one edit stages it, the clock runs, and each chapter turns the camera and tells its text."""

from __future__ import annotations

from bisect import bisect_right

from app.beneath import Beneath
from app.following import Following
from app.kept_view import view_of
from app.scenario_reach import ReachStep
from app.scenario_sun import SunStep
from app.session import Session
from twin import times
from twin.camera import Camera
from twin.clock import PLAYING
from twin.document import Document
from twin.scenario import Chapter, Scenario, retold, staged
from twin.selection import Selection
from twin.text import language, tr

FLIGHT_SECS = 1.2
BEHIND_DEG = 2.0               # shadows of a sun that stands farther away are behind
MERGE = "scenario"             # what it stages and what its chapters change are one step to undo
SLOWEST = 1.0                  # that a chapter is told at: as it happened
STEP_SECS = 1.0                # a longer step of the playing clock is a jump


class ScenarioPlayer:
    """At most one scenario at a time. `refresh` between the clock's tick and the frame, so that a picture tells the
    chapter of its own instant; the clock decides the chapter, however it got there.
    """

    def __init__(self, session: Session, viewport=None):
        self.session, self.viewport = session, viewport
        self.scenario: Scenario | None = None
        self.chapter: Chapter | None = None
        self.opened = lambda chapter: None           # called with every chapter that is entered,
        self.ended = lambda: None                    # and when the story ends
        self.counting = lambda: False                # whether a panel that the chapter opened has no answer yet
        self.study = ReachStep(session, self._add)
        self.sun = SunStep(session, self._add)
        self._starts_ns: list[int] = []
        self._end_ns = 0
        self._staged: Document | None = None         # the document as it was before any chapter
        self._back: tuple = ()                       # clock, camera and selection as they were
        self._dark: tuple = ()                       # assets' revision when something to light up was not read yet
        self._following: Following | None = None     # what the chapter's camera goes along with
        self._awaited: tuple[str, ...] = ()          # layers that the clock waits for
        self._results: tuple[str, ...] = ()          # layers that the newest study added
        self._speed = self._told_speed = 0.0         # that the story gave the clock, and that it would have to itself
        self._was_ns = 0                             # the clock at the last refresh

    def play(self, id: str) -> None:
        """From its beginning. Raises Trouble where the project lacks what it shows."""
        document = self.session.document
        scenario = next(x for x in document.scenarios if x.id == id)
        came_from = self._back[3] if self.scenario is not None else None     # stop() only sets out for it
        if self.scenario is not None:
            self.stop()
            document = self.session.document
        after = staged(document, scenario)
        camera = came_from or self._looked_from()
        self.session.beneath = Beneath(document, view_of(self.session, camera or self.session.view.camera))
        self._staged, self.scenario = after, scenario
        self._stage(after)
        zone = document.time_zone
        self._starts_ns = [times.parse(chapter.time, zone) for chapter in scenario.chapters]
        self._end_ns = times.parse(scenario.end, zone)
        clock = self.session.clock
        view = self.session.time_view
        self._back = (clock.now_ns, clock.speed, clock.loop, camera, self.session.selection, self.session.compare_ns,
                      view.span_ns)
        self.session.compare_ns = times.parse(scenario.second, zone) if scenario.second else None
        clock.go_to(self._starts_ns[0])
        clock.pause()
        clock.speed, clock.loop, clock.until_ns = scenario.speed, False, self._end_ns
        self._speed, self._told_speed, self._was_ns = scenario.speed, scenario.speed, clock.now_ns
        view.show(self._starts_ns[0], self._end_ns)
        self._awaited = tuple(x.id for x in after.layers if x.source and after.shown(x))
        self.chapter = None
        self._set_out()
        self.refresh()

    def _looked_from(self) -> Camera | None:
        """Where the user stood; the project's own place while the window has not gone there yet."""
        if self.viewport is None:
            return None
        pending = getattr(self.viewport, "home_pending", False)
        return (self.session.view.camera if pending else None) or self.viewport.camera()

    @property
    def waiting(self) -> bool:
        """Whether layers of the story are still read; its clock stands until they are."""
        return bool(self._awaited)

    @property
    def _studying(self) -> bool:
        """What a chapter tells of is still being computed or read: it would be over before its colours or its table
        are there.
        """
        read = any((asset := self.session.asset(id)) and asset.job for id in self._results)
        coloured = bool(self._results) and self.session.rulings.searching
        return self.study.waiting or self.sun.waiting or read or coloured or self.counting()

    def _set_out(self) -> None:
        """The clock starts once all is read: else a story of seconds is over before its first picture. Whoever presses
        play meanwhile does not wait.
        """
        clock = self.session.clock
        if clock.state != PLAYING:
            self._awaited = tuple(id for id in self._awaited if (asset := self.session.asset(id)) and asset.job)
            if self._awaited:
                return
            clock.play()
        self._awaited = ()

    def stop(self) -> None:
        """The story ends; what it staged is taken back, what the user edited meanwhile stays."""
        if self.scenario is None:
            return
        clock = self.session.clock
        clock.pause()
        clock.until_ns, clock.held, self._awaited = 0, False, ()
        now_ns, clock.speed, clock.loop, camera, self.session.selection, self.session.compare_ns, span_ns = self._back
        clock.go_to(now_ns)
        self.session.time_view.show(*span_ns)
        self._forget()
        self._go_along(None)
        if camera:
            self.viewport.fly_to(camera, FLIGHT_SECS)
        self.session.edits.commit(self.session.arrangement, "Leave the scenario")
        self.scenario = self.chapter = self._staged = self.session.beneath = self.session.story = None
        self.ended()

    def refresh(self, again: bool = False) -> None:
        """`again`: enter the present chapter anew, because what it lights up has been read meanwhile."""
        if self.scenario is None:
            return
        if not any(x is self.scenario for x in self.session.document.scenarios):
            self.scenario, self._awaited = None, ()  # undone away, or another project
            self.session.clock.until_ns, self.session.clock.held = 0, False
            self._forget()
            self.session.story = self.session.beneath = None
            self.ended()
            return
        if self._awaited:
            self._set_out()
        clock = self.session.clock
        if clock.now_ns > self._end_ns and clock.state == PLAYING:      # scrubbed past it
            clock.go_to(self._end_ns)
            clock.pause()
        elif clock.now_ns < self._starts_ns[0] and clock.state == PLAYING:      # played on from its end: it starts over
            clock.go_to(self._starts_ns[0])
        self._land(clock)
        clock.held = self._studying or (self.scenario.with_shadows and _shadows_behind(self.session))
        at = bisect_right(self._starts_ns, clock.now_ns) - 1
        chapter = self.scenario.chapters[at] if at >= 0 and clock.now_ns <= self._end_ns else None
        if chapter is not self.chapter or again:
            self.chapter = chapter
            self._enter(chapter)
        elif chapter and self._dark and self._dark != self.session.assets.revision:
            self._light(chapter)
            self._go_along(chapter)
        self.study.refresh()
        self.sun.refresh()
        self.session.story = self._told(chapter) if chapter else None

    def _land(self, clock) -> None:
        """A step of the clock beyond a chapter's beginning ends there: none is skipped, each has its speed."""
        was_ns, self._was_ns = self._was_ns, clock.now_ns
        if clock.state != PLAYING or not 0 < clock.now_ns - was_ns <= clock.speed * STEP_SECS * times.SECOND:
            return
        after = bisect_right(self._starts_ns, was_ns)
        if after < len(self._starts_ns) and self._starts_ns[after] < clock.now_ns:
            clock.go_to(self._starts_ns[after])
            self._was_ns = clock.now_ns

    def go_to(self, chapter: Chapter) -> None:
        """Nothing when its story has ended: its row may be clicked until the panel is filled anew."""
        if self.scenario is None or chapter not in self.scenario.chapters:
            return
        self.session.clock.go_to(self._starts_ns[self.scenario.chapters.index(chapter)])

    def _enter(self, chapter: Chapter | None) -> None:
        if chapter is None:
            return
        self._pace(chapter)
        self._change(chapter)
        if chapter.camera and self.viewport:
            self.viewport.fly_to(chapter.camera, FLIGHT_SECS)
        self._light(chapter)
        self._go_along(chapter)
        self.study.want(chapter.walk)
        self.sun.want(chapter.sun)
        self.opened(chapter)

    def _pace(self, chapter: Chapter) -> None:
        """Its own speed, or slower: it lasts until it can be read. The user's own stays while the story's does."""
        clock, told_speed = self.session.clock, chapter.speed or self.scenario.speed
        if told_speed == self._told_speed and clock.speed != self._speed:
            return
        at = self.scenario.chapters.index(chapter)
        end_ns = self._starts_ns[at + 1] if at + 1 < len(self._starts_ns) else self._end_ns
        readable = (end_ns - self._starts_ns[at]) / times.SECOND / chapter.reading_secs(language())
        clock.speed = self._speed = min(told_speed, max(SLOWEST, float(f"{readable:.2g}")))
        self._told_speed = told_speed

    def _change(self, chapter: Chapter) -> None:
        """The layers as this chapter shows them."""
        before = self.session.document
        after = retold(before, self._staged, self.scenario, chapter)
        if after != before:
            self._stage(after)

    def _stage(self, after: Document) -> None:
        self.session.beneath.stage(self.session.document, after)
        self.session.edits.commit(after, "Play a scenario", merge=MERGE)

    def _go_along(self, chapter: Chapter | None) -> None:
        """Follow what is lit up, or stop following what the last chapter did."""
        if self._following is not None and self.viewport.following is self._following:
            self.viewport.follow(None)
        self._following, lit = None, self.session.selection.last
        if chapter is not None and chapter.follow and self.viewport and lit:
            self._following = Following(self.session, self.viewport, *lit)
            self.viewport.follow(self._following)

    def _told(self, chapter: Chapter) -> tuple[str, str]:
        """Title and text, with what came out of the chapter's study."""
        title, words = chapter.words(language())
        return title, " ".join(filter(None, (words, self.study.words() if chapter.walk else "",
                                             self.sun.words() if chapter.sun else "", self._paced(chapter))))

    def _paced(self, chapter: Chapter) -> str:
        """Why the clock does not run at its speed."""
        if self._studying:
            return tr("It is being computed; the clock waits for it.")
        with_shadows = self.scenario.with_shadows and not chapter.sun            # there it tells enough
        return tr("The clock keeps step with the shadows that are computed.") if with_shadows else ""

    def _add(self, before: Document, after: Document) -> None:
        """A study's result belongs to the story: it goes with it."""
        self._results = tuple(x.id for x in after.layers if before.layer(x.id) is None)
        self.session.beneath.stage(before, after)
        self.session.edits.commit(after, "Add a study")

    def _forget(self) -> None:
        self._results = ()
        self.study.forget()
        self.sun.forget()

    def _light(self, chapter: Chapter) -> None:
        """What is not read yet, because nobody showed it before, is lit up once it is."""
        found = selected(self.session, chapter)
        self.session.selection = Selection(tuple(found))
        self._dark = self.session.assets.revision if len(found) < len(chapter.select) else ()


def _shadows_behind(session: Session) -> bool:
    """Whether a picture shows the shadows of another sun than the clock's."""
    shown = ((session.shade, session.sun()), (session.second_shade, session.second_sun()))
    return any(shade is not None and shade.baked_for is not None and shade.baked_for.apart_deg(sun) > BEHIND_DEG
               for shade, sun in shown)


def selected(session: Session, chapter: Chapter) -> list[tuple[str, int]]:
    """(layer id, feature) of what a chapter lights up; what is not loaded or not there is left out."""
    found = []
    for words in chapter.select:
        layer, _, id = words.partition("/")
        asset = session.asset(layer)
        features = asset.payload.features if asset and asset.payload is not None else None
        for column in ("id", "guid", "name"):
            if features is not None and column in features.column_names:
                row = features.column(column).index(id).as_py()
                if row >= 0:
                    found.append((layer, row))
                    break
    return found
