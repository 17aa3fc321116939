"""Arrow without pandas: at its first array pyarrow imports pandas where that is installed, for a quarter of a second in
every process, and nothing here uses it.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

PANDAS = "pandas"


class _Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == PANDAS:
            raise ModuleNotFoundError(name=name)


def spare_pandas() -> None:
    """Let pyarrow look for it once and not find it; whoever imports it later gets it."""
    if PANDAS in sys.modules:
        return
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        import pyarrow as pa
        pa.array([""])
    finally:
        sys.meta_path.remove(absent)
