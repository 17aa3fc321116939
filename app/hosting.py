"""Elements and the sensors on them, kept in step with the project: settled in a thread where the models are large."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from app.panels.model_shapes import wholes_of
from layers.building import Building, by_name, placed
from layers.sensor_points import SensorPoints
from twin.assets import LOADING
from twin.data import Mesh, Sensors
from twin.hosts import NO_HOSTS, Hosts, Model, Said, hosted, is_model, standing, strangers
from twin.indoors import NO_INDOORS, Indoors, Lot
from twin.memberships import Memberships
from twin.placing import place_of
from twin.sensed import elements_of

AT_ONCE = 300_000                    # vertices of all models that take under some milliseconds


class HostsKeeper:
    """Asked every tick; does something only when models, sensors or bindings changed."""

    def __init__(self, session):
        self.session = session
        self.now: Indoors = NO_INDOORS
        self._asked: tuple = ()
        self._built: tuple = ()
        self._read: tuple = ()
        self._found: tuple[Hosts, list[Memberships], list[np.ndarray]] = (NO_HOSTS, [], [])
        self._models_now: list[Model] = []
        self._work: Future | None = None
        self._sought: set[str] = set()       # GlobalIds of elements that somebody wants to put sensors on
        self._structures: list = []          # (app.models.Model) once something is named that no shape has
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="elements")

    def tick(self) -> None:
        self._look_for_chosen()
        document, assets = self.session.document, self.session.assets
        asked = (document, assets.revision, self.session.rooms.looked_at)
        if asked != self._asked or self._come():
            self._asked = asked
            self._ask()
        if self._work is not None and self._work.done():
            work, self._work = self._work, None
            self._take(work.result())

    @property
    def fetching(self) -> bool:
        return self._work is not None or any(model.job is not None for model in self._structures)

    def look_for(self, guid: str) -> None:
        """Have an element known that has no shape of its own, and no sensor yet."""
        self._sought.add(guid)
        self._asked = ()

    def _look_for_chosen(self) -> None:
        """Sensors are selected beside an element of the model tree, which may be about to carry them."""
        said, chosen = self.session.looked_at, self.session.selection
        if said is not None and said.selection is chosen and said.guid not in self._sought \
                and any(self.now.lot_of(layer) for layer in chosen.layers):
            self.look_for(said.guid)

    def series(self, layer: str, feature: int) -> list[tuple[str, int]]:
        """(layer, row) of the datastreams on an element: in the layer that shows their property, where one does."""
        row = self.now.row_of(layer, feature) if feature >= 0 else -1
        return [(self.session.rooms.shown_in(lot, at), at) for lot, at in self.now.sensors_in(row)] if row >= 0 else []

    def stands(self, layer: str, payload: Sensors) -> np.ndarray | None:
        """(n, 3) f8: where the elements stand that a layer's sensors are on, NaN = on none; None = none of them is."""
        lot = self.now.lot_of(layer)
        return lot.stands if lot is not None and len(lot.stands) == len(payload.positions) \
            and (lot.members.room >= 0).any() else None

    def positions(self, layer: str, payload: Sensors) -> np.ndarray:
        """(n, 3) f8 of a layer's sensors: their own places, else those of the elements that they are on."""
        stands, out = self.stands(layer, payload), payload.positions.astype(np.float64)
        if stands is not None:
            lost = ~np.isfinite(out[:, :2]).all(axis=1)
            out[lost] = stands[lost]
        return out

    def model_of(self, layer: str) -> Model | None:
        return next((model for model in self._models_now if layer in model.layers), None)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- inside ----------------------------------------------------------------------------------------

    def _ask(self) -> None:
        models, sensors, document = models_of(self.session), sensors_of(self.session), self.session.document
        bindings = document.host_bindings
        built = (models, sensors, bindings, self._wholes(models), frozenset(self._sought))
        read = ([asset.revision for _, asset, _ in sensors], document.vitals)
        if self._built and _keys(built) == _keys(self._built):
            if read != self._read and self._work is None:
                self._read = read
                self.now = self.now.renewed(self._lots(), self.session.rooms.signs())
            return
        self._built, self._read, self._work = built, read, None
        lots = [payload for *_, payload in sensors]
        asked = (self._models(), list(self._built[3]), lots, bindings, self._sought.copy())
        if sum(len(mesh.points) for _, mesh, _ in models) <= AT_ONCE:
            self._take(_settled(*asked))
        else:
            self._work = self._thread.submit(_settled, *asked)

    def _models(self) -> list[Model]:
        return [Model(layers, mesh, placed(mesh, *stands)) for layers, mesh, stands in (self._built or ((),))[0]]

    def _wholes(self, models: tuple) -> tuple:
        """The structure of each model, as far as it was asked for and has come in."""
        known = {id(model.asset.payload): model.structure for model in self._structures if model.job is None}
        return tuple(known.get(id(mesh)) for _, mesh, _ in models)

    def _come(self) -> bool:
        return bool(self._built) and self._work is None and self._wholes(self._built[0]) != self._built[3]

    def _ask_structures(self) -> None:
        """Something is named that no shape has: the trees of the models say whether it is a whole of shapes."""
        session, asked = self.session, []
        for layers, _, _ in self._built[0]:
            layer = session.document.layer(layers[0])
            asked.append(session.models.of(layer, session.held(layers[0])) if layer else None)
        self._structures = [model for model in asked if model is not None]

    def _take(self, found: tuple) -> None:
        self._models_now, lost, *self._found = found
        if lost:
            self._ask_structures()
        same = {id: layers[0] for layers, *_ in self._built[0] for id in layers}
        self.now = Indoors(self._found[0], self._lots(), self.session.rooms.signs(), same)

    def _lots(self) -> tuple[Lot, ...]:
        return tuple(Lot(tuple(layer.id for layer in layers), asset.payload, members, stands) for (layers, asset, _),
                     members, stands in zip(self._built[1], *self._found[1:]))


