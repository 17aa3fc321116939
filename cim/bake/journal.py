"""What of a bake is done: each piece by its key, with what it wrote and said. One process writes it.

While the bake runs a line is added for each piece (`manifest.jsonl`; a torn last line is no line). When it ends,
everything is written in order into `manifest.json`, the same bytes however often it was interrupted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cim.bake.store import Store, is_remote

MANIFEST, LINES = "manifest.json", "manifest.jsonl"
FORMAT = 6


class Journal:
    """`done` gives what a finished piece said; a piece whose files are not there as written is not done."""

    def __init__(self, store: Store):
        self.store = store
        self._lines = Path(store.scratch) / LINES
        self._done: dict[str, dict] = {}
        self._checked: dict[str, bool] = {}
        self._load()

    def _load(self) -> None:
        whole = self.store.read(MANIFEST)
        if whole:
            told = json.loads(whole)
            if told.get("format") == FORMAT:
                self._done.update(told["pieces"])
        if self._lines.exists():
            for line in self._lines.read_bytes().splitlines():
                try:
                    key, piece = json.loads(line)
                except ValueError:
                    continue                             # torn when the process was killed
                self._done[key] = piece

    def done(self, key: str) -> Any | None:
        """What the piece said; None when it is to be done."""
        piece = self._done.get(key)
        if piece is None:
            return None
        if key not in self._checked:
            self._checked[key] = all(self._holds(said) for said in piece["files"])
        return piece["said"] if self._checked[key] else None

    def _holds(self, said: list) -> bool:
        if said[0].startswith("scratch:"):
            return (Path(self.store.scratch) / said[0].removeprefix("scratch:")).exists()
        return self.store.holds(said)

    def keep(self, key: str, files: list[list], said: Any) -> None:
        piece = {"files": files, "said": said}
        self._done[key], self._checked[key] = piece, True
        self._lines.parent.mkdir(parents=True, exist_ok=True)
        with open(self._lines, "a", encoding="utf-8") as file:
            file.write(json.dumps([key, piece], ensure_ascii=False) + "\n")

    def finish(self, keys: list[str], about: dict) -> None:
        """Write the manifest of these pieces and remove the files of pieces that no longer belong to the bake."""
        pieces = {key: self._done[key] for key in sorted(keys)}
        kept = {said[0] for piece in pieces.values() for said in piece["files"]}
        for key in set(self._done) - set(keys):
            for said in self._done[key]["files"]:
                if said[0] not in kept and not said[0].startswith("scratch:"):
                    self.store.remove(said[0])
        told = {"format": FORMAT, **about, "pieces": pieces}
        self.store.put(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode())
        self._lines.unlink(missing_ok=True)
        if not is_remote(self.store.root):
            _remove_empty(Path(self.store.root))


def _remove_empty(root: Path) -> None:
    for folder in sorted((p for p in root.rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
