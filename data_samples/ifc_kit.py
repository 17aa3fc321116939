"""A small kit of parts over ifcopenshell: solids, styles, shared shapes, placements, property sets."""

from __future__ import annotations

import uuid
from math import atan2, cos, hypot, sin

import ifcopenshell
import ifcopenshell.api
import ifcopenshell.guid

STAMP = "2026-07-15T00:00:00"
NAMESPACE = uuid.UUID("5d0c3f0e-7a4b-4f0c-9f6e-310114310114")
# style -> (red, green, blue, transparency)
STYLES = {
    "white concrete": (0.93, 0.92, 0.90, 0.0),
    "grey": (0.62, 0.64, 0.66, 0.0),
    "glass": (0.62, 0.76, 0.82, 0.62),
    "frame": (0.34, 0.36, 0.39, 0.0),
    "timber": (0.74, 0.61, 0.46, 0.0),
    "plaster": (0.96, 0.955, 0.94, 0.0),
    "floor": (0.80, 0.79, 0.77, 0.0),
    "fabric": (0.38, 0.46, 0.52, 0.0),
    "device": (0.96, 0.96, 0.97, 0.0),
    "space": (0.55, 0.72, 0.85, 0.82),
}


def begin(
    crs: str,
    easting: float,
    northing: float,
    height: float,
    angle_rad: float,
    name: str,
    styles: dict[str, tuple[float, float, float, float]] = STYLES,
) -> Kit:
    """An empty IFC4 file in metres, placed on the Earth."""
    run = ifcopenshell.api.run
    model = run("project.create_file", version="IFC4")
    project = run("root.create_entity", model, ifc_class="IfcProject", name=name)
    units = [
        run("unit.add_si_unit", model, unit_type=kind)
        for kind in ("LENGTHUNIT", "AREAUNIT", "VOLUMEUNIT", "PLANEANGLEUNIT")
    ]
    # assign_unit goes through a set, whose order is that of addresses in memory: ours is that of the list.
    run("unit.assign_unit", model, units=units).Units = units
    context = run("context.add_context", model, context_type="Model")
    body = run(
        "context.add_context",
        model,
        context_type="Model",
        context_identifier="Body",
        target_view="MODEL_VIEW",
        parent=context,
    )
    run("georeference.add_georeferencing", model)
    run(
        "georeference.edit_georeferencing",
        model,
        projected_crs={
            "Name": crs,
            "Description": "CGCS2000 / 3-degree Gauss-Kruger CM 120E",
            "GeodeticDatum": "CGCS2000",
            "VerticalDatum": "1985 Yellow Sea",
            "MapProjection": "Gauss-Kruger",
        },
        coordinate_operation={
            "Eastings": easting,
            "Northings": northing,
            "OrthogonalHeight": height,
            "XAxisAbscissa": cos(angle_rad),
            "XAxisOrdinate": sin(angle_rad),
            "Scale": 1.0,
        },
    )
    return Kit(model, project, body, styles)


