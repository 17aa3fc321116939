"""`citytwin ifc issues`: what a BCF file says, read in a worker."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.ifc_cli import in_worker
from app.printing import counted, print_json


def add_issues(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser("issues", parents=[shared], help="topics, comments and viewpoints of a BCF file")
    command.add_argument("file", type=Path, metavar="FILE.bcf")
    command.set_defaults(run=_issues)


def _issues(options) -> int:
    from bim.bcf import read
    found = in_worker(read, options.file)
    if options.json:
        print_json(found.as_dict() | {"path": str(options.file)})
        return 0
    for topic in found.topics:
        print("  ".join(filter(None, (topic.status or "-", topic.title, topic.author, topic.created))))
        for line in topic.description.splitlines():
            print(f"    {line}")
        for comment in topic.comments:
            print(f"    {comment.author or '?'}, {comment.date}: {comment.text}")
        for view in topic.viewpoints:
            seen = "orthogonal" if view.eye and view.eye.height_m > 0 else "perspective" if view.eye else "no camera"
            print(f"    viewpoint {view.guid}: {seen}, {len(view.selection)} selected, "
                  + counted(len(view.planes), "section") + (", snapshot" if view.snapshot else ""))
    for note in found.notes:
        print(note, file=sys.stderr)
    print(f"BCF {found.version}, {counted(len(found.topics), 'topic')}", file=sys.stderr)
    return 0