def _settled(models: list[Model], structures: list, lots: list[Sensors], bindings: tuple, sought: set[str]) -> tuple:
    """(models with their wholes, whether something is named that no shape has, hosts, members of each lot, where they
    stand).
    """
    said = [Said(_ids(payload), elements_of(payload)) for payload in lots]
    lost = strangers(models, said, bindings, sought)
    models = [replace(model, wholes=wholes_of(structure, model.mesh.features, lost)) if structure and lost else model
              for model, structure in zip(models, structures)]
    hosts, members = hosted(models, said, bindings)
    return models, bool(lost), hosts, members, [standing(m) for m in members]


def _ids(payload: Sensors) -> list[str]:
    held = payload.features
    if held is None or "id" not in held.column_names:
        return [""] * len(payload.positions)
    return [str(v or "") for v in held.column("id").to_numpy().tolist()]


def _keys(built: tuple) -> tuple:
    """What hosts come from; how a layer looks and what a sensor reads do not count."""
    models, sensors, bindings, structures, sought = built
    return (tuple((layers, id(mesh.points), id(mesh.vertex_feature), stands) for layers, mesh, stands in models),
            tuple((tuple(layer.id for layer in layers), id(payload.features)) for layers, _, payload in sensors),
            bindings, tuple(map(id, structures)), sought)


# -- what the project has, for rooms too ------------------------------------------------------------------


def models_of(session) -> tuple:
    """(ids of layers, mesh, where it stands) of every model that is read; copies of a layer share one, and the first is
    what it is called by."""
    document, found = session.document, {}
    for layer in document.layers:
        if isinstance(layer, Building) and not layer.bygone:
            asset = session.held(layer.id)
            mesh = asset.payload if asset and asset.state != LOADING else None
            if isinstance(mesh, Mesh) and is_model(mesh):
                stands = (place_of(layer, mesh), document.frame, layer.height_offset_m)
                found.setdefault((id(mesh.points), stands), ([], mesh, stands))[0].append(layer)
    return tuple((tuple(layer.id for layer in by_name(layers)), mesh, stands)
                 for layers, mesh, stands in found.values())


def sensors_of(session) -> tuple:
    """(layers, asset, payload): layers that show one source of sensors in one way share it.

    Hidden ones are read where rooms or elements in sight are coloured by them, or somebody looks at the list.
    """
    document, assets, found = session.document, session.assets, {}
    wanted = session.rooms.looked_at or any(isinstance(x, Building) and x.room_colors and document.shown(x)
                                            for x in document.layers)
    for layer in document.layers:
        if isinstance(layer, SensorPoints):
            asset = (assets.of if wanted else assets.held)(layer, document.frame, document.time_zone)
            if asset and isinstance(asset.payload, Sensors):
                key = (id(asset), layer.placement, layer.height_offset_m)
                found.setdefault(key, ([], asset))[0].append(layer)
    return tuple((tuple(layers), asset, asset.payload) for layers, asset in found.values())
