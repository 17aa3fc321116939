"""Rooms and their sensors, kept in step with the project: settled in a worker where there are many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from app.hosting import models_of, sensors_of
from layers.building import placed
from layers.sensor_points import SensorPoints
from layers.sensor_values import places
from twin.assets import Asset
from twin.bindings import Binding
from twin.ground import Ground, surfaces_of
from twin.indoors import NO_INDOORS, Indoors, Lot
from twin.jobs import Job
from twin.memberships import Memberships, matched
from twin.rooms import NO_ROOMS, Rooms, joined
from twin.sensed import Sensed, elements_of, sensed_of
from twin.text import tr
from twin.vitals.catalogue import Catalogue, catalogue

AT_ONCE = 1_000_000                  # sensors times rooms that take under some milliseconds


@dataclass(eq=False)
class _Pending:
    layers: tuple[str, ...]
    asset: Asset
    members: Memberships | None = None
    job: Job | None = field(default=None, repr=False)


class IndoorsKeeper:
    """Asked every tick; does something only when buildings, sensors, ground or bindings changed."""

    def __init__(self, session):
        self.session = session
        self.now: Indoors = NO_INDOORS
        self.looked_at = False           # somebody looks at the list, so hidden layers are read too
        self._asked: tuple = ()
        self._built: tuple = ()
        self._read: tuple = ()
        self._rooms: Rooms = NO_ROOMS
        self._pending: list[_Pending] = []

    def tick(self) -> None:
        document, assets = self.session.document, self.session.assets
        asked = (document, assets.revision, self.looked_at, self.session.hosts.now.rooms)
        if asked != self._asked:
            self._asked = asked
            self._ask()
        ended = [p for p in self._pending if p.job is not None and not p.job.active]
        for pending in ended:
            pending.members, pending.job = pending.job.result, None
        if ended:
            self._assemble()

    def series(self, layer: str, feature: int) -> list[tuple[str, int]]:
        """(layer, row) of the datastreams in a room: in the layer that shows their property, where one does."""
        room = self.now.row_of(layer, feature) if feature >= 0 else -1
        return [(self.shown_in(lot, row), row) for lot, row in self.now.sensors_in(room)] if room >= 0 else []

    def shown_in(self, lot: Lot, row: int) -> str:
        """Of the layers that show a datastream's source the one that shows its property, else the first."""
        observed = lot.words("property")[row]
        layers = [self.session.document.layer(id) for id in lot.layers]
        return next((layer.id for layer in layers if layer and layer.observed == observed), lot.layers[0])

    @property
    def fetching(self) -> bool:
        return any(p.job is not None for p in self._pending)

    def _ask(self) -> None:
        buildings = tuple(held for held in models_of(self.session) if held[1].rooms is not None)
        sensors = sensors_of(self.session)
        surfaces = self._surfaces() if buildings and sensors else []
        ground = tuple((s.grid, s.exaggeration, s.offset_m) for s in surfaces)
        built = (buildings, sensors, self.session.document.bindings, ground, self.session.hosts.now.rooms)
        read = ([asset.revision for _, asset, _ in sensors], self.session.document.vitals)
        if self._built and _keys(built) == _keys(self._built):
            if read != self._read:
                self._read = read
                self.now = self.now.renewed(self._lots(), self.signs())
            return
        self._built, self._read = built, read
        for pending in self._pending:
            if pending.job is not None:
                self.session.jobs.cancel(pending.job)
        self._rooms = joined([mesh.rooms.placed(placed(mesh, *stands), layers[0])
                              for layers, mesh, stands in buildings])
        ground = Ground(tuple(surfaces))
        self._pending = [self._settle(layers, asset, ground) for layers, asset, _ in sensors] if buildings else []
        self._assemble()

    def _settle(self, layers: tuple, asset: Asset, ground: Ground) -> _Pending:
        sensed, bindings = self._sensed(layers[0], asset, ground), self.session.document.bindings
        pending = _Pending(tuple(layer.id for layer in layers), asset)
        if len(sensed.ids) * len(self._rooms) <= AT_ONCE:
            pending.members = matched(self._rooms, sensed, bindings)
        else:
            pending.job = self.session.jobs.start(match_in_worker, self._rooms, sensed, bindings,
                                                  label=tr("Sensors and rooms"), urgent=True)
        return pending

    def _sensed(self, layer: SensorPoints, asset: Asset, ground: Ground) -> Sensed:
        """What is on an element stands there, where it has no place of its own, and its word names no room."""
        rows, frame = np.arange(len(asset.payload.positions)), self.session.document.frame if layer.placement else None
        lot = self.session.hosts.now.lot_of(layer.id)
        said = sensed_of(asset.payload, places(asset.payload, rows, ground, layer.height_offset_m, layer.placement,
                                               frame, self.session.hosts.stands(layer.id, asset.payload)))
        if lot is None or not len(self.session.hosts.now.rooms):
            return said
        on = lot.members.room >= 0
        words = elements_of(asset.payload)
        return replace(said, carried=on, guids=["" if held and guid == word else guid
                                    for guid, word, held in zip(said.guids, words, on)])

    def _assemble(self) -> None:
        same = {id: layers[0] for layers, *_ in self._built[0] for id in layers}
        self.now = Indoors(self._rooms, self._lots(), self.signs(), same)

    def signs(self) -> Catalogue:
        """What judges readings, as the project has it."""
        return catalogue().chosen(self.session.document.vitals)

    def _lots(self) -> tuple[Lot, ...]:
        return tuple(Lot(p.layers, p.asset.payload, p.members) for p in self._pending if p.members is not None)

    def _surfaces(self) -> list:
        """Terrains as they were read: what is finer where somebody looks moves no sensor into another room."""
        document, assets = self.session.document, self.session.assets
        whole = {id(asset.payload) for layer in document.layers if layer.kind == "terrain"
                 and (asset := assets.held(layer, document.frame, document.time_zone))}
        return [s for s in surfaces_of(document, assets) if id(s.grid) in whole]


def _keys(built: tuple) -> tuple:
    """What rooms and memberships come from; how a layer looks and what a sensor reads do not count."""
    buildings, sensors, bindings, ground, hosts = built
    return (tuple((layers, id(mesh.rooms), stands) for layers, mesh, stands in buildings),
            tuple((tuple(layer.id for layer in layers), id(asset), id(payload.features), id(payload.positions),
                   layers[0].placement, layers[0].height_offset_m) for layers, asset, payload in sensors),
            bindings, tuple((id(grid), *rest) for grid, *rest in ground), id(hosts))


def match_in_worker(rooms: Rooms, sensed: Sensed, bindings: tuple[Binding, ...], progress) -> Memberships:
    progress(0.0, 0.0)
    return matched(rooms, sensed, bindings)
