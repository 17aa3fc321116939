"""Zones in the colours of their verdict, seen in pixels, and what the legend says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.legend import told_once
from layers.verdict_colors import level_colors
from layers.zone_verdicts import legend_of, words_of, zone_verdicts
from layers.zones import Zones
from tests.layers.pictures import above, scene
from tests.twin.vitals.made_pools import at, pool_of
from twin.frame import Frame
from twin.vitals.board import Board
from twin.vitals.catalogue import catalogue
from twin.vitals.choices import DrawnZone
from twin.vitals.groups import Group, sorted_groups

SQUARES = ((-100.0, 0.0), (0.0, 0.0), (100.0, 0.0))
LAYER = Zones(id="z", name="Zones", sign="fire.smoke", fill_opacity=1.0, width_px=0.0, label_by="",
              drawn=tuple(DrawnZone(id=f"g{n}", name=f"Zone {n}", corners=((x - 40, y - 40), (x + 40, y - 40),
                                                                          (x + 40, y + 40), (x - 40, y + 40)))
                          for n, (x, y) in enumerate(SQUARES)))


def state_of(values: list[list[float]]):
    """A sensor in each of the first zones."""
    pool = pool_of(["fire.smoke"] * len(values), [[(n, v) for n, v in enumerate(c)] for c in values])
    groups = sorted_groups(tuple(Group(f"g{n}", f"Zone {n}", layer="z", feature=n) for n in range(3)),
                           np.arange(len(values)), np.arange(len(values)))
    board = Board(catalogue(), pool, groups, Frame(), "Asia/Shanghai")
    for _ in board.prepare():
        pass
    return board.at


def test_a_zone_has_the_colour_of_its_worst_member_at_the_clocks_time():
    state = state_of([[0.1, 9.0], [2.0, 2.0]])
    expected = level_colors("light").astype(int)
    with scene([LAYER], {}, above(400.0)) as shot:
        for minute, levels in ((0, (1, 2, 0)), (1, (4, 2, 0))):
            shot.draw(now_ns=at(minute), vitals=state(at(minute)))
            for (x, y), level in zip(SQUARES, levels):
                pixel = shot.color(x + 20, y + 25)             # beside the label
                assert np.abs(expected - pixel).sum(axis=1).argmin() == level, (minute, pixel, level)
        assert shot.view.stage.rows["z"].features == 3


def test_a_level_of_zones_gives_way_to_another_by_distance_and_says_the_same():
    """From afar the whole, near by its parts: both are as bad as the worst sensor."""
    far = replace(LAYER, id="z", from_m=1000.0)
    near = replace(far, from_m=0.0, until_m=1000.0)
    state, level = state_of([[9.0], [2.0], [0.1]])(at(0)), level_colors("light").astype(int)
    for layer, seen in ((far, (False, True)), (near, (True, False))):
        with scene([layer], {}, above(400.0)) as shot:
            for width, shows in zip((400.0, 2000.0), seen):
                shot.view.set_camera(above(width))
                shot.draw(now_ns=at(0), vitals=state)
                color = shot.color(SQUARES[0][0] + 20, SQUARES[0][1] + 25)
                assert (np.abs(level - color).sum(axis=1).argmin() == 4 and abs(int(color[0]) - 184) < 30) == shows
                assert bool(shot.view.stage.legends()) == shows
                u, v, _ = shot.view.ray(0, 0).project(np.array([[SQUARES[0][0], SQUARES[0][1], 0.0]]))[0]
                assert (shot.view.pick(u, v) is not None) == shows


def test_the_legend_counts_zones_and_sensors_and_names_every_level():
    state = state_of([[9.0], [2.0]])(at(0))
    verdicts = zone_verdicts(state, "z", "fire.smoke", 3)
    assert verdicts.verdicts.tolist() == [4, 2, 0]
    legend = legend_of(verdicts, "light", "en", "Asia/Shanghai")
    assert [words for _, words in legend.entries] == ["■ alarm · 1", "◆ warning · 0", "▲ attention · 1", "● normal · 0"]
    assert legend.missing[1] == "– no data · 1" and legend.note == "As of 00:00, 2 of 2 sensors"
    many = legend_of(zone_verdicts(state, "z", "fire.smoke", 19_133), "light", "en", "Asia/Shanghai")
    assert many.missing[1] == "– no data · 19,131"
    assert words_of(verdicts, ["A", "B", "C"], "%obs/m") == ["A  9 %obs/m ■", "B  2 %obs/m ▲", "C  no data"]


def test_buildings_without_any_sensor_of_a_sign_leave_its_legend_to_the_zones():
    """"0 of 0 sensors" stood there, and the zones' own legend did not fit."""
    state = state_of([[9.0], [2.0]])(at(0))
    zones = legend_of(zone_verdicts(state, "z", "fire.smoke", 3), "light", "en", "Asia/Shanghai")
    houses = legend_of(zone_verdicts(state, "houses", "fire.smoke", 900), "light", "en", "Asia/Shanghai")
    names = {"houses": "Houses", "z": "Zones", "y": "Towns"}
    (id, told), = told_once([("houses", houses), ("z", zones), ("y", replace(zones, parts=2))], names)
    assert id == "z" and told.also == ("Towns: ■ 1  ◆ 0  ▲ 1  ● 0",)


