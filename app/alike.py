"""Select similar: the elements of all shown models that say the same of a property as the chosen ones. No Qt.

What the feature tables hold is answered at once; of everything else the files are asked, in workers, and the selection
changes with a later tick.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.panels.facts import words_of
from app.panels.model_shapes import own_shapes, parts_of
from layers.building import Building
from twin.assets import LOADING
from twin.class_words import full_class
from twin.jobs import Job
from twin.selection import Selection
from twin.text import tr

TITLES = {"class": "IFC class", "storey": "Storey", "type": "Type", "material": "Material", "material_set": "Material",
          "predefined_type": "Predefined type", "classification": "Classification"}


class Alike:
    """One question at a time; a new one takes the place of the last. `tell(words, tone)` is set by the window."""

    def __init__(self, session):
        self.session = session
        self.tell = lambda words, tone="note": None
        self._name, self._wanted = "", []
        self._own: set[str] = set()               # layers of the chosen ones
        self._reading: list[Job] = []             # what the chosen ones say
        self._searching: dict[str, Job] = {}      # who says the same, by path

    def ask(self, name: str, chosen: dict[str, tuple[str, ...]]) -> None:
        """Of the property `name` ("Pset_DoorCommon.FireRating", "Name", "material"). `chosen`: GlobalIds by layer."""
        self.forget()
        self._name, self._own = name, set(chosen)
        label = tr("Reading {name}", name=name)
        for id, guids in chosen.items():
            path = self.session.document.layer(id).source.path
            self._reading.append(self.session.jobs.start(said_reader(), path, name, guids, label=label, path=path,
                                                         urgent=True))

    def forget(self) -> None:
        for job in (*self._reading, *self._searching.values()):
            self.session.jobs.cancel(job)
        self._reading, self._searching = [], {}

    @property
    def busy(self) -> bool:
        return bool(self._reading or self._searching)

    def tick(self) -> None:
        if self._reading and not any(job.active for job in self._reading):
            jobs, self._reading = self._reading, []
            self._search(jobs)
        if self._searching and not any(job.active for job in self._searching.values()):
            jobs, self._searching = self._searching, {}
            self._select(jobs)

    def _search(self, read: list[Job]) -> None:
        self._complain(read)
        self._wanted = list(dict.fromkeys(said for job in read for said in job.result or ()))
        if not self._wanted:
            if not any(job.error for job in read):
                self.tell(tr("The selected elements do not say {name}.", name=self._name), "warning")
            return
        for path in dict.fromkeys(layer.source.path for layer, _ in self._models()):
            self._searching[path] = self.session.jobs.start(
                alike_reader(), path, self._name, self._wanted, label=tr("Searching"), path=path, urgent=True)

    def _select(self, found: dict[str, Job]) -> None:
        import pyarrow as pa
        self._complain(list(found.values()))
        items, count, bare = [], sum(len(job.result or ()) for job in found.values()), 0
        for layer, asset in sorted(self._models(), key=lambda model: model[0].id in self._own):    # read of last
            job = found.get(layer.source.path)
            guids = pa.array(job.result if job and job.result else [], pa.string())
            features, without = self._shapes(layer, asset, guids)
            items += [(layer.id, int(f)) for f in features]
            bare = max(bare, without)
        if items:
            self.session.selection = Selection(tuple(items))
        self._say(count, bare)

    def _shapes(self, layer: Building, asset, guids) -> tuple[np.ndarray, int]:
        """(features of these elements or of their parts, how many elements have none)."""
        model, table = self.session.models.of(layer, asset), asset.payload.features
        own = own_shapes(guids, table)
        places, parts = parts_of(guids, own, table, model.structure if model else None)
        return np.union1d(own[own >= 0], parts), int((own < 0).sum() - len(np.unique(places)))

    def _say(self, count: int, bare: int) -> None:
        title = _title(self._name)
        what = title if len(self._wanted) > 1 else f"{title} = {self._value()}"
        words = tr("{n} elements alike: {what}", n=f"{count:,}", what=what)
        if bare:
            words = f"{words} · " + tr("{n} of them without a shape", n=f"{bare:,}")
        self.tell(words)

    def _value(self) -> str:
        said, = self._wanted
        return full_class(said.value) if self._name == "class" else f"{words_of(said.value)} {said.unit}".strip()

    def _complain(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.error:
                self.tell(f"{Path(job.path).name}: {job.error}", "error")

    # -- by what the scene knows -------------------------------------------------------------------------

    def by_column(self, column: str) -> None:
        """By a column of the feature tables, at once; those without a value stay alone."""
        import pyarrow as pa
        import pyarrow.compute as pc
        models = [(layer, asset.payload.features) for layer, asset in self._models()
                  if column in asset.payload.features.column_names]
        chosen = {layer.id: np.array(self.session.selection.features(layer.id), np.int64) for layer, _ in models}
        said = [table.column(column).take(pa.array(chosen[layer.id])).cast(pa.string()) for layer, table in models]
        wanted = pc.drop_null(pc.unique(pa.chunked_array([c for one in said for c in one.chunks], pa.string())))
        items = []
        for layer, table in models:
            same = pc.fill_null(pc.is_in(table.column(column).cast(pa.string()), value_set=wanted), False)
            rows = np.union1d(np.flatnonzero(np.asarray(same)), chosen[layer.id])
            items += [(layer.id, int(row)) for row in rows]
        self.session.selection = Selection(tuple(items))
        if len(wanted):
            words = _title(column)
            if len(wanted) == 1:
                one = wanted[0].as_py()
                words = f"{words} = {full_class(one) if column == 'class' else one}"
            self.tell(tr("{n} elements alike: {what}", n=f"{len(items):,}", what=words))

    def _models(self) -> list[tuple]:
        """(layer, asset) of the models that are shown or hold something of the selection."""
        document, found = self.session.document, []
        for layer in document.layers:
            if isinstance(layer, Building) and layer.source is not None \
                    and (document.shown(layer) or layer.id in self.session.selection.layers):
                asset = self.session.held(layer.id)
                features = getattr(asset.payload, "features", None) if asset and asset.state != LOADING else None
                if features is not None and "guid" in features.column_names:
                    found.append((layer, asset))
        return found


def _title(name: str) -> str:
    """Of a property; a classification is known by its system."""
    known, _, system = name.partition(".")
    return (system if known == "classification" else "") or (tr(TITLES[name]) if name in TITLES else name)


def said_reader():
    """`said_by(path, name, guids, progress)`; it runs in a worker."""
    from bim.alike import said_by
    return said_by


def alike_reader():
    """`alike(path, name, wanted, progress)`; it runs in a worker."""
    from bim.alike import alike
    return alike
