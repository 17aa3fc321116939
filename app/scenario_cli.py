"""`citytwin scenarios`: the stories that a project can tell, and whether everything they need is there."""

from __future__ import annotations

from pathlib import Path

from app.printing import print_json

COMMANDS = ("scenarios",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser("scenarios", parents=[shared], help="list the scenarios of a project",
                                  description="See one: citytwin render PROJECT --scenario ID --time T --out F.png")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.set_defaults(run=_scenarios)


def _scenarios(options) -> int:
    from app.discover import layer_types
    from twin import times
    from twin.project import load
    from twin.text import language
    layer_types()
    document = load(options.project).document
    zone = document.time_zone
    rows = [{"id": s.id, "name": s.name, "name_zh": s.name_zh, "about": s.about, "about_zh": s.about_zh,
             "start": times.iso(times.parse(s.chapters[0].time, zone), zone),
             "end": times.iso(times.parse(s.end, zone), zone), "speed": s.speed, "problem": _problem(document, s),
             "chapters": [{"time": times.iso(times.parse(c.time, zone), zone), "title": c.title,
                           "title_zh": c.title_zh, "text": c.text, "text_zh": c.text_zh} for c in s.chapters]}
            for s in document.scenarios]
    if options.json:
        print_json({"scenarios": rows})
    else:
        zh = "_zh" if language() == "zh" else ""
        for row in rows:
            print(f"{row['id']:24} {row['name' + zh] or row['name']}  {row['start']} – {row['end']}"
                  + (f"  {row['problem']}" if row["problem"] else ""))
            for chapter in row["chapters"]:
                print(f"    {chapter['time']}  {chapter['title' + zh] or chapter['title']}")
    return 0


def _problem(document, scenario) -> str | None:
    """Why it cannot be played here, or nothing."""
    from twin.scenario import staged
    from twin.trouble import Trouble
    try:
        staged(document, scenario)
    except Trouble as trouble:
        return str(trouble)
    return None
