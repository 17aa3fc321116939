"""Rows of two kinds in one array."""

from __future__ import annotations

import numpy as np
import pytest

from cim.weaving import laid, woven


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float32])
def test_rows_keep_their_numbers_whatever_type_the_others_have(kind):
    """Moved as bytes, rows of eight bytes a number became others."""
    first, second = np.arange(6, dtype=np.int32).reshape(3, 2), np.arange(10, 14).astype(kind).reshape(2, 2)
    out = laid(first, second, woven(np.array([0, 0, 1]), np.array([0, 1]), 2))
    assert out.tolist() == [[0, 1], [2, 3], [10, 11], [4, 5], [12, 13]] and out.dtype == np.int32
