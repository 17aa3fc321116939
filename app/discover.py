"""Every layer type and its visual, imported once: a new file in `layers/` needs no other change."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache


@cache
def layer_types() -> None:
    """Register all layer types and visuals."""
    import layers
    for module in pkgutil.iter_modules(layers.__path__):
        importlib.import_module(f"layers.{module.name}")
