"""Layers shown as what they tell of: water, wind, traffic, equipment, the roadside. Each is a layer over the source."""

from __future__ import annotations

from app.session import Session
from app.water_surfaces import surface_of
from layers.equipment import Equipment
from layers.flows import Flows
from layers.roadside import RoadsideLayer
from layers.sensor_values import robust_range, rows_of, words_of
from layers.wind import Wind
from twin.column_words import property_words
from twin.data import Sensors, Vectors
from twin.document import Document
from twin.layer import Layer, new_id
from twin.roadside import KINDS
from twin.text import tr
from twin.trouble import Trouble

MODELS = {"pump": "pump", "slew": "crane"}         # a word in the property's name -> what moves; else a barrier
NAMES = {"barrier": "Barriers", "pump": "Pumps", "crane": "Cranes"}


def _wind(document: Document, layer: Layer, payload: Sensors) -> Wind:
    """Of a layer of wind speeds, or of eastward winds. Raises Trouble where nothing says a direction."""
    observed, _ = rows_of(payload, layer.observed, layer.system)
    names = [name for name in words_of(payload, "property")[0] if name != observed]
    northward = next((n for n in names if observed.endswith(".u") and n == observed[:-1] + "v"), "")
    direction = next((n for n in names if n.lower().startswith(observed.lower()) and "dir" in n.lower()), "") or next(
        (n for n in names if "wind" in n.lower() and "dir" in n.lower()), "")
    if not (northward or direction):
        raise Trouble(tr("Nothing in this source says where the wind comes from."), cause=", ".join(names[:12]),
                      way_out=tr("Bring speed and direction of the same stations into one table."))
    gives = "components" if northward else "speed and direction"
    return Wind(**_about(layer, "wind", tr("Wind: {name}", name=layer.name)), observed=observed, gives=gives,
                second=northward or direction)


def _flows(document: Document, layer: Layer, payload: Sensors) -> Flows:
    """Of a layer whose readings belong to lines. Raises Trouble where they do not."""
    observed, rows = rows_of(payload, layer.observed, layer.system)
    if payload.shapes is None or not len(payload.shape_of) or not (payload.shape_of[rows] >= 0).any():
        raise Trouble(tr("These readings belong to no lines."), cause=property_words(observed),
                      way_out=tr("Give the source a companion file with the roads that are measured."))
    names = [name for name in words_of(payload, "property")[0] if name != observed]
    volume = next((n for n in names if n.rsplit(".", 1)[0] == observed.rsplit(".", 1)[0]
                   and any(word in n.lower() for word in ("flow", "volume"))), "")
    return Flows(**_about(layer, "flows", tr("Flow: {name}", name=layer.name)), observed=observed, second=volume,
                 low=layer.low, high=layer.high)


def _equipment(document: Document, layer: Layer, payload: Sensors) -> Equipment:
    """Barriers, pumps or cranes, as the property's name says; what runs or is closed at the greatest reading that is
    usual.
    """
    observed, rows = rows_of(payload, layer.observed, layer.system)
    model = next((of for word, of in MODELS.items() if word in observed.lower()), "barrier")
    about = _about(layer, model, f"{tr(NAMES[model])}: {layer.name}")
    if model == "crane":
        others = words_of(payload, "property")[0]
        moment, radius = (next((o for o in others if word in o.lower()), "") for word in ("moment", "radius"))
        return Equipment(**about, observed=observed, model=model, second=moment, reach=radius, arm_m=50.0)
    _, work = robust_range(payload, rows)
    return Equipment(**about, observed=observed, model=model, work=work if work > 0 else 1.0)


def _roadside(document: Document, layer: Layer, payload: Vectors) -> RoadsideLayer:
    """Of points that are units, signals or warnings; it hears the vehicles that are shown. Raises Trouble."""
    kinds = payload.features.column("kind").to_pylist() if payload.features is not None \
        and "kind" in payload.features.column_names else []
    if not len(payload.points) or not set(kinds) & set(KINDS):
        raise Trouble(tr("This table has no roadside: no unit, signal or warning."), cause=layer.name,
                      way_out=tr("Give its points a column “kind” that says unit, signal or warning."))
    moving = sorted((x for x in document.layers if x.kind == "vehicles"), key=lambda x: not document.shown(x))
    return RoadsideLayer(id=new_id("roadside"), name=tr("Roadside: {name}", name=layer.name), group=layer.group,
                         source=layer.source, synthetic=layer.synthetic, vehicles=moving[0].id if moving else "")


def _about(layer: Layer, kind: str, name: str) -> dict:
    return {"id": new_id(kind), "name": name, "group": layer.group, "source": layer.source, "system": layer.system,
            "synthetic": layer.synthetic, "stale_minutes": layer.stale_minutes}


LOOKS = {"water": surface_of, "wind": _wind, "flows": _flows, "equipment": _equipment, "roadside": _roadside}
OF = {"roadside": Vectors}                         # what a look is made of; the others of sensors


def add_look(session: Session, id: str, look: str) -> Layer:
    """One edit: the layer `id` as one of LOOKS, right after it."""
    layer, asset = session.document.layer(id), session.asset(id)
    if asset is None or not isinstance(asset.payload, OF.get(look, Sensors)):
        raise Trouble(tr("This layer is still being read."), way_out=tr("Try again in a moment."))
    document = session.document
    fresh = LOOKS[look](document, layer, asset.payload)
    siblings = [x.id for x in document.children(layer.group)]
    after = siblings[siblings.index(id) + 1:]
    document = document.with_layer(fresh).moved([fresh.id], layer.group, after[0] if after else "")
    session.edits.commit(document, "New look")
    session.edits.seal()
    return fresh
