"""What IFC files say beyond their shapes, read in workers when somebody asks: the structure of each model.

The answers belong to the asset that was asked about: a layer that is read again is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twin.assets import LOADING, Asset, Assets
from twin.jobs import Job, Jobs
from twin.layer import Layer
from twin.text import tr
from twin.trouble import Trouble

KIND = "building"


@dataclass(eq=False)
class Model:
    """One file's structure (bim.structure.Structure): None while it is read, or with `error` if it could not be."""

    asset: Asset
    structure: Any = None
    error: Trouble | None = None
    job: Job | None = field(default=None, repr=False)


class Models:
    """Asked by panels, polled by the tick."""

    def __init__(self, jobs: Jobs):
        self.jobs = jobs
        self._models: list[Model] = []

    def of(self, layer: Layer | None, asset: Asset | None) -> Model | None:
        """The model of a layer; reading begins at the first call after its shapes have come in."""
        if layer is None or layer.kind != KIND or layer.source is None or asset is None or asset.payload is None:
            return None
        found = next((m for m in self._models if m.asset is asset), None)
        if found is None and asset.state != LOADING:
            found = self._begin(layer, asset)
        return found

    def _begin(self, layer: Layer, asset: Asset) -> Model:
        path = layer.source.path
        job = self.jobs.start(reader(), path, label=tr("Structure of {name}", name=layer.name), path=path, urgent=True)
        model = Model(asset, job=job)
        self._models.append(model)
        return model

    def node(self, layer: Layer | None, asset: Asset | None, guid: str) -> tuple[str, str] | None:
        """(name, class) of an element by its GlobalId; None while that is not known."""
        model = self.of(layer, asset)
        if model is None or model.structure is None:
            return None
        nodes = model.structure.nodes
        at = nodes.column("guid").index(guid).as_py()
        return (nodes.column("name")[at].as_py() or "", nodes.column("class")[at].as_py()) if at >= 0 else None

    def poll(self) -> bool:
        """Take the answers in (call after `Jobs.poll`). True when one came."""
        news = False
        for model in self._models:
            if model.job is not None and not model.job.active:
                model.structure, model.error, model.job = model.job.result, model.job.error, None
                news = True
        return news

    def retain(self, assets: Assets) -> None:
        """Forget what belongs to no asset any more."""
        for model in [m for m in self._models if not assets.holds(m.asset)]:
            if model.job is not None:
                self.jobs.cancel(model.job)
            self._models.remove(model)


def reader():
    """`structure(path, progress)` of the room that knows IFC; it runs in a worker."""
    from bim.structure import structure
    return structure
