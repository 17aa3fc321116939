"""A small house as a layer with its structure, so that the model panel is tested without reading a file."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from app.models import Model
from app.session import Session
from bim.structure import Structure
from layers.building import Building
from tests.app.made_sessions import put
from tests.layers.boxes import boxes
from twin.document import Document
from twin.layer import Source
from twin.project import Project

# P > EG > (wall W1, wall W2, space R > chair C), OG > (slab S, and a door D without a shape)
NODES = (("P", "IfcProject", "House", None, -1, True), ("EG", "IfcBuildingStorey", "Ground", "Ground", 0, True),
         ("OG", "IfcBuildingStorey", "First", "First", 0, True), ("R", "IfcSpace", "1 Hall", "Ground", 1, True),
         ("W1", "IfcWall", "Wall 1", "Ground", 1, False), ("W2", "IfcWall", "Wall 2", "Ground", 1, False),
         ("S", "IfcSlab", "Slab", "First", 2, False), ("D", "IfcDoor", "Door", "First", 2, False),
         ("C", "IfcFurniture", "Chair", "Ground", 3, False))
GROUPS = (("type", "T300", 4), ("type", "T300", 5), ("material", "Brick", 4), ("material", "Wool", 4),
          ("material", "Brick", 5), ("zone", "Public", 3))
SHAPES = ("S", "W1", "W2", "R", "C")                    # rows of the feature table


def made_structure() -> Structure:
    columns = list(zip(*NODES))
    names = ("guid", "class", "name", "storey", "parent", "spatial")
    kinds = (pa.string(),) * 4 + (pa.int32(), pa.bool_())
    nodes = pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds)})
    by, label, row = zip(*GROUPS)
    return Structure(nodes, pa.table({"by": pa.array(by), "label": pa.array(label), "row": pa.array(row, pa.int32())}))


def house_mesh():
    of = {node[0]: node for node in NODES}
    table = {"guid": list(SHAPES), "class": [of[g][1] for g in SHAPES], "name": [of[g][2] for g in SHAPES],
             "storey": [of[g][3] for g in SHAPES], "type": [None, "T300", "T300", None, None],
             "material": [None, "Brick, Wool", "Brick", None, None],
             "storey_elevation_m": [0.0 if of[g][3] == "Ground" else 3.0 for g in SHAPES]}
    origins = [[0, 0, 3], [0, 0, 0], [9, 0, 0], [1, 1, 0], [4, 4, 0]]
    sizes = [[10, 10, 0.3], [1, 10, 3], [1, 10, 3], [8, 8, 2.5], [1, 1, 1]]
    return replace(boxes(origins, sizes, **table), placement=None)


def model_session(structure: Structure | None = None, mesh=None) -> Session:
    """One building "house" whose shapes and structure are there."""
    layer = Building(id="house", name="House", edges=False, source=Source(path="/data/house.ifc"))
    session = Session(Project(document=Document(layers=(layer,))))
    put(session, layer, mesh or house_mesh())
    session.models._models.append(Model(session.asset("house"), structure or made_structure()))
    session.current_layer = "house"
    return session
