"""A stage without files: assets made by hand, drawn off-screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from layers.base import Moment
from layers.view import View, offscreen
from twin.assets import READY, Asset
from twin.camera import Camera
from twin.document import Document
from twin.layer import Layer


@dataclass
class MadeAssets:
    """Stands for `twin.assets.Assets`: payloads by layer id, all ready."""

    payloads: dict = field(default_factory=dict)
    made: dict = field(default_factory=dict)

    @property
    def revision(self) -> tuple[int, int]:
        return len(self.made), sum(asset.revision for asset in self.made.values())

    def of(self, layer: Layer, frame, time_zone="") -> Asset | None:
        if layer.id not in self.payloads:
            return None
        if layer.id not in self.made:
            self.made[layer.id] = Asset((layer.source, layer.kind, frame, time_zone), READY, self.payloads[layer.id],
                                        revision=1)
        return self.made[layer.id]

    def held(self, layer: Layer, frame, time_zone="") -> Asset | None:
        return self.made.get(layer.id)


def picture(layers, payloads, *, camera: Camera, size=(320, 240), moment: Moment | None = None,
            view: View | None = None):
    """(view, (rows, columns, 3) u1): these layers with these payloads, as the app draws them."""
    view = view or offscreen(*size)
    moment = moment or Moment()
    document = Document(layers=tuple(layers))
    view.set_camera(camera)
    view.frame(document, MadeAssets(dict(payloads)), moment)
    return view, view.picture()
