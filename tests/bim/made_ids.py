"""IDS files, written as people write them."""

from __future__ import annotations

from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xs="http://www.w3.org/2001/XMLSchema"
     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
     xsi:schemaLocation="http://standards.buildingsmart.org/IDS http://nowhere.invalid/ids.xsd">
<info><title>Fire</title></info><specifications>"""
TAIL = "</specifications></ids>"


def simple(tag: str, value: str) -> str:
    return f"<{tag}><simpleValue>{value}</simpleValue></{tag}>"


def specification(name: str, entity: str, requirements: str = "", occurs: str = 'minOccurs="0" maxOccurs="unbounded"',
                  versions: str = "IFC2X3 IFC4") -> str:
    asked = f"<requirements>{requirements}</requirements>" if requirements else ""
    return (f'<specification name="{name}" ifcVersion="{versions}"><applicability {occurs}><entity>'
            f'{simple("name", entity)}</entity></applicability>{asked}</specification>')


def property_of(set_name: str, name: str, inner: str = "") -> str:
    return (f'<property cardinality="required">{simple("propertySet", set_name)}{simple("baseName", name)}'
            f'{inner}</property>')


def write_ids(path: Path, *specifications: str) -> Path:
    path.write_text(HEAD + "".join(specifications) + TAIL, encoding="utf-8")
    return path
