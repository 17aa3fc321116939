"""What IFC files say beyond their shapes, read in workers when somebody asks: structure, and columns of properties.

The answers belong to the asset that was asked about: a layer that is read again is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from twin.assets import LOADING, Asset, Assets
from twin.data import Mesh
from twin.jobs import Job, Jobs
from twin.layer import Layer
from twin.text import language, tr
from twin.trouble import Trouble

KIND = "building"
OWN_COLOURS = ("style", "class")           # what a building is coloured by without a column


@dataclass(eq=False)
class _Column:
    """A property that a layer is coloured by, on its way into the asset's feature table."""

    asset: Asset
    name: str
    job: Job = field(repr=False)


@dataclass(eq=False)
class Model:
    """One file's structure (bim.structure.Structure): None while it is read, or with `error` if it could not be."""

    asset: Asset
    structure: Any = None
    error: Trouble | None = None
    job: Job | None = field(default=None, repr=False)


def _is_ifc(payload) -> bool:
    """Models of other formats (glTF, OBJ) have parts, but no GlobalIds to ask for."""
    features = getattr(payload, "features", None)
    return features is not None and "guid" in features.column_names


class Models:
    """Asked by panels, polled by the tick."""

    def __init__(self, jobs: Jobs):
        self.jobs = jobs
        self._models: list[Model] = []
        self._columns: list[_Column] = []

    def of(self, layer: Layer | None, asset: Asset | None) -> Model | None:
        """The model of a layer; reading begins at the first call after its shapes have come in."""
        if layer is None or layer.kind != KIND or layer.source is None or asset is None or not _is_ifc(asset.payload):
            return None
        found = next((m for m in self._models if m.asset is asset), None)
        if found is None and asset.state != LOADING:
            found = self._begin(layer, asset)
        return found

    def _begin(self, layer: Layer, asset: Asset) -> Model:
        path = layer.source.path
        label = tr("Structure of {name}", name=layer.title(language()))
        job = self.jobs.start(reader(), path, label=label, path=path, urgent=True)
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

    # -- columns -----------------------------------------------------------------------------------------

    def want(self, layer: Layer, asset: Asset | None) -> None:
        """Fetch the column that the layer is coloured by, where its content has none of that name."""
        name = getattr(layer, "color_by", "")
        if (layer.kind != KIND or name in ("", *OWN_COLOURS) or asset is None or asset.state == LOADING
                or not isinstance(asset.payload, Mesh) or asset.payload.features is None
                or name in asset.payload.features.column_names
                or any(c.asset is asset and c.name == name for c in self._columns)):
            return
        guids = asset.payload.features.column("guid").to_pylist()
        job = self.jobs.start(column_reader(), layer.source.path, name, guids, label=name, path=layer.source.path,
                              urgent=True)
        self._columns.append(_Column(asset, name, job))

    def poll_columns(self) -> bool:
        """Put what came in into the feature tables. True when a picture may differ."""
        ended = [column for column in self._columns if not column.job.active]
        for column in ended:
            self._columns.remove(column)
            _append(column)
        return bool(ended)

    @property
    def fetching(self) -> bool:
        return bool(self._columns)

    def retain(self, assets: Assets) -> None:
        """Forget what belongs to no asset any more."""
        for model in [m for m in self._models if not assets.holds(m.asset)]:
            if model.job is not None:
                self.jobs.cancel(model.job)
            self._models.remove(model)
        for column in [c for c in self._columns if not assets.holds(c.asset)]:
            self.jobs.cancel(column.job)
            self._columns.remove(column)


def _append(column: _Column) -> None:
    """A property that could not be read is a column without values, and a note that says why."""
    import pyarrow as pa
    asset, job = column.asset, column.job
    mesh = asset.payload
    values, unit = job.result if job.result else (pa.nulls(mesh.features.num_rows, pa.string()), "")
    notes = (*mesh.notes, str(job.error)) if job.error else mesh.notes
    kind = pa.field(column.name, values.type, metadata={"unit": unit})
    asset.payload = replace(mesh, features=mesh.features.append_column(kind, values), notes=notes)
    asset.revision += 1


def column_reader():
    """`column(path, name, guids, progress)`; it runs in a worker."""
    from bim.property_values import column
    return column


def reader():
    """`structure(path, progress)` of the room that knows IFC; it runs in a worker."""
    from bim.structure_cache import structure
    return structure
