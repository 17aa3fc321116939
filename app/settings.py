"""What the program remembers of its user: language, theme, recent projects, the window. One JSON file."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import platformdirs

from twin.trouble import Trouble

APP = "citytwin"
RECENT = 12
log = logging.getLogger("citytwin")


@dataclass(frozen=True)
class Settings:
    """`geometry` and `docks` are base64 of what Qt saves; empty language and theme mean: as the system."""

    language: str = ""
    theme: str = "system"
    recent: tuple[str, ...] = ()
    folder: str = ""                     # where files were opened last
    geometry: str = ""
    docks: str = ""

    def with_recent(self, path: Path | str) -> Settings:
        """`path` first, once."""
        path = str(path)
        return replace(self, recent=(path, *(x for x in self.recent if x != path))[:RECENT])


def config_folder() -> Path:
    return platformdirs.user_config_path(APP)


def state_folder() -> Path:
    """For autosaved projects."""
    return platformdirs.user_state_path(APP)


def log_folder() -> Path:
    return platformdirs.user_log_path(APP)


def load(folder: Path | None = None) -> Settings:
    """The settings; the defaults where there are none or they are damaged (which is logged)."""
    path = (folder or config_folder()) / "settings.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        known = {f.name: type(f.default) for f in fields(Settings)}
        return Settings(**{name: known[name](value) for name, value in said.items() if name in known})
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("settings %s could not be read and start anew: %s", path, error)
        return Settings()


def save(settings: Settings, folder: Path | None = None) -> None:
    """Write atomically; a folder that cannot be written is logged and costs only the memory."""
    from twin.whole_file import write_atomically
    path = (folder or config_folder()) / "settings.json"
    try:
        write_atomically(path, json.dumps(asdict(settings), ensure_ascii=False, indent=1))
    except Trouble as trouble:
        log.warning("settings could not be written: %s", trouble)
