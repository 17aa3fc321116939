"""Legends that say the same are one legend, which names all of whom it speaks."""

from __future__ import annotations

from dataclasses import replace

from layers.legend import Legend, added_up, counted, gathered, told_together
from layers.two_sides import joined

RED, GREEN, GREY = ((200, 30, 40), "> 30 min"), ((20, 160, 90), "≤ 15 min"), ((150, 150, 150), "nobody lives there")
POINTS = Legend(title="Minutes on foot", entries=(GREEN, RED), keys=("0", "1"))
HOUSES = replace(POINTS, title="Buildings", entries=(GREEN, RED, GREY), keys=("0", "1", "2"))


def test_a_legend_within_another_one_is_told_by_it_under_both_names():
    """Houses and the points over them had a legend of the same minutes each."""
    for order in ([("houses", HOUSES), ("points", POINTS)], [("points", POINTS), ("houses", HOUSES)]):
        assert told_together(order) == [("houses", replace(HOUSES, title="Minutes on foot, Buildings"))], \
            "first the name that means the classes; the layer is the one that has all of them, for a click on an entry"


def test_what_differs_in_anything_but_its_name_stays_apart():
    ramp = Legend(title="Dust", unit="mg/m³", ramp=(RED[0], GREEN[0]), low=0.0, high=1.0, note="As of 06:41, 4 of 4")
    for other in (replace(ramp, unit="ppm"), replace(ramp, high=2.0), replace(ramp, note="As of 06:41, 3 of 4"),
                  replace(ramp, beyond=(False, True)), replace(HOUSES, entries=(GREEN, ((1, 2, 3), "> 30 min")))):
        pair = [("a", replace(ramp, title="Dust A") if other.ramp else HOUSES), ("b", other)]
        assert told_together(pair) == pair
    empty = [("a", Legend(title="A")), ("b", Legend(title="B"))]
    alone = [(id, Legend(title=id, entries=(RED,), alone=True)) for id in "ab"]
    assert told_together(empty) == empty and told_together(alone) == alone, "those are gathered by their names"


def test_six_models_of_one_building_site_have_one_legend_of_their_sums():
    """Each had one of its own, and there was room for four titles without a single line."""
    orange, grey = (242, 160, 48), (150, 150, 150)

    def site(name: str, now: int, later: int, without: int) -> Legend:
        there = [((color, counted(words, n)), n) for color, words, n in
                 ((orange, "Under construction", now), (grey, "Not yet", later)) if n]
        missing, counts = None, [n for _, n in there]
        if without:
            missing, counts = (grey, counted("Without a task", without)), [*counts, without]
        return Legend(title=f"{name} · As planned", whole="As planned", entries=tuple(entry for entry, _ in there),
                      missing=missing, counts=tuple(counts), note="As of Monday")

    told = added_up([("a", site("A", 0, 1_200, 7)), ("x", POINTS), ("b", site("B", 3, 20, 0)),
                     ("c", site("C", 0, 0, 5))])
    assert [id for id, _ in told] == ["a", "x"] and told[1][1] == POINTS
    one = told[0][1]
    assert one.title == "As planned" and one.note == "As of Monday" and one.missing == (grey, "Without a task  12")
    assert one.entries == ((orange, "Under construction  3"), (grey, "Not yet  1,220"))
    lone = [("a", site("A", 1, 2, 3)), ("x", POINTS)]
    assert added_up(lone) == lone, "one alone keeps its name"


def test_layers_of_one_colour_are_only_called_also_shown_where_there_is_another_legend():
    alone = [Legend(title=id, entries=(RED,), alone=True) for id in "ab"]
    assert [legend.title for legend in gathered(alone)] == ["Layers"]
    assert [legend.title for legend in gathered([*alone, POINTS])] == [POINTS.title, "Also shown"]


def test_names_that_differ_by_their_last_word_are_said_once():
    windows = [(id, replace(POINTS, title=f"Lowest windows {id}")) for id in "AB"]
    assert [legend.title for _, legend in told_together(windows)] == ["Lowest windows A, B"]
    same = [(id, POINTS) for id in "AB"]
    assert [legend.title for _, legend in told_together(same)] == ["Minutes on foot"]


def test_two_sides_that_colour_layers_of_their_own_alike_have_one_legend():
    """The shadow story ended with two equal ones over side A."""
    a, b = (("a", replace(POINTS, title="Lowest windows A")), ("b", replace(POINTS, title="Lowest windows B")))
    assert joined([a], [b]) == [("a", replace(POINTS, title="Lowest windows A, B"))]
    other = ("b", replace(b[1], entries=(GREEN,)))
    assert [legend.note for _, legend in joined([a], [other])] == ["Side A only", "Side B only"]
