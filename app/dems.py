"""The elevation models of a terrain as one list, the first one goes before all others; edits of its source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twin.frame import normal_crs
from twin.layer import Dem, Layer, Source
from twin.text import tr
from twin.trouble import Trouble

UNITS = {"": "As the file says", "m": "Metres", "ft": "Feet", "us-ft": "US survey feet"}
DATUMS = {"": "As the project", "1985": "1985", "wusong": "Wusong", "ellipsoid": "Ellipsoid"}


def models_of(layer: Layer) -> tuple[Dem, ...]:
    """All of them; of the last one the way into what lies beneath means nothing."""
    source = layer.source
    if source is None:
        return ()
    return (*source.over, Dem(path=source.path, crs=source.crs, height_datum=source.height_datum, unit=source.unit))


def with_models(layer: Layer, models: tuple[Dem, ...]) -> Layer:
    """The layer with these elevation models; at least one."""
    *over, last = models
    source = replace(layer.source or Source(path=last.path), path=last.path, crs=last.crs, unit=last.unit,
                     height_datum=last.height_datum, over=tuple(over))
    return replace(layer, source=source)


def added(layer: Layer, path: str | Path, **said) -> Layer:
    """With one more before all others. Raises Trouble where it is there already, or holds no heights."""
    from cim.mosaic import refuse_others
    refuse_others(Path(path))
    path = str(Path(path).absolute())
    if any(model.path == path for model in models_of(layer)):
        raise Trouble(tr("This elevation model is in the terrain already."), way_out=tr("Move it in the list."),
                      path=path)
    if said.get("crs"):
        said["crs"] = normal_crs(said["crs"])
    return with_models(layer, (Dem(path=path, **said), *models_of(layer)))


def moved(layer: Layer, at: int, to: int) -> Layer:
    models = list(models_of(layer))
    models.insert(to, models.pop(at))
    return with_models(layer, tuple(models))


def removed(layer: Layer, at: int) -> Layer:
    """Without one of several. Raises Trouble for the only one."""
    models = models_of(layer)
    if len(models) < 2:
        raise Trouble(tr("A terrain needs an elevation model."), way_out=tr("Remove the layer instead."),
                      path=models[0].path if models else "")
    return with_models(layer, tuple(m for n, m in enumerate(models) if n != at))


def changed(layer: Layer, at: int, **fields) -> Layer:
    models = list(models_of(layer))
    models[at] = replace(models[at], **fields)
    return with_models(layer, tuple(models))
