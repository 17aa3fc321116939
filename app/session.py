"""The session: one open project with its clock, assets and selection. No window: the command line uses it too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.alarm_marks import AlarmMarks
from app.alarms import Alarms
from app.alike import Alike
from app.beneath import Beneath
from app.data_spans import DataSpans
from app.giving_way import Yielding
from app.hosting import HostsKeeper
from app.indoors import IndoorsKeeper
from app.kept_view import clock_of, view_of
from app.live import Live, newest_said
from app.local_sun import LocalSun
from app.models import Models
from app.rejudging import Rejudging
from app.rulings import Rulings
from app.scene_document import SceneDocument
from app.schedules import Schedules
from app.study_tables import StudyTable
from app.time_view import TimeView
from app.unfinished import Unfinished
from app.vitals import Vitals
from layers.base import Moment
from twin import assets as content
from twin import times
from twin.assets import Assets, key_of
from twin.camera import Camera
from twin.clock import FOLLOWING, INSTANT
from twin.comparison import DIFFERENCE
from twin.data import Timed, Tracks
from twin.document import Document
from twin.edits import Edits
from twin.jobs import Jobs
from twin.layer import Layer
from twin.marks import Bookmarked, Marks
from twin.project import Project, View, load, save
from twin.selection import Hit, Selection
from twin.shade import Shade
from twin.spans import Span
from twin.sun import Sun, SunDay
from twin.text import language


@dataclass(frozen=True, eq=False)
class Element:
    """One element of a building that is looked at, a storey too. It holds as long as the selection it came with."""

    layer: str
    guid: str
    name: str
    kind: str                            # IFC class
    selection: Selection


class Session:
    """Edits, clock, jobs, assets, selection. Only the frame tick (one thread) calls its methods."""

    def __init__(self, project: Project | None = None, jobs: Jobs | None = None):
        self.jobs = jobs or Jobs()
        self.assets = Assets(self.jobs)
        self.models = Models(self.jobs)
        self.alike = Alike(self)
        self.alarms = Alarms()
        self.rulings = Rulings(self)
        self.hosts = HostsKeeper(self)
        self.theme = "light"
        self.marks = Marks()                 # whoever knows of instants adds a provider
        self.marks.providers["bookmarks"] = Bookmarked(lambda: self.document)
        self.marks.providers["alarms"] = AlarmMarks(self)
        self.become(project or Project(document=Document()))

    def become(self, project: Project) -> None:
        """Show another project from here on."""
        self.assets.clear()
        self.alike.forget()
        self.alarms.close()
        self.alarms = Alarms()
        self.path: Path | None = project.path.absolute() if project.path else None     # as those of its sources are
        self.edits = Edits(project.document)
        self.view: View = project.view
        self.clock, self.compare_ns = clock_of(project)      # the second instant; None = there is none
        self.time_view = TimeView(self)
        self.snap = project.view.snap        # scrubbing and stepping land on readings
        self.rows_by = project.view.rows     # over the time ribbon: a row for each of the "layers" or "zones"
        self.counted_zone = project.view.counted_zone        # the id of the one that the ribbon counts, "" = all
        self.folded = set(project.view.folded)      # groups of the layer panel that are closed
        self.issues = project.view.issues           # the BCF file that is open, "" = none
        self.selection = Selection()
        self.hovered: Hit | None = None
        self.looked_at: Element | None = None
        self.preview: Layer | None = None    # a layer as it is tried out; the scene shows it, the document does not
        self.faint: frozenset[str] = frozenset()     # layers that one looks through meanwhile
        self.sketch: Layer | None = None     # what is being drawn by hand; the scene shows it, the document does not
        self.marked: Layer | None = None     # what was picked for something that is not done; in the scene alone, too
        self.gone_to: Layer | None = None    # where one went by a coordinate; in the scene alone, until one selects
        self.asked_in: Layer | None = None   # the outline of what was searched; in the scene alone, too
        self.unfinished: Unfinished | None = None    # what is only tried out or begun: undo takes it back first
        self._scene = SceneDocument()
        self.shade: Shade | None = None
        self.second_shade: Shade | None = None       # of side B of a comparison, where it shows other layers
        self.studies: list = []                      # on their way: each says whether it is `waiting` for a result
        self.study_tables: list[StudyTable] = []     # what studies found since the program began, the newest first
        self.story: tuple[str, str] | None = None    # title and text of the scenario's chapter that is told
        self.beneath: Beneath | None = None  # the user's own arrangement while a story plays
        self.current_layer = ""              # the row that is current in the layer panel
        self._sun, self._second_sun = LocalSun(), LocalSun()
        self._cared_for: tuple = (None, None)       # document and assets' revision that were looked after
        self._spans = DataSpans(self)
        self._timed: tuple[Document | None, tuple, list[tuple[str, Timed]]] = (None, (), [])
        self._moving: dict[str, Tracks] = {}
        self.vitals = Vitals(self)
        self.live = Live(self)
        self.hosts.close()
        self.hosts = HostsKeeper(self)
        self.rooms = IndoorsKeeper(self)
        self.rejudging = Rejudging(self)
        self.schedules = Schedules(self)
        self.rulings.close()
        self.rulings = Rulings(self)
        self.yielding = Yielding(self)

    @property
    def document(self) -> Document:
        return self.edits.document

    @property
    def arrangement(self) -> Document:
        """What the user arranged: the document without what a story that plays staged."""
        return self.beneath.document(self.document) if self.beneath else self.document

    @property
    def dirty(self) -> bool:
        """Whether saving would write another document than the file has."""
        return self.arrangement != self.edits.saved

    # -- what is looked at: the last thing chosen, in the scene or in the layer panel ------------------------

    @property
    def selection(self) -> Selection:
        return self._selection

    @selection.setter
    def selection(self, selection: Selection) -> None:
        if selection.last and selection.last != self._selection.last:
            self._row_is_newer = False
            self.gone_to = None
        self._selection = selection

    @property
    def current_layer(self) -> str:
        """The row that is current in the layer panel; "" = none."""
        return self._current_layer

    @current_layer.setter
    def current_layer(self, id: str) -> None:
        self._current_layer, self._row_is_newer = id, bool(id)

    @property
    def about(self) -> str:
        """Id of the layer that the inspector tells of; "" = none."""
        last = self._selection.last
        return last[0] if last and not (self._row_is_newer and self._current_layer) else self._current_layer

    @property
    def shown(self) -> Document:
        """What the scene shows of it."""
        return self._scene.of(self.document, self.preview, (self.sketch, self.marked, self.gone_to, self.asked_in),
                              self.faint)

    # -- project file --------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        self.become(load(path))

    def project(self, camera: Camera | None = None) -> Project:
        """What saving writes: as of now, while a story plays as it was before."""
        view = view_of(self, camera or self.view.camera)
        return Project(document=self.arrangement, view=self.beneath.viewed(view) if self.beneath else view,
                       path=self.path)

    def save(self, path: Path, camera: Camera | None = None) -> None:
        save(self.project(camera), path)
        self.path = path
        self.edits.mark_saved(self.arrangement)

    # -- the tick ------------------------------------------------------------------------------------

    def tick(self, dt_secs: float) -> bool:
        """Advance the clock, take what the workers sent, forget what is gone. True when assets changed."""
        self.clock.tick(dt_secs, self.newest_ns() if self.clock.state == FOLLOWING else None)
        self.jobs.poll()
        fresh = self.assets.poll()
        self.models.poll()
        fresh |= self.models.poll_columns()
        if fresh or self._cared_for[0] is not self.document or self._cared_for[1] != self.assets.revision:
            self._care_for_content()
        self.alike.tick()
        self.schedules.tick()
        self.rulings.tick()
        self.yielding.tick()
        self._spans.tick()
        self.alarms.tick(self)
        self.vitals.tick()
        self.live.refresh()
        self.hosts.tick()
        self.rooms.tick()
        self.rejudging.tick()
        self.selection = self.selection.within({layer.id for layer in self.document.layers})
        return fresh

    def _care_for_content(self) -> None:
        """After the document or its content changed: drop what no layer uses, fetch what one lacks."""
        document = self.document
        self.assets.retain({key for layer in document.layers
                            if (key := key_of(layer, document.frame, document.time_zone))})
        self.models.retain(self.assets)
        for layer in document.layers:
            self.models.want(layer, self.assets.held(layer, document.frame, document.time_zone))
        self._cared_for = (document, self.assets.revision)

    def settle(self, timeout_secs: float = 600.0, only: tuple[str, ...] = ()) -> None:
        """Read what is shown, or the layers of the kinds or ids `only`, and wait for it (headless use)."""
        import time
        end = time.monotonic() + timeout_secs
        for layer in self.document.layers:
            if (layer.kind in only or layer.id in only) if only else self.document.shown(layer):
                self.assets.of(layer, self.document.frame, self.document.time_zone)
        self.tick(0.0)
        while (self.assets.loading or self.models.fetching or self.alarms.searching or self.hosts.fetching
               or self.rooms.fetching or self.schedules.fetching or self.rulings.searching) and time.monotonic() < end:
            self.tick(0.0)
            time.sleep(0.002)
        self.tick(0.0)

    def moment(self) -> Moment:
        since_ns = None if self.clock.mode == INSTANT else self.clock.since_ns
        return Moment(now_ns=self.clock.now_ns, since_ns=since_ns, compare_ns=self.compare_ns,
                      time_zone=self.document.time_zone, shown_zone=self.document.shown_zone,
                      selection=self.selection, hovered=self.hovered,
                      sun=self.sun(), second_sun=self.second_sun(), sun_day=self._sun_day(), theme=self.theme,
                      language=language(), shade=self.shade, second_shade=self.second_shade,
                      origin=self.document.frame.origin, story=self.story,
                      vitals=self.vitals.shown_state(), compared=self.vitals.shown_state(second=True),
                      differing=self.document.comparison.view == DIFFERENCE, indoors=self.rooms.now,
                      hosted=self.hosts.now, schedules=self.schedules.now, ruled=self.rulings.now,
                      giving_way=self.yielding.now, words=self.document.words, moving=self._moving_now())

    def _moving_now(self) -> dict[str, Tracks]:
        """Vehicles that a roadside may hear; the same dict as long as they are the same."""
        document = self.document
        heard = {x.vehicles for x in document.of_kind("roadside") if document.shown(x)}
        found = {id: payload for id, payload in self.timed_layers()
                 if id in heard and isinstance(payload, Tracks)} if heard else {}
        if found != self._moving:                    # payloads are equal where they are the same
            self._moving = found
        return self._moving

    def sun(self) -> Sun:
        """The sun over the frame's origin; a fair morning where there is no time or no place. A steady one while days
        go by in seconds, unless its path is what one looks at.
        """
        sun = self._sun.steady if self.clock.hurries and not self._shows_sun_path() else self._sun.over
        return sun(self.document.frame, self.clock.now_ns)

    def second_sun(self) -> Sun:
        """The same at the second instant; the clock's where there is none."""
        return self.sun() if self.compare_ns is None else self._second_sun.over(self.document.frame, self.compare_ns)

    def _sun_day(self) -> SunDay | None:
        """Only for who shows it."""
        document = self.document
        return self._sun.day(document.frame, self.clock.now_ns, document.time_zone) if self._shows_sun_path() else None

    def _shows_sun_path(self) -> bool:
        return any(self.document.shown(x) for x in self.document.of_kind("sun-path"))

    # -- time ----------------------------------------------------------------------------------------

    def timed_layers(self) -> list[tuple[str, Timed]]:
        """(layer id, payload) of the layers whose readings, tracks or rasters are loaded.

        Asked several times a tick, and looked up once for each document and each state of the assets.
        """
        document, revision = self.document, self.assets.revision
        if self._timed[0] is not document or self._timed[1] != revision:
            self._timed = (document, revision, self._loaded_timed(document))
        return self._timed[2]

    def _loaded_timed(self, document: Document) -> list[tuple[str, Timed]]:
        found = []
        for layer in document.layers:
            if layer.timed:
                asset = self.assets.held(layer, document.frame, document.time_zone)
                if asset and isinstance(asset.payload, Timed) and asset.payload.history is not None:
                    found.append((layer.id, asset.payload))
        return found

    def newest_ns(self) -> int | None:
        """Of what was said; a timetable says what will be."""
        return newest_said([payload.history for _, payload in self.timed_layers()
                            if not getattr(payload.history, "scheduled", False)])

    @property
    def data_span_ns(self) -> Span:
        """From the first reading of all to the last; the clock's own span is the piece of it around now."""
        return self._spans.whole

    # -- questions of the panels -----------------------------------------------------------------------

    def asset(self, id: str) -> content.Asset | None:
        """The content of a layer; reading it begins, where it was hidden and nobody asked before."""
        layer = self.document.layer(id)
        return self.assets.of(layer, self.document.frame, self.document.time_zone) if layer else None

    def held(self, id: str) -> content.Asset | None:
        """As `asset`, but nothing is begun."""
        layer = self.document.layer(id)
        return self.assets.held(layer, self.document.frame, self.document.time_zone) if layer else None

    def carried(self, layer: str, feature: int) -> list[tuple[str, int]]:
        """(layer, row) of the datastreams in a room or on an element of a building; none where it is neither."""
        return self.rooms.series(layer, feature) or self.hosts.series(layer, feature)

    def speaking(self, selection: Selection) -> list[tuple[str, int]]:
        """What is selected, and instead of rooms and elements with datastreams these."""
        carriers = {layer: {*self.rooms.now.features_of(layer), *self.hosts.now.features_of(layer)}
                    for layer in selection.layers}
        return [item for layer, row in selection.items
                for item in ((self.carried(layer, row) if row in carriers[layer] else ()) or ((layer, row),))]

    def look_at(self, layer: str, guid: str) -> None:
        """Select an element by GlobalId, where it has a shape; show what it says in any case."""
        asset = self.asset(layer)
        held = asset.payload.features if asset and asset.payload is not None else None
        at = held.column("guid").index(guid).as_py() if held is not None and "guid" in held.column_names else -1
        self.selection = Selection(((layer, at),) if at >= 0 else ())
        node = self.models.node(self.document.layer(layer), asset, guid)
        self.looked_at = Element(layer, guid, *node, self.selection) if node and at < 0 else None
        self.current_layer = layer

    def go_to_scene(self, id: str) -> Camera | None:
        """Take a scene's visibility (an edit) and time; returns its camera for the viewport."""
        scene = next((s for s in self.document.scenes if id in (s.id, s.name, s.name_zh)), None)
        if scene is None:
            return None
        self.edits.commit(self.document.at_scene(scene), "Go to scene")
        if scene.time:
            self.clock.go_to(times.parse(scene.time, self.document.time_zone))
        self.view = replace(self.view, camera=scene.camera or self.view.camera)
        return scene.camera

    def close(self) -> None:
        self.alarms.close()
        self.rulings.close()
        self.hosts.close()
        self.live.close()
        self.assets.clear()
        self.jobs.close()