class Kit:
    def __init__(self, model, project, body, styles):
        self.model, self.project, self.body = model, project, body
        self.styles = {name: self._style(name, *values) for name, values in styles.items()}
        self.up = model.createIfcDirection((0.0, 0.0, 1.0))
        self.origin = self.axes(0, 0, 0)

    # -- geometry ------------------------------------------------------------------------------------

    def axes(self, x, y, z, turn_rad: float = 0.0):
        m = self.model
        return m.createIfcAxis2Placement3D(
            m.createIfcCartesianPoint((float(x), float(y), float(z))),
            self.up_or(),
            m.createIfcDirection((cos(turn_rad), sin(turn_rad), 0.0)),
        )

    def up_or(self):
        return getattr(self, "up", None) or self.model.createIfcDirection((0.0, 0.0, 1.0))

    def box(self, x, y, z, dx, dy, dz, style: str):
        """A box from its lower corner."""
        m = self.model
        middle = m.createIfcAxis2Placement2D(m.createIfcCartesianPoint((dx / 2, dy / 2)), None)
        profile = m.createIfcRectangleProfileDef("AREA", None, middle, float(dx), float(dy))
        return self._styled(
            m.createIfcExtrudedAreaSolid(profile, self.axes(x, y, z), self.up, float(dz)), style
        )

    def prism(self, outline, holes, z, dz, style: str):
        """An extruded polygon; `outline` and `holes` are lists of (x, y)."""
        m = self.model

        def ring(points):
            return m.createIfcPolyline(
                [m.createIfcCartesianPoint((float(x), float(y))) for x, y in [*points, points[0]]]
            )

        profile = (
            m.createIfcArbitraryProfileDefWithVoids("AREA", None, ring(outline), [ring(h) for h in holes])
            if holes
            else m.createIfcArbitraryClosedProfileDef("AREA", None, ring(outline))
        )
        return self._styled(
            m.createIfcExtrudedAreaSolid(profile, self.axes(0, 0, z), self.up, float(dz)), style
        )

    def side(self, outline, y0, y1, style: str):
        """A side view, `outline` of (x, z), drawn out from `y0` to `y1`."""
        m = self.model
        ring = m.createIfcPolyline(
            [m.createIfcCartesianPoint((float(x), float(z))) for x, z in [*outline, outline[0]]]
        )
        at = m.createIfcAxis2Placement3D(
            m.createIfcCartesianPoint((0.0, float(y1), 0.0)),
            m.createIfcDirection((0.0, -1.0, 0.0)),
            m.createIfcDirection((1.0, 0.0, 0.0)),
        )
        profile = m.createIfcArbitraryClosedProfileDef("AREA", None, ring)
        return self._styled(m.createIfcExtrudedAreaSolid(profile, at, self.up, float(y1 - y0)), style)

    def shape(self, items):
        m = self.model
        return m.createIfcProductDefinitionShape(
            None, None, [m.createIfcShapeRepresentation(self.body, "Body", "SweptSolid", items)]
        )

    def shared(self, items):
        """A shape that many elements point at."""
        m = self.model
        return m.createIfcRepresentationMap(
            self.origin, m.createIfcShapeRepresentation(self.body, "Body", "SweptSolid", items)
        )

    def mapped(self, source):
        m = self.model
        operator = m.createIfcCartesianTransformationOperator3D(
            None, None, m.createIfcCartesianPoint((0.0, 0.0, 0.0)), 1.0, None
        )
        item = m.createIfcMappedItem(source, operator)
        return m.createIfcProductDefinitionShape(
            None, None, [m.createIfcShapeRepresentation(self.body, "Body", "MappedRepresentation", [item])]
        )

    # -- elements ------------------------------------------------------------------------------------

    def element(
        self,
        ifc_class: str,
        name: str,
        shape=None,
        at=(0.0, 0.0, 0.0),
        turn_rad: float = 0.0,
        within=None,
        **attributes,
    ):
        """An element placed relative to `within` (another element's placement)."""
        made = self.model.create_entity(ifc_class, GlobalId=ifcopenshell.guid.new(), Name=name, **attributes)
        made.ObjectPlacement = self.model.createIfcLocalPlacement(
            within.ObjectPlacement if within else None, self.axes(*at, turn_rad)
        )
        made.Representation = shape
        return made

    def relate(self, ifc_class: str, **attributes):
        return self.model.create_entity(ifc_class, GlobalId=ifcopenshell.guid.new(), **attributes)

    def typed(self, ifc_class: str, name: str, source, elements, **attributes):
        made = self.model.create_entity(
            ifc_class, GlobalId=ifcopenshell.guid.new(), Name=name, RepresentationMaps=[source], **attributes
        )
        self.relate("IfcRelDefinesByType", RelatedObjects=elements, RelatingType=made)
        return made

    def pset(self, elements, name: str, values: dict) -> None:
        """One property set shared by all of `elements`."""
        m = self.model
        made = [
            m.createIfcPropertySingleValue(key, None, self._value(value), None)
            for key, value in values.items()
        ]
        pset = m.create_entity(
            "IfcPropertySet", GlobalId=ifcopenshell.guid.new(), Name=name, HasProperties=made
        )
        self.relate(
            "IfcRelDefinesByProperties", RelatedObjects=list(elements), RelatingPropertyDefinition=pset
        )

    def quantities(self, element, name: str, areas: dict, lengths: dict, volumes: dict) -> None:
        m = self.model
        made = [m.createIfcQuantityArea(k, None, None, round(float(v), 3), None) for k, v in areas.items()]
        made += [
            m.createIfcQuantityLength(k, None, None, round(float(v), 3), None) for k, v in lengths.items()
        ]
        made += [
            m.createIfcQuantityVolume(k, None, None, round(float(v), 3), None) for k, v in volumes.items()
        ]
        pset = m.create_entity(
            "IfcElementQuantity", GlobalId=ifcopenshell.guid.new(), Name=name, Quantities=made
        )
        self.relate("IfcRelDefinesByProperties", RelatedObjects=[element], RelatingPropertyDefinition=pset)

    def opening(self, host, name: str, along, across, width, thick, height, sill, within):
        """A hole through `host`, in the host's own axes."""
        solid = self.box(0, -0.1, 0, width, thick + 0.2, height, "")
        made = self.element(
            "IfcOpeningElement", name, self.shape([solid]), (along, across, sill), 0.0, within
        )
        self.relate("IfcRelVoidsElement", RelatingBuildingElement=host, RelatedOpeningElement=made)
        return made

    def finish(self, name: str, seed: str = "") -> str:
        """The text of the file `name`, with identifiers and time stamp that are the same at every run.

        `seed` sets the identifiers apart from those of the sample's other files.
        """
        for number, root in enumerate(self.model.by_type("IfcRoot")):
            root.GlobalId = ifcopenshell.guid.compress(uuid.uuid5(NAMESPACE, f"{seed}{root.is_a()}:{number}").hex)
        header = self.model.header
        header.file_name.time_stamp = STAMP
        header.file_name.name = name
        header.file_name.preprocessor_version = header.file_name.originating_system = (
            "citytwin data_samples (synthetic)"
        )
        return self.model.to_string()

    # -- details -------------------------------------------------------------------------------------

    def _styled(self, item, style: str):
        if style:
            self.model.createIfcStyledItem(item, [self.styles[style]], None)
        return item

    def _style(self, name, red, green, blue, transparency):
        m = self.model
        shading = m.createIfcSurfaceStyleShading(m.createIfcColourRgb(None, red, green, blue), transparency)
        return m.createIfcSurfaceStyle(name, "BOTH", [shading])

    def _value(self, value):
        kinds = {bool: "IfcBoolean", int: "IfcInteger", float: "IfcReal", str: "IfcLabel"}
        return self.model.create_entity(kinds[type(value)], value)


def bearing(x0, y0, x1, y1) -> tuple[float, float]:
    """Length and direction of a wall's axis."""
    return hypot(x1 - x0, y1 - y0), atan2(y1 - y0, x1 - x0)
