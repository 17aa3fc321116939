"""Natural breaks: classes of numbers whose members differ least among themselves (Fisher 1958, Jenks 1977)."""

from __future__ import annotations

import numpy as np

MOST_GROUPS, MOST_GAPS = 400, 60               # of neighbouring values, beyond which they are taken together


def natural_breaks(known: np.ndarray, count: int) -> np.ndarray:
    """Edges of at most `count` classes, ascending: each class begins with its least member.

    Exact up to `MOST_GROUPS` different values; of more, neighbours of about equal number are taken together first,
    but never over one of the widest gaps.
    """
    values, weights, sums, squares = _groups(known)
    n = len(values)
    count = min(count, n)
    w, s, q = (np.concatenate([[0.0], np.cumsum(a)]) for a in (weights, sums, squares))
    first, last = np.arange(n)[:, None], np.arange(n)[None]
    there = first <= last
    members = np.where(there, w[last + 1] - w[first], 1.0)
    inside = np.where(there, (q[last + 1] - q[first]) - (s[last + 1] - s[first]) ** 2 / members, np.inf)
    best, starts = inside[0], []
    for _ in range(count - 1):
        whole = best[:-1, None] + inside[1:]                 # (where the class before ends, where this one ends)
        starts.append(np.concatenate([[0], whole[:, 1:].argmin(axis=0) + 1]))
        best = np.concatenate([[np.inf], whole[:, 1:].min(axis=0)])
    edges, at = [], n - 1
    for start in reversed(starts):
        edges.append(values[start[at]])
        at = start[at] - 1
    return np.array([values[0], *reversed(edges), float(known.max())])


def _groups(known: np.ndarray) -> tuple[np.ndarray, ...]:
    """Least value, number, sum and sum of squares of each group; sums about the mean, so that they stay exact."""
    values, numbers = np.unique(known, return_counts=True)
    about = values - values.mean()
    starts = np.arange(len(values))
    if len(values) > MOST_GROUPS:
        shares = np.cumsum(numbers) / numbers.sum()
        even = np.searchsorted(shares, np.arange(1, MOST_GROUPS) / MOST_GROUPS) + 1
        wide = np.argsort(np.diff(values))[-MOST_GAPS:] + 1
        starts = np.unique(np.concatenate([[0], even, wide]))
        starts = starts[starts < len(values)]
    return (values[starts], *(np.add.reduceat(a, starts) for a in (numbers.astype(float), numbers * about,
                                                                   numbers * about ** 2)))
