"""A small IFC4 writer over ifcopenshell: boxes, openings, property sets, identifiers that repeat from run to run."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid

Point = tuple[float, float, float]
STAMP = "2026-07-15T00:00:00"
TOOL = "citytwin sample generator"
_SPACE = uuid.UUID("3b1f0c62-6f44-5c1e-9a3e-121250313500")


class IfcWriter:
    """Metres. Every element gets a GlobalId derived from its name, so that two runs write the same bytes."""

    def __init__(self, title: str):
        self.file = ifcopenshell.file(schema="IFC4")
        self.title = title
        make = self.file.create_entity
        self.origin = make("IfcCartesianPoint", (0.0, 0.0, 0.0))
        self.axes = make("IfcAxis2Placement3D", self.origin)
        self.flat = make("IfcAxis2Placement2D", make("IfcCartesianPoint", (0.0, 0.0)))
        self.up = make("IfcDirection", (0.0, 0.0, 1.0))
        self.context = make("IfcGeometricRepresentationContext", ContextType="Model", CoordinateSpaceDimension=3,
                            Precision=1e-5, WorldCoordinateSystem=self.axes)
        self.body = make("IfcGeometricRepresentationSubContext", ContextIdentifier="Body", ContextType="Model",
                         ParentContext=self.context, TargetView="MODEL_VIEW")
        units = [make("IfcSIUnit", UnitType=kind, Name=name) for kind, name in (
            ("LENGTHUNIT", "METRE"), ("AREAUNIT", "SQUARE_METRE"), ("VOLUMEUNIT", "CUBIC_METRE"),
            ("PLANEANGLEUNIT", "RADIAN"))]
        self.project = make("IfcProject", GlobalId=self.guid("project"), Name=title,
                            Description="Synthetic data", RepresentationContexts=[self.context],
                            UnitsInContext=make("IfcUnitAssignment", units))
        self._styles: dict[str, Any] = {}

    def guid(self, name: str) -> str:
        return ifcopenshell.guid.compress(uuid.uuid5(_SPACE, f"{self.title}/{name}").hex)

    # -- structure ------------------------------------------------------------------------------------

    def spatial(self, kind: str, name: str, parent, z: float = 0.0, **facts):
        """A site, building or storey under its parent."""
        place = self.place((0.0, 0.0, z), parent)
        thing = self.file.create_entity(kind, GlobalId=self.guid(f"{kind} {name}"), Name=name, ObjectPlacement=place,
                                        CompositionType="ELEMENT", **facts)
        self.file.create_entity("IfcRelAggregates", GlobalId=self.guid(f"in {kind} {name}"), RelatingObject=parent,
                                RelatedObjects=[thing])
        return thing

    def place(self, at: Point, parent=None):
        holder = getattr(parent, "ObjectPlacement", None)
        axes = self.file.create_entity("IfcAxis2Placement3D", self.file.create_entity("IfcCartesianPoint", at))
        return self.file.create_entity("IfcLocalPlacement", PlacementRelTo=holder, RelativePlacement=axes)

    def contain(self, storey, elements: list) -> None:
        self.file.create_entity("IfcRelContainedInSpatialStructure", GlobalId=self.guid(f"content {storey.Name}"),
                                RelatingStructure=storey, RelatedElements=elements)

    def georeference(self, crs: str, easting: float, northing: float, height: float, axis: tuple[float, float]) -> None:
        target = self.file.create_entity(
            "IfcProjectedCRS", Name=crs, MapUnit=self.file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT",
                                                                         Name="METRE"))
        self.file.create_entity("IfcMapConversion", SourceCRS=self.context, TargetCRS=target, Eastings=easting,
                                Northings=northing, OrthogonalHeight=height, XAxisAbscissa=axis[0],
                                XAxisOrdinate=axis[1], Scale=1.0)

    # -- shapes ---------------------------------------------------------------------------------------

    def box(self, at: Point, size: Point, style: str = ""):
        """An extruded rectangle with its lower corner at `at`."""
        make = self.file.create_entity
        centre = make("IfcCartesianPoint", (at[0] + size[0] / 2, at[1] + size[1] / 2, at[2]))
        profile = make("IfcRectangleProfileDef", ProfileType="AREA", Position=self.flat, XDim=size[0], YDim=size[1])
        solid = make("IfcExtrudedAreaSolid", profile, make("IfcAxis2Placement3D", centre), self.up, size[2])
        if style:
            make("IfcStyledItem", Item=solid, Styles=[self._styles[style]])
        return solid

    def shape(self, solids: list, kind: str = "SweptSolid"):
        rep = self.file.create_entity("IfcShapeRepresentation", self.body, "Body", kind, solids)
        return self.file.create_entity("IfcProductDefinitionShape", Representations=[rep])

    def shared(self, solids: list):
        """A representation that many elements map."""
        rep = self.file.create_entity("IfcShapeRepresentation", self.body, "Body", "SweptSolid", solids)
        return self.file.create_entity("IfcRepresentationMap", self.axes, rep)

    def mapped(self, source):
        target = self.file.create_entity("IfcCartesianTransformationOperator3D", LocalOrigin=self.origin)
        return self.shape([self.file.create_entity("IfcMappedItem", source, target)], "MappedRepresentation")

    def style(self, name: str, rgb: tuple[float, float, float], transparency: float = 0.0) -> None:
        make = self.file.create_entity
        shading = make("IfcSurfaceStyleRendering", SurfaceColour=make("IfcColourRgb", None, *rgb),
                       Transparency=transparency, ReflectanceMethod="NOTDEFINED")
        self._styles[name] = make("IfcSurfaceStyle", Name=name, Side="BOTH", Styles=[shading])

    # -- elements -------------------------------------------------------------------------------------

    def element(self, kind: str, name: str, storey, shape, at: Point = (0.0, 0.0, 0.0), **facts):
        return self.file.create_entity(kind, GlobalId=self.guid(f"{kind} {name}"), Name=name, Representation=shape,
                                       ObjectPlacement=self.place(at, storey), **facts)

    def opening(self, host, name: str, storey, at: Point, size: Point, filling=None) -> None:
        """Cut a box out of `host`; `filling` is the door or window in it."""
        hole = self.element("IfcOpeningElement", name, storey, self.shape([self.box(at, size)]))
        self.file.create_entity("IfcRelVoidsElement", GlobalId=self.guid(f"void {name}"), RelatingBuildingElement=host,
                                RelatedOpeningElement=hole)
        if filling is not None:
            self.file.create_entity("IfcRelFillsElement", GlobalId=self.guid(f"fill {name}"),
                                    RelatingOpeningElement=hole, RelatedBuildingElement=filling)

    def properties(self, name: str, elements: list, values: dict[str, tuple[str, Any]], key: str = "") -> None:
        """One property set for many elements: {property: (IFC measure type, value)}."""
        make = self.file.create_entity
        single = [make("IfcPropertySingleValue", Name=prop, NominalValue=make(kind, value))
                  for prop, (kind, value) in values.items()]
        key = key or elements[0].Name
        pset = make("IfcPropertySet", GlobalId=self.guid(f"{name} {key}"), Name=name, HasProperties=single)
        make("IfcRelDefinesByProperties", GlobalId=self.guid(f"has {name} {key}"), RelatedObjects=elements,
             RelatingPropertyDefinition=pset)

    def material(self, name: str, elements: list) -> None:
        material = self.file.create_entity("IfcMaterial", Name=name)
        self.file.create_entity("IfcRelAssociatesMaterial", GlobalId=self.guid(f"material {name}"),
                                RelatedObjects=elements, RelatingMaterial=material)

    def write(self, path: Path) -> None:
        header = self.file.header
        header.file_name.name = path.name
        header.file_name.time_stamp = STAMP
        header.file_name.originating_system = TOOL
        header.file_name.preprocessor_version = TOOL
        header.file_description.description = ("ViewDefinition [ReferenceView_V1.2]", "Synthetic data")
        self.file.write(str(path))