def test_nothing_known_is_grey():
    verdicts = zone_verdicts(None, "z", "fire.smoke", 2)
    assert verdicts.verdicts.tolist() == [0, 0]
    assert legend_of(verdicts, "dark", "en", "Asia/Shanghai").note == "Being computed"
    assert words_of(verdicts, ["A", "B"], "µg/m³") == ["A  …", "B  …"], "what is being read is not without data"


def test_a_block_without_data_lies_in_no_colour_of_its_zone_and_both_are_told():
    """The zone's fill gave way to nothing: blocks about which nothing is known were seen in its red."""
    corners = ((-160.0, -80.0), (160.0, -80.0), (160.0, 80.0), (-160.0, 80.0))
    whole = replace(LAYER, id="w", name="Areas", width_px=8.0, fill_opacity=0.9,
                    drawn=(DrawnZone(id="all", name="All", corners=corners),))
    pool = pool_of(["fire.smoke"], [[(0, 9.0)]])
    groups = (*(Group(f"g{n}", f"Zone {n}", layer="z", feature=n) for n in range(3)),
              Group("all", "All", layer="w", feature=0))
    board = Board(catalogue(), pool, sorted_groups(groups, np.array([0, 3]), np.array([0, 0])), Frame(), "UTC")
    for _ in board.prepare():
        pass
    blocks, empty, between = replace(LAYER, fill_opacity=0.5), (120, 25), (50, 60)
    colors = {}
    for name, layers in (("alone", [blocks]), ("both", [whole, blocks]), ("zone", [whole, replace(blocks, sign="")])):
        with scene(layers, {}, above(400.0)) as shot:
            shot.draw(now_ns=at(0), vitals=board.at(at(0)))
            colors[name] = [shot.color(*place) for place in (empty, between, (-160, 25))]
            told = shot.view.stage.legends()
            if name == "both":
                (_, legend), = told
                assert legend.title.startswith("Zones") and legend.also == (), "one area says its level by its label"
    expected = level_colors("light").astype(int)
    assert np.abs(colors["both"][0] - colors["alone"][0]).max() <= 2, "no data: its own grey, no red mixed in"
    assert np.abs(colors["both"][1] - colors["alone"][1]).max() <= 2
    assert np.abs(expected - colors["both"][2]).sum(axis=1).argmin() == 4, "the zone's outline stays"
    assert np.abs(expected - colors["zone"][1]).sum(axis=1).argmin() == 4, "filled where no smaller ones are judged"
