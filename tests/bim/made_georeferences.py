"""IFC files that say where they stand in one way or another: a metre or millimetre project with one small box."""

from __future__ import annotations

import math
from pathlib import Path

import ifcopenshell
import ifcopenshell.guid

EAST, NORTH, HEIGHT, TURN = 618946.4432, 3470454.8030, 4.5, 25.0       # the vector of the domain notes
TURNED = {"XAxisAbscissa": math.cos(math.radians(TURN)), "XAxisOrdinate": math.sin(math.radians(TURN))}
METRE = "metre"


class Made:
    """`write` gives the file. Lengths are in project units."""

    def __init__(self, schema: str = "IFC4", unit_m: float = 1.0):
        self.model, self.schema, self.unit_m = ifcopenshell.file(schema=schema), schema, unit_m
        new = self.model.create_entity
        unit = new("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=None if unit_m == 1 else "MILLI", Name="METRE")
        degree = new("IfcSIUnit", UnitType="PLANEANGLEUNIT", Name="RADIAN")
        self.world = self.axes((0.0, 0.0, 0.0))
        self.context = new("IfcGeometricRepresentationContext", ContextType="Model", CoordinateSpaceDimension=3,
                           WorldCoordinateSystem=self.world)
        self.project = new("IfcProject", GlobalId=ifcopenshell.guid.new(), RepresentationContexts=[self.context],
                           UnitsInContext=new("IfcUnitAssignment", Units=[unit, degree]))
        self.site = new("IfcSite", GlobalId=ifcopenshell.guid.new(), ObjectPlacement=self.placed((0.0, 0.0, 0.0)))

    def axes(self, at, x=(1.0, 0.0, 0.0)):
        new = self.model.create_entity
        return new("IfcAxis2Placement3D", Location=new("IfcCartesianPoint", tuple(map(float, at))),
                   Axis=new("IfcDirection", (0.0, 0.0, 1.0)), RefDirection=new("IfcDirection", x))

    def placed(self, at, parent=None):
        return self.model.create_entity("IfcLocalPlacement", PlacementRelTo=parent, RelativePlacement=self.axes(at))

    def crs(self, name="EPSG:4549", unit=METRE, **more):
        new = self.model.create_entity
        map_unit = {METRE: lambda: new("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE"),
                    "millimetre": lambda: new("IfcSIUnit", UnitType="LENGTHUNIT", Prefix="MILLI", Name="METRE"),
                    None: lambda: None}[unit]()
        return new("IfcProjectedCRS", Name=name, MapUnit=map_unit, **more)

    def converted(self, east=EAST, north=NORTH, height=HEIGHT, kind="IfcMapConversion", crs=None, **more):
        """With the turn and scale of the vector unless told otherwise."""
        values = {"Eastings": float(east), "Northings": float(north), "OrthogonalHeight": float(height),
                  "Scale": self.unit_m, **TURNED, **more}
        self.model.create_entity(kind, SourceCRS=self.context, TargetCRS=crs or self.crs(), **values)
        return self

    def sets(self, owner="IfcProject", conversion="ePSet_MapConversion", crs="ePSet_ProjectedCRS", name="EPSG:4549",
             **more):
        """As IFC2x3 files carry it, in property sets."""
        new = self.model.create_entity
        values = {"Eastings": EAST, "Northings": NORTH, "OrthogonalHeight": HEIGHT, "Scale": self.unit_m, **TURNED,
                  **more}
        for set_name, said in ((conversion, values), (crs, {"Name": name})):
            pset = new("IfcPropertySet", GlobalId=ifcopenshell.guid.new(), Name=set_name, HasProperties=[
                new("IfcPropertySingleValue", Name=k, NominalValue=new("IfcLabel" if k == "Name" else "IfcReal", v))
                for k, v in said.items()])
            new("IfcRelDefinesByProperties", GlobalId=ifcopenshell.guid.new(), RelatingPropertyDefinition=pset,
                RelatedObjects=[self.model.by_type(owner)[0]])
        return self

    def degrees(self, lat=(31, 21, 0), lon=(121, 15, 0), elevation=0.0):
        self.site.RefLatitude, self.site.RefLongitude, self.site.RefElevation = lat, lon, elevation
        return self

    def north(self, x, y):
        self.context.TrueNorth = self.model.create_entity("IfcDirection", (float(x), float(y)))
        return self

    def box(self, at=(0.0, 0.0, 0.0), size_m=(12.0, 8.0, 6.0), shape_at=(0.0, 0.0, 0.0)):
        """A wall-like solid whose placement stands at `at` and whose shape lies at `shape_at`, project units."""
        new, size = self.model.create_entity, [v / self.unit_m for v in size_m]
        profile = new("IfcRectangleProfileDef", ProfileType="AREA", XDim=size[0], YDim=size[1],
                      Position=new("IfcAxis2Placement2D", Location=new("IfcCartesianPoint", (0.0, 0.0))))
        solid = new("IfcExtrudedAreaSolid", SweptArea=profile, Position=self.axes(shape_at), Depth=size[2],
                    ExtrudedDirection=new("IfcDirection", (0.0, 0.0, 1.0)))
        shape = new("IfcShapeRepresentation", ContextOfItems=self.context, RepresentationIdentifier="Body",
                    RepresentationType="SweptSolid", Items=[solid])
        new("IfcWall", GlobalId=ifcopenshell.guid.new(), Name="box",
            ObjectPlacement=self.placed(at, self.site.ObjectPlacement),
            Representation=new("IfcProductDefinitionShape", Representations=[shape]))
        return self

    def write(self, path: Path) -> Path:
        self.model.write(str(path))
        return path
