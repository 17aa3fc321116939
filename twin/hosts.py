"""IFC elements that carry sensors (pumps, doors, air terminals): which sensor is on which, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from twin.bindings import HAND, PLACE_M, HostBinding
from twin.data import Mesh
from twin.memberships import BOUND, BY_GUID, BY_HAND, CODE, KEPT, OUTSIDE, UNKNOWN_ELEMENT, Memberships
from twin.text import once

NO_HOSTS_AMONG = ("IfcSpace", "IfcSpatialZone", "IfcOpeningElement")      # rooms have sensors in them, not on them
TEXTS = {"guid": "guid", "number": "tag", "name": "name", "storey": "storey", "type": "type", "kind": "class"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Hosts:
    """The elements that carry sensors, over all models.

    Texts (n each): `guid`, `number` (the tag), `name`, `storey`, `type`, `kind` (IFC class), `layer` (id of the
    building layer). `feature` (n,) i4: row in the layer's feature table, -1 for a storey or a building; of a whole
    without a shape of its own (a stair of flights) the first of its `parts`, by row. `centre` (n, 3) f8: the middle of
    the element's box, or of its parts', as the model stands, local metres.
    """

    guid: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    storey: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    feature: np.ndarray
    centre: np.ndarray
    parts: dict[int, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.guid)

    def title(self, row: int) -> str:
        return once(self.name[row]) or self.number[row] or self.guid[row]


NO_HOSTS = Hosts(feature=np.zeros(0, np.int32), centre=np.zeros((0, 3)))


@dataclass(frozen=True, eq=False)
class Wholes:
    """Elements without a shape of their own. `table`: their texts, as the feature table has them. `whole`, `part`
    (m,): row in the table, and the feature of what lies in it. `container` (n,) bool: a storey, a building.
    """

    table: Any
    whole: np.ndarray
    part: np.ndarray
    container: np.ndarray

    def parts(self, row: int) -> np.ndarray:
        return np.unique(self.part[self.whole == row])


@dataclass(frozen=True, eq=False)
class Model:
    """A building's content where it stands: `matrix` (4, 4) from its points to local metres. `layers` show it alike."""

    layers: tuple[str, ...]
    mesh: Mesh
    matrix: np.ndarray
    wholes: Wholes | None = None

    @cached_property
    def table(self):
        """The texts of its features and, after them, of its wholes."""
        import pyarrow as pa
        held = self.mesh.features
        own = pa.table({name: _column(held, name) for name in TEXTS.values()})
        return own if self.wholes is None else pa.concat_tables([own, self.wholes.table.select(own.column_names)])

    def row_of(self, guid: str) -> int:
        """Of an element in `table`; -1 = it has none of that GlobalId."""
        return self.table.column("guid").index(guid).as_py()


@dataclass(frozen=True, eq=False)
class Said:
    """n datastreams: their ids, and the GlobalId that the table of each gives for its element ("" = none)."""

    ids: Sequence[str]
    elements: Sequence[str]


def is_model(mesh: Mesh) -> bool:
    return mesh.features is not None and {"guid", "class"} <= set(mesh.features.column_names)


def hosted(models: Sequence[Model], lots: Sequence[Said], bindings: Sequence[HostBinding],
           ) -> tuple[Hosts, list[Memberships]]:
    """What somebody bound by hand goes first, then the table's word; then what was kept of an earlier issue.

    A word that is no element of a model says nothing: it may be a room's.
    """
    bound = _bound(models, bindings)
    found = [_of_lot(models, lot, bindings, bound) for lot in lots]
    used = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *(at[at[:, 0] >= 0] for at, _ in found)]), axis=0)
    hosts = _hosts(models, used)
    key = used[:, 0] << 32 | used[:, 1]
    out = []
    for at, how in found:
        row = np.searchsorted(key, at[:, 0] << 32 | at[:, 1])
        out.append(Memberships(hosts, np.where(at[:, 0] >= 0, row, -1).astype(np.int32), how))
    return hosts, out


def standing(members: Memberships) -> np.ndarray:
    """(n, 3) f8: where the element stands that a datastream is on, NaN = on none."""
    out = np.full((len(members.room), 3), np.nan)
    on = members.room >= 0
    out[on] = members.rooms.centre[members.room[on]]
    return out


