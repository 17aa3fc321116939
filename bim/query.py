"""Elements by IfcOpenShell's selector, or by a few letters of their name, as a table."""

from __future__ import annotations

import re

from bim.kept import kept_model
from bim.property_values import KNOWN, arrow, values
from bim.structure import name_of, natural
from twin.class_words import is_called
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

COLUMNS = ("guid", "class", "name", "storey", "type")
EXAMPLE = 'IfcDoor, Pset_DoorCommon.FireRating="EI30"'
PLAIN = re.compile(r"^[^=<>*!,+/\"]+$")
ANY = re.compile(r"(?<![!<>*])=\s*\*(?=\s*(?:[,+]|$))")          # "=*", as people ask for any value
CLASS = re.compile(r"\bIfc[A-Za-z]\w*")


def query(path: str, selector: str, properties: tuple[str, ...] = (), progress: Progress | None = None):
    """Runs in a worker: Arrow table of `COLUMNS` and the asked `properties` (the name is in the field's metadata, the
    head has the unit too), by class, storey and name.

    Raises Trouble for what is no selector.
    """
    if progress:
        progress(0.0, 0.0, tr("Searching"))
    model = kept_model(path)
    return table_of(found(model, selector, path), model, properties)


def found(model, selector: str, path: str = "") -> list:
    """The elements that a selector means; openings are no elements. A plain word is looked for in names, and as what
    people call a class.
    """
    text = selector.strip()
    if not text:
        raise Trouble(tr("Nothing was asked for."), way_out=tr("Try {example}.", example=EXAMPLE), path=path)
    if _plain(text):
        return _named(model, text)
    _check_classes(model, text, path)
    return [e for e in _selected(model, text, path) if not e.is_a("IfcTypeObject")]


def _plain(text: str) -> bool:
    """Neither a class, a GlobalId nor a comparison."""
    return bool(PLAIN.match(text)) and not text.startswith("Ifc") and not re.match(r"^[0-3][\w$]{21}$", text)


def _named(model, text: str) -> list:
    import ifcopenshell
    sought = text.casefold()
    classes = [declared.name() for declared in ifcopenshell.schema_by_name(model.schema_identifier).entities()
               if is_called(declared.name(), text)]
    return [e for e in model.by_type("IfcObject")
            if (sought in (name_of(e) or "").casefold() or any(map(e.is_a, classes)))
            and not e.is_a("IfcFeatureElementSubtraction")]


def _check_classes(model, text: str, path: str) -> None:
    """The selector takes a class that does not exist for one without elements."""
    import ifcopenshell
    schema = ifcopenshell.schema_by_name(model.schema_identifier)
    for name in CLASS.findall(re.sub(r'"[^"]*"|/[^/]*/', "", text)):
        try:
            schema.declaration_by_name(name)
        except RuntimeError:
            raise Trouble(tr("{schema} knows no class {name}.", schema=model.schema, name=name),
                          way_out=tr("Try {example}.", example=EXAMPLE), path=path) from None


def _selected(model, text: str, path: str) -> set:
    import ifcopenshell.util.selector as selectors
    import lark
    try:
        return selectors.filter_elements(model, ANY.sub("!= NULL", text))
    except lark.exceptions.UnexpectedInput as error:
        at = getattr(error, "column", -1)
        cause = tr("It breaks at letter {n}", n=at) if isinstance(at, int) and at > 0 else tr("It ends too early")
        raise Trouble(tr("This is no selector."), cause=cause, way_out=tr("Try {example}.", example=EXAMPLE),
                      path=path) from None
    except (lark.exceptions.LarkError, re.error, RuntimeError, AttributeError, TypeError, ValueError) as error:
        raise Trouble(tr("This selector cannot be used."), cause=str(error).splitlines()[0][:200],
                      way_out=tr("Try {example}.", example=EXAMPLE), path=path) from None


def table_of(elements: list, model, properties: tuple[str, ...] = ()):
    import pyarrow as pa
    rows = [(e.is_a(), KNOWN["storey"](e), name_of(e), e.GlobalId, KNOWN["type"](e), e.id()) for e in elements]
    rows.sort(key=lambda row: (row[0], row[1] or "", natural(row[2] or "")))
    kinds, storeys, names, guids, types, numbers = list(zip(*rows)) or [()] * 6
    columns = [pa.array(column, pa.string()) for column in (guids, kinds, names, storeys, types)]
    heads = [pa.field(name, pa.string()) for name in COLUMNS]
    for name in properties:
        said, unit = values(model, name)
        columns.append(arrow([said.get(number) for number in numbers]))
        heads.append(pa.field(unit.head(name), columns[-1].type, metadata={"property": name}))
    return pa.table(columns, schema=pa.schema(heads))
