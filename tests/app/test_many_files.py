"""A program asks for the open files that it needs, and for no more than it is granted."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from app import many_files

FOR_EVER = -1


@pytest.mark.parametrize("limits, after", [((1024, 1_048_576), (10_240, 1_048_576)), ((1024, 4096), (4096, 4096)),
                                           ((256, FOR_EVER), (10_240, FOR_EVER)), ((20_000, 20_000), None),
                                           ((FOR_EVER, FOR_EVER), None)])
def test_the_soft_limit_rises_and_never_falls(monkeypatch, limits, after):
    asked = []
    monkeypatch.setitem(sys.modules, "resource", SimpleNamespace(
        RLIMIT_NOFILE=7, RLIM_INFINITY=FOR_EVER, getrlimit=lambda what: limits,
        setrlimit=lambda what, wanted: asked.append((what, wanted))))
    many_files.allow()
    assert asked == ([(7, after)] if after else [])


def test_where_files_are_not_counted_nothing_is_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)          # importing it fails
    many_files.allow()
