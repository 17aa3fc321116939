"""Which elements a task is about, and what stands at an instant."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from twin.schedule import (
    DEMOLISHED,
    EARLY,
    FINISHED,
    LATE,
    NEVER,
    NOT_YET,
    UNDER_WAY,
    UNPLANNED,
    Schedule,
    Task,
    TaskRule,
    mapped,
)

FEATURES = pa.table({"guid": ["a", "b", "c", "d"], "class": ["IfcWall", "IfcWallStandardCase", "IfcSlab", "IfcWall"],
                     "storey": ["EG", "EG", "EG", "OG"], "name": ["Inner wall", "Outer wall", "Floor", None],
                     "type": ["T1", "T1", "T2", "T1"], "material": [None] * 4})


def plan(*tasks: Task) -> Schedule:
    return Schedule("csv", tasks)


def task(id="1", **fields) -> Task:
    return Task(id=id, name=f"Task {id}", **{"start_ns": 10, "finish_ns": 20, **fields})


def states(made, *instants, mode="planned") -> list[list[int]]:
    return [made.states(now, mode).tolist() for now in instants]


def test_an_element_is_begun_with_its_first_task_and_done_with_its_last():
    made = mapped(plan(task("1", guids=("a",)), task("2", start_ns=30, finish_ns=40, guids=("a", "c"))), FEATURES, ())
    assert states(made, 9, 10, 25, 40) == [[NOT_YET, UNPLANNED, NOT_YET, UNPLANNED],
                                           [UNDER_WAY, UNPLANNED, NOT_YET, UNPLANNED],
                                           [UNDER_WAY, UNPLANNED, NOT_YET, UNPLANNED],
                                           [FINISHED, UNPLANNED, FINISHED, UNPLANNED]]


def test_rules_by_class_storey_name_and_guid_add_to_what_the_file_says():
    rules = (TaskRule(tasks=("1",), ifc_class="IfcWall", storey="eg"), TaskRule(tasks=("2", "gone"), guids=("d",)),
             TaskRule(tasks=("3",), name="floor"))
    tasks = plan(task("1"), task("2", guids=("b",)), task("3"), task("4"), task("5", summary=True))
    made = mapped(tasks, FEATURES, rules)
    assert made.pairs.tolist() == [[0, 0], [0, 1], [1, 1], [1, 3], [2, 2]]
    assert made.unmapped_tasks == [3] and not made.unmapped_elements.any() and made.unknown == ("gone",)


def test_a_rule_may_name_a_task_by_what_people_call_it():
    """A GlobalId is nothing to type; where a number is another task's id, that one is meant."""
    tasks = plan(task("0f$x", number="A1"), task("1kQz", number="A1"), task("B2", number="A2"),
                 task("7uTw", number="B2"))
    rules = (TaskRule(tasks=("A1",), guids=("a",)), TaskRule(tasks=("B2",), guids=("b",)))
    made = mapped(tasks, FEATURES, rules)
    assert made.pairs.tolist() == [[0, 0], [2, 1]] and made.unknown == ()


def test_what_is_demolished_stood_before_and_is_gone_after():
    made = mapped(plan(task(kind="demolish", guids=("a",))), FEATURES, ())
    assert [row[0] for row in states(made, 0, 19, 20)] == [FINISHED, FINISHED, DEMOLISHED]


def test_plan_and_reality_differ():
    made = mapped(plan(task("1", guids=("a",), actual_start_ns=15), task("2", guids=("b",), actual_start_ns=5,
                                                                        actual_finish_ns=12),
                       task("3", guids=("c",))), FEATURES, ())
    assert states(made, 12, 22, mode="compare") == [[LATE, EARLY, LATE, UNPLANNED], [LATE, FINISHED, LATE, UNPLANNED]]
    assert states(made, 22, mode="actual") == [[UNDER_WAY, FINISHED, NOT_YET, UNPLANNED]]


def test_a_task_without_an_end_is_never_finished():
    made = mapped(plan(task(finish_ns=None, guids=("a",))), FEATURES, ())
    assert made.planned[0].tolist() == [10, NEVER, NEVER] and states(made, 10**9)[0][0] == UNDER_WAY


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50), st.integers(0, 50)), max_size=8), st.integers(0, 60),
       st.integers(0, 60))
def test_time_only_ever_builds_on(rows, a, b):
    tasks = [task(str(n), start_ns=min(x, y), finish_ns=max(x, y), guids=("abcd"[e],))
             for n, (e, x, y) in enumerate(rows)]
    made = mapped(plan(*tasks), FEATURES, ())
    early, late = (made.states(t, "planned") for t in sorted((a, b)))
    assert (early <= late).all()
