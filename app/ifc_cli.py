"""`citytwin ifc …`: questions to IFC files, answered in a worker: a hostile file cannot take the command along."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

from app.console_progress import ConsoleProgress
from app.printing import counted, print_json
from twin.trouble import Trouble

COMMANDS = ("ifc",)


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    from app import checks_cli, export_cli, issues_cli, rooms_cli, schedule_cli
    ifc = commands.add_parser("ifc", help="ask IFC files: query, alike, diff, update, check, issues, export, rooms, "
                                            "bind, schedule")
    inside = ifc.add_subparsers(dest="ifc_command", required=True, metavar="COMMAND")
    command = inside.add_parser("query", parents=[shared], help="elements by IfcOpenShell's selector or part of a name",
                                description="For example: citytwin ifc query a.ifc "
                                            "'IfcDoor, Pset_DoorCommon.FireRating=\"EI30\"' --csv")
    command.add_argument("file", type=Path, metavar="FILE.ifc")
    command.add_argument("selector", metavar="SELECTOR")
    command.add_argument("--csv", action="store_true", help="a table with a row for each element")
    command.add_argument("--property", action="append", default=[], metavar="SET.PROPERTY",
                         help="one more column; may be given several times")
    command.set_defaults(run=_query)

    command = inside.add_parser("alike", parents=[shared], help="elements that say the same of a property as one does",
                                description="For example: citytwin ifc alike a.ifc b.ifc --guid 1hOSvn6df7F8_7GcBWlRrM "
                                            "--by Pset_DoorCommon.FireRating")
    command.add_argument("files", type=Path, nargs="+", metavar="FILE.ifc",
                         help="the first that knows the element says what is looked for, in all of them")
    command.add_argument("--guid", required=True, metavar="GLOBALID")
    command.add_argument("--by", required=True, metavar="SET.PROPERTY",
                         help="or an attribute, class, type, storey, material, classification")
    command.add_argument("--csv", action="store_true", help="a table with a row for each element")
    command.set_defaults(run=_alike)

    command = inside.add_parser("diff", parents=[shared], help="what was added, removed, changed between two issues")
    command.add_argument("old", type=Path, metavar="OLD.ifc")
    command.add_argument("new", type=Path, metavar="NEW.ifc")
    command.set_defaults(run=_diff)
    command = inside.add_parser("update", parents=[shared], help="go on with a new issue of a model in a project",
                                description="Every layer of the file reads the new one; colours, what is hidden, tasks "
                                            "and bindings stay, also where elements got another GlobalId.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("new", type=Path, metavar="NEW.ifc")
    command.add_argument("--layer", default="", metavar="NAME", help="the model, where there are several")
    command.set_defaults(run=_update)
    checks_cli.add_check(inside, shared)
    rooms_cli.add_rooms(inside, shared)
    schedule_cli.add_schedule(inside, shared)
    issues_cli.add_issues(inside, shared)
    export_cli.add_export(inside, shared)


def _query(options) -> int:
    from bim.query import EXAMPLE, query
    table = in_worker(query, options.file, options.selector, tuple(options.property))
    if options.json:
        print_json({"path": str(options.file), "selector": options.selector, "count": table.num_rows,
                    "elements": table.to_pylist()})
    elif options.csv:
        write(csv_text(table))
    else:
        for row in table.to_pylist():
            more = [f"{name}={row[name]}" for name in table.column_names[5:] if row[name] is not None]
            print("  ".join(filter(None, (row["guid"], row["class"], row["name"], row["storey"], *more))))
        hint = "" if table.num_rows else f" (part of a name, what a class is called, or a selector: {EXAMPLE})"
        print(counted(table.num_rows, "element") + hint, file=sys.stderr)
    return 0


def _alike(options) -> int:
    from bim.alike import rows, said_of
    for file in options.files:
        if (wanted := in_worker(said_of, file, options.by, options.guid)) is not None:
            break
    else:
        raise Trouble(f"no file holds the element {options.guid}", path=", ".join(map(str, options.files)))
    if not wanted:
        raise Trouble(f"the element {options.guid} says nothing of {options.by}", path=str(file),
                      way_out=f"see what it says: citytwin ifc query {file.name} {options.guid}")
    found = {file: in_worker(rows, file, options.by, wanted) for file in options.files}
    count = sum(table.num_rows for table in found.values())
    if options.json:
        print_json({"property": options.by, "value": wanted[0].value, "unit": wanted[0].unit, "count": count,
                    "files": [{"path": str(file), "count": table.num_rows, "elements": table.to_pylist()}
                              for file, table in found.items()]})
    elif options.csv:
        import pyarrow as pa
        files = {file: pa.array([str(file)] * table.num_rows, pa.string()) for file, table in found.items()}
        write(csv_text(pa.concat_tables([table.append_column("file", files[file]) for file, table in found.items()])))
    else:
        for file, table in found.items():
            for row in table.to_pylist():
                print("  ".join(filter(None, (row["guid"], row["class"], row["name"], row["storey"], file.name))))
        print(f"{count:,} elements: {options.by} = {wanted[0].value} {wanted[0].unit}".rstrip(), file=sys.stderr)
    return 0


def _diff(options) -> int:
    from bim.diff import diff
    found = in_worker(diff, options.old, str(options.new.absolute()))
    if options.json:
        print_json({"old": str(options.old), "new": str(options.new), **found.as_dict()})
        return 0
    for mark, rows in (("+", found.added), ("-", found.removed), ("~", found.changed), ("=", found.renamed)):
        for row in rows:
            what = ", ".join(row.get("changes", ())) or row.get("old_guid", "")
            print("  ".join(filter(None, (mark, row["guid"], row["class"], row["name"], row["storey"], what))))
    print(", ".join(f"{n} {word}" for word, n in found.as_dict()["counts"].items()), file=sys.stderr)
    return 0


def _update(options) -> int:
    from dataclasses import replace

    from app.discover import layer_types
    from app.edit_cli import layer_named
    from app.model_update import guids_of, updated
    from bim.diff import diff_table
    from twin.project import load, save
    layer_types()
    project = load(options.project)
    layer = layer_named(project.document, options.layer, ("building",))
    new = options.new.absolute()
    table = in_worker(diff_table, Path(layer.source.path), str(new))
    save(replace(project, document=updated(project.document, layer.id, new, table)), options.project)
    counts = {kind: len(guids_of(table, kind)) for kind in ("added", "removed", "changed", "renamed")}
    if options.json:
        print_json({"project": str(options.project), "layer": layer.id, "file": str(new), "counts": counts})
    else:
        print(", ".join(f"{n:,} {kind}" for kind, n in counts.items()))
    return 0


def in_worker(function, path: Path, *arguments, **limits):
    """The result of `function(path, *arguments, progress)`; a terminal shows how far it is. Raises its Trouble.
    `limits`: as of `Jobs.start`."""
    from twin.jobs import Jobs
    jobs, line = Jobs(workers=1), ConsoleProgress()
    try:
        job = jobs.wait(jobs.start(function, str(path.absolute()), *arguments, label=path.name, path=str(path),
                                  **limits), timeout_secs=3600.0, told=line)
        if job.error:
            raise job.error
        return job.result
    finally:
        line.end()
        jobs.close()


def csv_text(table) -> str:
    """With a header; missing values stay empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows([["" if value is None else value for value in row.values()] for row in table.to_pylist()])
    return out.getvalue()


def write(text: str) -> None:
    """As UTF-8, whatever the console's own encoding."""
    sys.stdout.buffer.write(text.encode("utf-8")) if hasattr(sys.stdout, "buffer") else print(text, end="")
