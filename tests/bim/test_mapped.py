"""Instances of one shape: made once and placed, and only where the kernels would make the very same of each."""

from __future__ import annotations

import ifcopenshell
import numpy as np
import pytest

from bim.instances import Collected
from bim.kernels import HYBRID, Kernels
from bim.mapped import alike


class Shelves:
    """Boxes of 2 x 1 x 1 m as instances of one map."""

    def __init__(self):
        self.model = ifcopenshell.file(schema="IFC4")
        self.axes = self.made("IfcAxis2Placement3D", self.point(0, 0, 0))
        self.context = self.made("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self.axes)
        units = self.made("IfcUnitAssignment", [self.made("IfcSIUnit", None, "LENGTHUNIT", None, "METRE")])
        self.made("IfcProject", ifcopenshell.guid.new(), None, "P", None, None, None, None, [self.context], units)
        self.box = self.body(2.0)
        self.map = self.made("IfcRepresentationMap", self.axes, self.box)

    def made(self, name: str, *values):
        return self.model.create_entity(name, *values)

    def point(self, *at: float):
        return self.made("IfcCartesianPoint", [float(v) for v in at])

    def body(self, long: float):
        middle = self.made("IfcAxis2Placement2D", self.made("IfcCartesianPoint", [0.0, 0.0]))
        profile = self.made("IfcRectangleProfileDef", "AREA", None, middle, long, 1.0)
        up = self.made("IfcDirection", [0.0, 0.0, 1.0])
        solid = self.made("IfcExtrudedAreaSolid", profile, self.axes, up, 1.0)
        return self.made("IfcShapeRepresentation", self.context, "Body", "SweptSolid", [solid])

    def place(self, x: float, y: float):
        turned = self.made("IfcAxis2Placement3D", self.point(x, y, 0), None, self.made("IfcDirection", [0.6, 0.8, 0.0]))
        return self.made("IfcLocalPlacement", None, turned)

    def shelf(self, x: float, scale: float = 1.0, kind: str = "IfcFurniture"):
        turn = self.made("IfcCartesianTransformationOperator3D", None, None, self.point(0, 0, 0), scale)
        item = self.made("IfcMappedItem", self.map, turn)
        shape = self.made("IfcShapeRepresentation", self.context, "Body", "MappedRepresentation", [item])
        return self.made(kind, ifcopenshell.guid.new(), None, f"at {x}", None, None, self.place(x, 0),
                         self.made("IfcProductDefinitionShape", None, None, [shape]))

    def style(self, shelf, name: str) -> None:
        colour = self.made("IfcColourRgb", None, 1.0, 0.0, 0.0)
        surface = self.made("IfcSurfaceStyle", name, "BOTH", [self.made("IfcSurfaceStyleShading", colour)])
        self.made("IfcStyledItem", shelf.Representation.Representations[0].Items[0], [surface])

    def open_at(self, shelf, x: float) -> None:
        """An opening of the size of half a shelf."""
        hole = self.made("IfcOpeningElement", ifcopenshell.guid.new(), None, None, None, None, self.place(x, 0),
                         self.made("IfcProductDefinitionShape", None, None, [self.body(1.0)]))
        self.made("IfcRelVoidsElement", ifcopenshell.guid.new(), None, None, None, shelf, hole)

    def passed(self, *shelves):
        """(numbers made, their instances)."""
        out = Collected()
        made = list(Kernels(self.model).shared(tuple(one.id() for one in shelves), lambda: out))
        return made, out.instances()


@pytest.fixture
def shelves():
    return Shelves()


def test_instances_are_one_geometry_and_stand_where_each_alone_would(shelves):
    some = [shelves.shelf(x) for x in (0.0, 5.0, 9.0)]
    made, instances = shelves.passed(*some)
    assert made == [one.id() for one in some] and len(instances.color) == 1
    alone = Collected()
    for one in some:
        assert Kernels(shelves.model).single(one.id(), (HYBRID,), alone, lambda number, library: None)
    here, there = (found.placed(0, np.zeros(3))["points"] for found in (instances, alone.instances()))
    assert np.allclose(here, there, atol=1e-6)


def test_what_is_scaled_of_another_class_or_styled_otherwise_is_made_by_itself(shelves):
    some = [shelves.shelf(0.0), shelves.shelf(3.0, scale=2.0), shelves.shelf(9.0, kind="IfcBuildingElementProxy"),
            shelves.shelf(12.0)]
    shelves.style(some[-1], "red")
    assert len(set(map(alike, some))) == 4
    made, instances = shelves.passed(*some)
    assert len(made) == 4 and len(instances.color) == 4
    points = instances.placed(0, np.zeros(3))
    size = [np.ptp(points["points"][points["vertex_feature"] == at][:, 2]) for at in range(4)]
    assert np.allclose(size, [1.0, 2.0, 1.0, 1.0])
    assert instances.colors[3, :3].tolist() == [255, 0, 0] and (instances.colors[:3, 0] < 255).all()


def test_materials_tell_instances_apart_and_equal_lists_do_not(shelves):
    some = [shelves.shelf(x) for x in (0.0, 3.0, 6.0)]
    oak, ash = (shelves.made("IfcMaterial", name) for name in ("oak", "ash"))
    for one, inside in zip(some, ([oak], [oak], [ash])):
        shelves.made("IfcRelAssociatesMaterial", ifcopenshell.guid.new(), None, None, None, [one],
                     shelves.made("IfcMaterialList", inside))
    assert alike(some[0]) == alike(some[1]) != alike(some[2])


def test_one_instance_without_a_cut_does_not_hide_the_cut_of_another(shelves):
    free, cut = shelves.shelf(0.0), shelves.shelf(20.0)
    shelves.open_at(free, 100.0)
    shelves.open_at(cut, 20.0)
    assert shelves.passed(free, cut)[0] == [free.id()]