def strangers(models: Sequence[Model], lots: Sequence[Said], bindings: Sequence[HostBinding],
              others: Iterable[str] = ()) -> list[str]:
    """GlobalIds that tables, bindings or `others` name and no shape has: rooms aside, they may be wholes."""
    said = dict.fromkeys([guid for lot in lots for guid in lot.elements if guid]
                         + [b.element for b in bindings if b.element] + list(others))
    if not said:
        return []                          # without the import, which takes most of a second
    import pyarrow as pa
    import pyarrow.compute as pc
    asked, unknown = pa.array(list(said), pa.string()), np.ones(len(said), bool)
    for model in models:
        unknown &= ~np.asarray(pc.is_in(asked, value_set=_column(model.mesh.features, "guid")))
    return [guid for guid, lost in zip(said, unknown) if lost]


# -- which element ---------------------------------------------------------------------------------------


def _of_lot(models, lot: Said, bindings, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """((n, 2) i8 model and feature, -1 = none, (n,) u1 how)."""
    at, how = np.full((len(lot.ids), 2), -1, np.int64), np.full(len(lot.ids), CODE[OUTSIDE], np.uint8)
    if any(lot.elements):
        rows = _rows(models, lot.elements)
        for number in reversed(range(len(models))):
            here = rows[number] >= 0
            at[here, 0], at[here, 1], how[here] = number, rows[number][here], CODE[BY_GUID]
    place = {id: n for n, id in enumerate(lot.ids)} if bindings else {}
    read = {layer for model in models for layer in model.layers}
    for binding, (model, feature) in zip(bindings, bound):
        n = place.get(binding.sensor, -1)
        if n < 0 or (binding.element and binding.layer not in read and model < 0):
            continue                                     # its model is not there to be asked
        if binding.how == HAND and (model >= 0 or not binding.element):
            at[n], how[n] = (model, feature), CODE[BY_HAND]
        elif how[n] > BOUND:
            at[n], how[n] = (model, feature), CODE[KEPT if model >= 0 else UNKNOWN_ELEMENT]
    return at, how


def _bound(models, bindings) -> np.ndarray:
    """(bindings, 2) i8 model and feature, -1 = none. In the binding's own model first, then in any."""
    out = np.full((len(bindings), 2), -1, np.int64)
    if not bindings or not models:
        return out
    rows = _rows(models, [b.element for b in bindings])
    for n, binding in enumerate(bindings):
        own = [m for m, model in enumerate(models) if binding.layer in model.layers]
        known = next((m for m in (*own, *range(len(models))) if rows[m][n] >= 0), None)
        if known is not None:
            out[n] = known, rows[known][n]
        elif own and binding.element and (feature := _same_element(models[own[0]], binding)) >= 0:
            out[n] = own[0], feature
    return out


def _rows(models, guids: Sequence[str]) -> list[np.ndarray]:
    """Of each model (guids,) i8: the row of that GlobalId in its table, -1 = none or a room."""
    import pyarrow as pa
    import pyarrow.compute as pc
    asked, out = pa.array(guids, pa.string()), []
    said = np.asarray(pc.not_equal(asked, ""))
    for model in models:
        held = model.table
        row = pc.fill_null(pc.index_in(asked, value_set=_column(held, "guid")), -1)
        row = np.asarray(row).astype(np.int64)
        kinds = np.asarray(pc.is_in(_column(held, "class"), value_set=pa.array(NO_HOSTS_AMONG)))
        out.append(np.where(said & (row >= 0) & ~kinds[np.maximum(row, 0)], row, -1) if held.num_rows
                   else np.full(len(guids), -1, np.int64))
    return out


def _same_element(model: Model, b: HostBinding) -> int:
    """The element of a new issue of the file that the binding was about; -1 where not exactly one agrees.

    By tag, which authoring programs keep; else by type, name and place; else by name and storey.
    """
    import pyarrow.compute as pc
    held = model.table

    def same(mask, column: str, value: str):
        return pc.and_(mask, pc.equal(pc.fill_null(_column(held, column), ""), value))
    kind = pc.equal(pc.fill_null(_column(held, "class"), ""), b.kind)
    named = same(kind, "name", b.name)
    tagged = np.flatnonzero(same(kind, "tag", b.number)) if b.number else np.zeros(0, np.intp)
    alike = np.flatnonzero(same(named, "type", b.type))
    away = np.linalg.norm(_middles(model, alike) - (np.nan if b.place is None else b.place), axis=1)
    storey = np.flatnonzero(same(named, "storey", b.storey))
    return next((int(found[0]) for found in (tagged, alike[away <= PLACE_M], storey) if len(found) == 1), -1)


def _column(held, name: str):
    import pyarrow as pa
    if name not in held.column_names:
        return pa.array([""] * held.num_rows)
    cells = held.column(name).cast(pa.string()).combine_chunks()
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


# -- what they are and where they stand ------------------------------------------------------------------


def _hosts(models, used: np.ndarray) -> Hosts:
    """`used` (k, 2): model and row in its table, sorted."""
    import pyarrow as pa
    texts, layers, centres, parts = {name: [] for name in TEXTS}, [], [np.zeros((0, 3))], {}
    feature = used[:, 1].astype(np.int32)
    for number in np.unique(used[:, 0]):
        model, features = models[number], used[used[:, 0] == number, 1]
        for name, column in TEXTS.items():
            held = _column(model.table, column).take(pa.array(features))
            texts[name] += [str(v or "") for v in held.to_pylist()]
        layers += [model.layers[0]] * len(features)
        centres.append(_middles(model, features))
        parts |= _parts(model, used, number)
    for row, inside in parts.items():
        feature[row] = inside[0] if len(inside) else -1
    return Hosts(**{name: tuple(said) for name, said in texts.items()}, layer=tuple(layers), feature=feature,
                 centre=np.concatenate(centres), parts=parts)


def _parts(model: Model, used: np.ndarray, number: int) -> dict[int, np.ndarray]:
    """{row of `used`: features} of the wholes of one model; a storey's whole content is not shown for it."""
    own, wholes = model.mesh.features.num_rows, model.wholes
    rows = np.flatnonzero((used[:, 0] == number) & (used[:, 1] >= own))
    return {int(row): np.zeros(0, np.int64) if wholes.container[at] else wholes.parts(at)
            for row, at in zip(rows, used[rows, 1] - own)}


def _middles(model: Model, features: np.ndarray) -> np.ndarray:
    """(k, 3) f8 middles of the boxes of `features` (rows of the table, sorted) in local metres; NaN without a shape."""
    mesh, own = model.mesh, model.mesh.features.num_rows
    wanted = np.zeros(max(model.table.num_rows, int(mesh.vertex_feature.max(initial=-1)) + 1), bool)
    wanted[features[features < own]] = True
    mine = wanted[mesh.vertex_feature]
    row = np.searchsorted(features, mesh.vertex_feature[mine])
    points = mesh.points[mine].astype(np.float64)
    least, most = np.full((len(features), 3), np.inf), np.full((len(features), 3), -np.inf)
    np.minimum.at(least, row, points)
    np.maximum.at(most, row, points)
    for at in np.flatnonzero(features >= own):
        inside = mesh.points[np.isin(mesh.vertex_feature, model.wholes.parts(features[at] - own))]
        if len(inside):
            least[at], most[at] = inside.min(axis=0), inside.max(axis=0)
    middle = np.where(least <= most, (least + most) / 2, np.nan)
    return middle @ model.matrix[:3, :3].T + model.matrix[:3, 3]


def binding_of(sensor: str, hosts: Hosts, row: int, how: str = HAND) -> HostBinding:
    """`row` -1 = by hand on no element."""
    if row < 0:
        return HostBinding(sensor=sensor, how=HAND)
    place = tuple(round(float(c), 3) for c in hosts.centre[row])
    return HostBinding(sensor=sensor, layer=hosts.layer[row], element=hosts.guid[row], how=how, kind=hosts.kind[row],
                       type=hosts.type[row], number=hosts.number[row], name=hosts.name[row], storey=hosts.storey[row],
                       place=place if np.isfinite(place).all() else None)


def host_of(model: Model, feature: int) -> Hosts:
    """One element (row of the model's table), whether it carries sensors or not; none where it cannot carry any."""
    guid = model.table.column("guid")[feature].as_py() or ""
    known = _rows([model], [guid])[0][0] == feature
    return _hosts([model], np.array([[0, feature]] if known else np.zeros((0, 2)), np.int64).reshape(-1, 2))
