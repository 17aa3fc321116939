"""What a raster of rain counts in, and the way to millimetres an hour. What is no rain stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

RATE = "mm/h"
WORDS = ("rain", "precip", "qpe", "qpf", "降水", "降雨", "雨强", "雨量")
_SPACES = re.compile(r"[\s\[\](){}*.·^_]+")
# As units are written, without blanks and brackets. The second number: whether it is a sum over the step.
_KNOWN = {
    "mm/h": (1.0, False), "mm/hr": (1.0, False), "mm/hour": (1.0, False), "mmh-1": (1.0, False), "mmhr-1": (1.0, False),
    "mmhour-1": (1.0, False), "毫米/小时": (1.0, False), "毫米/时": (1.0, False),
    "mm/d": (1 / 24, False), "mm/day": (1 / 24, False), "mmd-1": (1 / 24, False), "mmday-1": (1 / 24, False),
    "mm/min": (60.0, False), "mmmin-1": (60.0, False), "mm/s": (3600.0, False), "mms-1": (3600.0, False),
    "kgm-2s-1": (3600.0, False), "kg/m2/s": (3600.0, False), "kg/m2s": (3600.0, False), "kg/m2s1": (3600.0, False),
    "mm": (1.0, True), "millimeter": (1.0, True), "millimetre": (1.0, True), "毫米": (1.0, True), "kgm-2": (1.0, True),
    "kg/m2": (1.0, True), "01mm": (0.1, True), "0,1mm": (0.1, True),
}
_METRES = {"m": (1000.0, True), "ms-1": (3.6e6, False), "m/s": (3.6e6, False)}      # of other things, too


@dataclass(frozen=True)
class Rain:
    """`factor` makes millimetres of a number: in an hour, or during its step."""

    factor: float
    per_step: bool


def rain_of(unit: str, *names: str) -> Rain | None:
    """What numbers of that unit are; None where they are no rain. `names`: what file and variable are called."""
    key = _SPACES.sub("", unit.casefold()).replace("²", "2").replace("⁻¹", "-1")
    if key in _KNOWN:
        return Rain(*_KNOWN[key])
    if key in _METRES and of_rain(*names):
        return Rain(*_METRES[key])
    return None


def of_rain(*names: str) -> bool:
    """Whether a name speaks of rain."""
    return any(word in name.casefold() for name in names for word in WORDS)
