"""Elements that are instances of the very same shape: the kernels make it once, the others are only placed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from bim.attributes import attribute
from bim.openings import bodies_of


def alike(product) -> Hashable:
    """The kernels make the same, in its own axes, of all elements with the same: maps, how these are turned and scaled,
    styles, and what colours are taken from where there is no style. `product` consists of mapped items.
    """
    shapes = tuple((body.RepresentationIdentifier, body.RepresentationType, _number(body.ContextOfItems),
                    tuple((item.MappingSource.id(), _values(item.MappingTarget), _styles(item)) for item in body.Items))
                   for body in bodies_of(product.Representation))
    return product.is_a(), _material(product), shapes


def _number(entity) -> int:
    return entity.id() if entity is not None else 0


def _values(entity) -> tuple:
    """Every copy of an element has an own operator of the same values."""
    return entity.is_a(), *(_values(value) if hasattr(value, "is_a") else value for value in entity)


def _styles(item) -> tuple[int, ...]:
    return tuple(style.id() for styled in item.StyledByItem for style in styled.Styles)


def _material(product) -> tuple[int, ...]:
    """Ids of materials, or of what the type may give where the element has none of its own."""
    own = [relation.RelatingMaterial for relation in attribute(product, "HasAssociations") or ()
           if relation.is_a("IfcRelAssociatesMaterial")]
    if not own:
        relations = attribute(product, "IsTypedBy")
        if relations is None:                                # IFC2x3
            relations = [one for one in product.IsDefinedBy if one.is_a("IfcRelDefinesByType")]
        return 0, *(_number(relation.RelatingType) for relation in relations)
    return tuple(number for one in own for number in _of_list(one))


def _of_list(material) -> list[int]:
    """Copies of a list are many, its materials few."""
    if material is not None and material.is_a("IfcMaterialList"):
        return [_number(one) for one in material.Materials]
    return [_number(material)]


def place_of(settings: Any, product) -> np.ndarray:
    """(4, 4) f8 from the axes of `product` to the model's, metres, as the kernels place it."""
    from ifcopenshell.ifcopenshell_wrapper import map_shape
    return np.array(map_shape(settings, product.ObjectPlacement).components) if product.ObjectPlacement else np.eye(4)
