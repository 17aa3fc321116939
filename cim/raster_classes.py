"""What the colours of a raster with a colour table mean: a land cover or zoning map is classes, not a photograph."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

log = logging.getLogger("citytwin")
MOST = 64                                  # more colours than this, none of them named, is a scan or a photograph
Classes = tuple[tuple[int, tuple[int, int, int], str], ...]


def classes_of(path, index: np.ndarray, alpha: np.ndarray, palette: np.ndarray) -> Classes:
    """(value, colour, name or "") of the values that are seen in `index` (rows, cols); see `Imagery.classes`."""
    names, seen = names_of(path), np.zeros(len(palette), bool)
    seen[index[alpha > 0]] = True
    values = np.flatnonzero(seen & (palette[:, 3] > 0)).tolist()
    if not names and len(values) > MOST:
        return ()
    return tuple((value, tuple(palette[value, :3].tolist()), names.get(value, "")) for value in values)


def names_of(path) -> dict[int, str]:
    """Value -> name, as GDAL and what builds on it keep them beside a raster (FILE.aux.xml): category names, or an
    attribute table with a column of values and one of names. {} where there are none, or none that can be read."""
    from lxml import etree
    beside = Path(f"{path}.aux.xml")
    if not beside.is_file():
        return {}
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        band = etree.parse(str(beside), parser).getroot().find("PAMRasterBand")
    except (OSError, etree.XMLSyntaxError) as error:
        log.warning("The names of classes cannot be read: %s: %s", error, beside)
        return {}
    if band is None:
        return {}
    listed = {n: said.text.strip() for n, said in enumerate(band.iterfind("CategoryNames/Category"))
              if said.text and said.text.strip()}
    return listed or _of_table(band)


def _of_table(band) -> dict[int, str]:
    """Usage 2 is a class's name; 5 its value, 0 a field of any use (see GDALRATFieldUsage)."""
    table = band.find("GDALRasterAttributeTable")
    if table is None:
        return {}
    usages = [field.findtext("Usage", "") for field in table.iterfind("FieldDefn")]
    titles = [field.findtext("Name", "").strip().casefold() for field in table.iterfind("FieldDefn")]
    value = usages.index("5") if "5" in usages else titles.index("value") if "value" in titles else -1
    if value < 0 or "2" not in usages:
        return {}
    out = {}
    for row in table.iterfind("Row"):
        cells = [cell.text or "" for cell in row.iterfind("F")]
        try:
            out[int(float(cells[value]))] = cells[usages.index("2")].strip()
        except (ValueError, IndexError):
            continue
    return out
