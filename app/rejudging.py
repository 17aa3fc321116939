"""The place of a model, judged again when what stands around it has changed: told, never moved in silence. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app import siting, standing
from twin.data import Mesh
from twin.document import Document
from twin.layer import Layer

AROUND = tuple(kind for kinds in siting.CITY for kind in kinds)        # kinds that a place is judged by


@dataclass(frozen=True)
class News:
    """`chosen` is the source that fits what is there now; "" = none of the file does."""

    chosen: str
    reason: str


class Rejudging:
    """`news` by layer, until the model stands so or the user keeps it. `tick` costs nothing while all stays."""

    def __init__(self, session):
        self.session = session
        self.news: dict[str, News] = {}
        self._seen: tuple = ()
        self._judged: dict[str, tuple[tuple, str]] = {}      # by layer: what stood around it, what was chosen

    def tick(self) -> None:
        session = self.session
        if session.assets.loading:
            return
        seen = (session.document, session.assets.revision)
        if not self._seen or seen[0] is not self._seen[0] or seen[1] != self._seen[1]:
            self._seen = seen
            self._judge_all(session.document)

    def keep(self, id: str) -> None:
        """The user has seen it and leaves the model where it is."""
        self.news.pop(id, None)

    def _judge_all(self, document: Document) -> None:
        models = {layer.id: mesh for layer in document.layers if (mesh := self._model(layer)) is not None}
        for gone in {*self._judged, *self.news} - set(models):
            self._judged.pop(gone, None)
            self.news.pop(gone, None)
        for id, mesh in models.items():
            self._judge(document.layer(id), mesh)

    def _judge(self, layer: Layer, mesh: Mesh) -> None:
        said = self.news.get(layer.id)
        if said is not None and said.chosen == standing.source_of(layer, mesh):
            del self.news[layer.id]                          # it stands so now
        around = (id(mesh), *self._around(layer.id))
        before = self._judged.get(layer.id)
        if before is not None and before[0] == around:
            return
        verdict = siting.verdict_of(self.session, layer, mesh)
        self._judged[layer.id] = (around, verdict.chosen or "")
        if before is None or before[0][0] != id(mesh) or before[1] == (verdict.chosen or ""):
            return                                           # judged as it was read, or as it was
        self.news.pop(layer.id, None)
        if (verdict.chosen or "") != standing.source_of(layer, mesh):
            self.news[layer.id] = News(verdict.chosen or "", verdict.reason)

    def _around(self, model: str) -> tuple:
        """What a place is judged by: everything loaded that is not a model, and the frame."""
        document, found = self.session.document, []
        for layer in document.layers:
            if layer.id != model and layer.kind in AROUND and layer.kind != "building":
                asset = self.session.held(layer.id)
                if asset is not None and asset.payload is not None:
                    found.append((layer.id, id(asset.payload)))
        return document.frame, *found

    def _model(self, layer: Layer) -> Mesh | None:
        asset = self.session.held(layer.id) if layer.kind == "building" else None
        mesh = asset.payload if asset is not None and asset.job is None else None
        return mesh if isinstance(mesh, Mesh) and mesh.georeference else None
