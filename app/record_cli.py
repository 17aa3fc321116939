"""`citytwin record` and `citytwin feeds`: live readings into a project's store, on a machine without a window too."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from app.printing import print_json
from twin.feeds.feed import KINDS

COMMANDS = ("record", "feeds")


def add_commands(commands, shared) -> None:
    command = commands.add_parser("record", parents=[shared], help="record the feeds of a project until it is stopped")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--for", dest="secs", type=float, default=0.0, metavar="SECS", help="stop by itself")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--status", action="store_true", help="say how the recorder of this project is")
    which.add_argument("--stop", action="store_true", help="end the recorder of this project")
    command.set_defaults(run=_record)

    command = commands.add_parser("feeds", parents=[shared], help="list, add, try or remove feeds of a project")
    command.add_argument("project", type=Path, metavar="PROJECT", help="made where it does not exist, with --add")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--add", metavar="URL", help="of a broker (mqtt://, mqtts://, ws://, wss://) or "
                       "of a server (http://, https://)")
    which.add_argument("--remove", metavar="ID")
    which.add_argument("--try", dest="tried", metavar="ID", help="wait for a message and say what is made of it")
    command.add_argument("--kind", choices=KINDS, default="", help="of an http address (default: http)")
    command.add_argument("--every", type=float, default=30.0, metavar="SECS", help="between polls of a server")
    command.add_argument("--id", default="", help="of the new feed (default: made from its address)")
    command.add_argument("--name", default="")
    command.add_argument("--topic", action="append", default=[], help="of MQTT, with wildcards (default: #)")
    command.add_argument("--qos", type=int, choices=(0, 1, 2), default=1)
    command.add_argument("--protocol", choices=("3.1.1", "5"), default="5", help="of MQTT")
    command.add_argument("--user", default="", help="the password is in the keyring or in CITYTWIN_PASSWORD_<ID>")
    command.add_argument("--ca-file", default="", metavar="FILE.pem", help="certificates that are trusted")
    command.add_argument("--map", action="append", default=[], type=_mapped, metavar="FIELD=PATH",
                         help="rows, id, values, time, time_unit, property, unit, quality, lon, lat (default: by their "
                              "names); for example id={device}/{topic[1]}")
    command.add_argument("--wait", type=float, default=30.0, metavar="SECS", help="with --try")
    command.set_defaults(run=_feeds)


def _mapped(text: str) -> tuple[str, str]:
    import argparse
    from dataclasses import fields

    from twin.feeds.feed import Mapping
    name, mark, value = text.partition("=")
    if not mark or name not in {f.name for f in fields(Mapping)}:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=PATH; fields: "
                                         f"{', '.join(f.name for f in fields(Mapping))}")
    return name, value


# -- record -----------------------------------------------------------------------------------------------


def _record(options) -> int:
    from app.bringing import named
    from app.feeding import feeds_in, zone_of
    from twin.feeds.recording import Recording
    from twin.history.store import store_beside
    project = named(options.project)
    folder = store_beside(project.absolute())
    if options.status or options.stop:
        return _about(folder, options)
    if not feeds_in(project):
        print("citytwin: this project has no feeds yet; add them here or in the window at any time", file=sys.stderr)
    recording = Recording(project, zone_of(project), feeds_in)
    for line in recording.repaired:
        print(f"citytwin: {line}", file=sys.stderr)
    said = recording.run(options.secs, tell=_Told())
    _print(said, options)
    return 1 if said["error"] else 0


def _about(folder: Path, options) -> int:
    from twin.feeds import status
    from twin.text import tr
    said = status.read(folder)
    if options.stop and said and said["running"]:
        status.ask_to_stop(folder)
        end = time.monotonic() + 30.0
        while said and said["running"] and time.monotonic() < end:
            time.sleep(0.1)
            said = status.read(folder)
    if said is None:
        said = {"state": "none", "running": False, "feeds": []}
    if options.json:
        print_json(said)
    elif said["state"] == "none":
        print(tr("Nothing was ever recorded here."))
    else:
        print("\n".join(sentences(said)))
    return 1 if options.stop and said["running"] else 0


def sentences(said: dict) -> list[str]:
    """The state of a recorder for people."""
    from twin.text import tr
    lines = [tr("{state}: {readings} readings, {duplicates} duplicates, {rejected} rejected, {hot} not sealed, "
                "{waiting} messages waiting", state=tr(said["state"]), readings=f"{said['readings']:,}",
                duplicates=f"{said['duplicates']:,}", rejected=f"{said['rejected']:,}", hot=f"{said['hot']:,}",
                waiting=f"{said['waiting']:,}")]
    lines += [said["error"]] if said["error"] else []
    for feed in said["feeds"]:
        skew = "" if feed["skew_secs"] is None else ", " + tr("clock {secs} s", secs=f"{feed['skew_secs']:+,.1f}")
        lines.append(f"{feed['name']} ({feed['url']}): {tr(feed['state'])}, {feed['readings']:,}, "
                     f"{feed['rate']:.1f}/s{skew} {feed['error']}".rstrip())
        lines += [f"  ! {text}" for text in feed["warnings"]]
        lines += ["  ! " + tr("The clock of {name} is {secs} s ahead.", name=name, secs=f"{secs:,.0f}")
                  for name, secs in feed.get("ahead", {}).items()]
        lines += [f"  - {reject['reason']}: {reject['text']}" for reject in feed["rejects"]]
    return lines


class _Told:
    """A line on standard error now and then, where a person looks at it."""

    def __call__(self, said: dict) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{sentences(said)[0]}", end="", file=sys.stderr, flush=True)


def _print(said: dict, options) -> None:
    print_json(said) if options.json else print("\n".join(sentences(said)))


# -- feeds ------------------------------------------------------------------------------------------------


def _feeds(options) -> int:
    from app.bringing import named
    from app.feeding import feeds_in, with_feed, without_feed
    from twin.text import tr
    project = named(options.project)
    if options.add:
        with_feed(project, _feed(options))
    elif options.remove:
        without_feed(project, options.remove)
    elif options.tried:
        return _try(project, options)
    from dataclasses import asdict
    feeds = feeds_in(project)
    if options.json:
        print_json([asdict(feed) for feed in feeds])
    else:
        for feed in feeds:
            print(f"{feed.id}: {feed.name}, {feed.url} {' '.join(feed.topics)}")
        if not feeds:
            print(tr("No feeds yet: --add mqtt://broker:1883 adds one."))
    return 0


def _feed(options):
    import re
    from urllib.parse import urlsplit

    from twin.feeds.feed import Feed, Mapping
    host = urlsplit(options.add).hostname or "feed"
    mapping = {name: tuple(value.split(",")) if name == "values" else value for name, value in options.map}
    if mapping and "form" not in mapping:
        mapping["form"] = "json" if mapping.get("values") else "number"
    return Feed(id=options.id or re.sub(r"\W+", "-", host).strip("-"), name=options.name or options.id or host,
                url=options.add, user=options.user, every_secs=options.every,
                kind=options.kind or ("http" if options.add.startswith("http") else "mqtt"),
                topics=tuple(options.topic) or ("#",), qos=options.qos,
                protocol=options.protocol, ca_file=options.ca_file, mapping=Mapping(**mapping))


def _try(project: Path, options) -> int:
    from app.feeding import feeds_in, zone_of
    from app.trial_words import trial_words
    from twin.feeds.trial import try_feed
    from twin.text import tr
    from twin.trouble import Trouble
    feed = next((f for f in feeds_in(project) if f.id == options.tried), None)
    if feed is None:
        raise Trouble(tr("There is no feed called {id}.", id=options.tried), path=str(project))
    trial = try_feed(feed, project, zone_of(project), options.wait)
    print_json(trial.as_json()) if options.json else print(trial_words(trial))
    return 0 if trial.readings else 1
