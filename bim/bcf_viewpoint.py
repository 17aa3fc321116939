"""The XML of a viewpoint, in the order that the schemas of BCF 2.1 and 3.0 ask for."""

from __future__ import annotations

from bim.bcf_values import Eye, Vector, Viewpoint

ASPECT = 1.6                              # of a camera that does not say it


def viewpoint_root(view: Viewpoint, three: bool, aspect: float = ASPECT):
    from lxml import etree
    root = etree.Element("VisualizationInfo", Guid=view.guid)
    _add_components(root, view, three)
    if view.eye is not None:
        _add_camera(root, view.eye, three, aspect)
    if view.planes:
        planes = etree.SubElement(root, "ClippingPlanes")
        for place, direction in view.planes:
            plane = etree.SubElement(planes, "ClippingPlane")
            _add_vector(plane, "Location", place)
            _add_vector(plane, "Direction", direction)
    return root


def _add_components(root, view: Viewpoint, three: bool) -> None:
    """The hints stand inside the visibility in 3.0, before everything else in 2.1."""
    from lxml import etree
    held = etree.SubElement(root, "Components")
    if not three and view.spaces is not None:
        _add_hints(held, view.spaces)
    if view.selection:
        _add_guids(etree.SubElement(held, "Selection"), view.selection)
    visible = etree.SubElement(held, "Visibility", DefaultVisibility=_bool(view.default_visible))
    if three and view.spaces is not None:
        _add_hints(visible, view.spaces)
    if view.exceptions:
        _add_guids(etree.SubElement(visible, "Exceptions"), view.exceptions)
    if view.coloring:
        coloring = etree.SubElement(held, "Coloring")
        for color, guids in view.coloring:
            element = etree.SubElement(coloring, "Color", Color=f"FF{color.lstrip('#').upper()}")
            _add_guids(etree.SubElement(element, "Components") if three else element, guids)


def _add_hints(parent, spaces: bool) -> None:
    from lxml import etree
    etree.SubElement(parent, "ViewSetupHints", SpacesVisible=_bool(spaces), SpaceBoundariesVisible="false",
                     OpeningsVisible="false")


def _add_guids(parent, guids) -> None:
    from lxml import etree
    for guid in guids:
        etree.SubElement(parent, "Component", IfcGuid=guid)


def _add_camera(root, eye: Eye, three: bool, aspect: float) -> None:
    from lxml import etree
    camera = etree.SubElement(root, "OrthogonalCamera" if eye.height_m > 0 else "PerspectiveCamera")
    _add_vector(camera, "CameraViewPoint", eye.position)
    _add_vector(camera, "CameraDirection", eye.direction)
    _add_vector(camera, "CameraUpVector", eye.up)
    if eye.height_m > 0:
        etree.SubElement(camera, "ViewToWorldScale").text = repr(float(eye.height_m))
    else:
        etree.SubElement(camera, "FieldOfView").text = repr(float(eye.field_deg))
    if three:
        etree.SubElement(camera, "AspectRatio").text = repr(float(aspect))


def _add_vector(parent, name: str, vector: Vector) -> None:
    from lxml import etree
    element = etree.SubElement(parent, name)
    for axis, value in zip("XYZ", vector):
        etree.SubElement(element, axis).text = repr(float(value))


def _bool(value: bool) -> str:
    return "true" if value else "false"
