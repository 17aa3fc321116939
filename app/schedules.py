"""Schedules of the project's buildings: read in workers, put on the elements, and in step with the document."""

from __future__ import annotations

from dataclasses import dataclass, field

from layers.building import Building
from twin.assets import LOADING
from twin.jobs import Job
from twin.schedule import Mapped, Schedule, mapped
from twin.text import tr
from twin.trouble import Trouble


@dataclass(eq=False)
class _Read:
    """A plan as it was read: None while that goes on, or with the error."""

    schedule: Schedule | None = None
    error: Trouble | None = None
    job: Job | None = field(default=None, repr=False)


class Schedules:
    """`now`: {building layer: twin.schedule.Mapped}; another dict where any differs."""

    def __init__(self, session):
        self.session = session
        self.now: dict[str, Mapped] = {}
        self._read: dict[tuple[str, str], _Read] = {}
        self._made: dict[str, tuple] = {}
        self._asked: tuple = ()

    def tick(self) -> None:
        document, assets = self.session.document, self.session.assets
        ended = [read for read in self._read.values() if read.job is not None and not read.job.active]
        for read in ended:
            read.schedule, read.error, read.job = read.job.result, read.job.error, None
        asked = (document, assets.revision)
        if ended or asked != self._asked:
            self._asked = asked
            self._follow(document, assets)

    @property
    def fetching(self) -> bool:
        return any(read.job is not None for read in self._read.values())

    def error(self, layer: Building) -> Trouble | None:
        read = self._read.get(self._key(layer)) if layer.schedule else None
        return read.error if read else None

    def spans(self) -> dict[str, tuple[int, int]]:
        """Of each building's schedule; they go with it, and not only with their layer."""
        return {f"schedule of {id}": span for id, made in self.now.items() if (span := made.schedule.span_ns)}

    def reload(self, layer: Building) -> None:
        self._read.pop(self._key(layer), None)
        self._asked = ()

    def _key(self, layer: Building) -> tuple[str, str]:
        return layer.schedule.path or layer.source.path, self.session.document.time_zone

    def _follow(self, document, assets) -> None:
        found: dict[str, Mapped] = {}
        scheduled = [x for x in document.layers if isinstance(x, Building) and x.schedule and x.source]
        for layer in scheduled:
            key = self._key(layer)
            if key not in self._read:
                self._read[key] = _Read(job=self.session.jobs.start(reader(), *key, label=tr("Schedule"), path=key[0],
                                                                    urgent=True))
            asset = assets.held(layer, document.frame, document.time_zone)
            schedule = self._read[key].schedule
            if schedule is None or asset is None or asset.state == LOADING or asset.payload is None:
                continue
            features = asset.payload.features
            if features is not None and "guid" in features.column_names:
                found[layer.id] = self._mapped(layer, schedule, features)
        if found != self.now:
            self.now = found
        wanted = {self._key(layer) for layer in scheduled}
        self._read = {key: read for key, read in self._read.items() if key in wanted}
        self._made = {id: made for id, made in self._made.items() if id in found}

    def _mapped(self, layer: Building, schedule: Schedule, features) -> Mapped:
        """Made again only where plan, elements or rules differ."""
        held = self._made.get(layer.id)
        if held and held[0] is schedule and held[1] is features and held[2] == layer.schedule.rules:
            return held[3]
        made = mapped(schedule, features, layer.schedule.rules)
        self._made[layer.id] = (schedule, features, layer.schedule.rules, made)
        return made


def reader():
    """`read_schedule(path, time zone, progress)`; it runs in a worker."""
    from bim.schedule_file import read_schedule
    return read_schedule
