"""Finds a font that knows Chinese, for text that VTK draws (its own fonts show boxes)."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path

log = logging.getLogger("citytwin")

# File names in order of preference; sans-serif first. The bold ones stand apart.
REGULAR = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf",
           "SourceHanSansSC-Regular.otf", "SourceHanSans-Regular.ttc", "NotoSansSC-VF.ttf", "NotoSansSC[wght].ttf",
           "msyh.ttc", "msyh.ttf", "Deng.ttf", "simhei.ttf", "simsun.ttc",
           "PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Medium.ttc", "STHeiti Light.ttc", "Arial Unicode.ttf",
           "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
           "NotoSerifCJK-Regular.ttc", "uming.ttc")
BOLD = ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Medium.ttc", "NotoSansCJKsc-Bold.otf", "NotoSansSC-Bold.otf",
        "SourceHanSansSC-Bold.otf", "msyhbd.ttc", "Dengb.ttf", "STHeiti Medium.ttc")


def folders() -> list[Path]:
    """Where Linux, macOS and Windows keep fonts; only those that exist. CITYTWIN_FONTS comes first."""
    home = Path.home()
    places = [os.environ.get("CITYTWIN_FONTS", ""), "/usr/share/fonts", "/usr/local/share/fonts",
              home / ".local/share/fonts", home / ".fonts", "/System/Library/Fonts", "/Library/Fonts",
              home / "Library/Fonts", Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if local := os.environ.get("LOCALAPPDATA"):
        places.append(Path(local) / "Microsoft/Windows/Fonts")
    return [Path(p) for p in places if str(p) and Path(p).is_dir()]


@cache
def font_file(bold: bool = False) -> str:
    """Path of a font with Chinese glyphs; "" where the machine has none (logged once)."""
    present = _present()
    wanted = (*BOLD, *REGULAR) if bold else REGULAR
    found = next((present[name.lower()] for name in wanted if name.lower() in present), "")
    if not found and not bold:
        log.warning("No font with Chinese characters was found; Chinese labels will show boxes. Install Noto Sans CJK "
                    "(Debian: fonts-noto-cjk) or set CITYTWIN_FONTS to a folder that holds one.")
    return found


@cache
def _present() -> dict[str, str]:
    """Wanted font files on this machine: lower-case name to path, the first folder wins."""
    wanted = {name.lower() for name in (*REGULAR, *BOLD)}
    found: dict[str, str] = {}
    for folder in folders():
        for root, _, names in os.walk(folder):
            for name in names:
                if name.lower() in wanted:
                    found.setdefault(name.lower(), os.path.join(root, name))
    return found
