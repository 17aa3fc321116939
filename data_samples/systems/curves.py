"""How observed things behave over the sample's day: every curve gives (n, 288) f8 from 0 to 1, one column per 5 minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, shift

from data_samples import signals
from data_samples.sensor_places import Sensor
from data_samples.signals import HOUR, STAMPS, activity, bell, wobble


@dataclass(frozen=True, eq=False)
class Crowd:
    """The things of one system: where they are (n, 2) EPSG:4549, how strong each is (n,) about 1, and chance."""

    at: np.ndarray
    weight: np.ndarray
    rng: np.random.Generator

    @property
    def count(self) -> int:
        return len(self.at)


CURVES: dict[str, Callable[[Crowd], np.ndarray]] = {}


def curve(make: Callable[[Crowd], np.ndarray]) -> Callable[[Crowd], np.ndarray]:
    """Register under the function's own name."""
    CURVES[make.__name__] = make
    return make


def _daily(of: Crowd, shape: np.ndarray, rough: float = 0.03) -> np.ndarray:
    """The same day for all, stronger here and weaker there, with a little chance."""
    return np.clip(shape[None, :] * of.weight[:, None] + wobble(of.count, of.rng, 2.0, rough), 0.0, 1.0)


def _logistic(start_h: float, end_h: float, steep: float = 2.6) -> np.ndarray:
    return 1 / (1 + np.exp(-(HOUR - start_h) * steep)) / (1 + np.exp((HOUR - end_h) * steep))


def _falling(of: Crowd) -> np.ndarray:
    """(n, 288) 0..1: the shower as it passes each place."""
    gauges = [Sensor("", "", "met.temp", "", "", tuple(at), 0.0) for at in of.at]
    return np.clip(signals.rain(gauges, of.rng) / 68.0, 0, 1)


@curve
def awake(of: Crowd) -> np.ndarray:
    return _daily(of, 0.9 * activity())


@curve
def quiet(of: Crowd) -> np.ndarray:
    """Noise: as awake, and nowhere near silence in between."""
    return _daily(of, 0.12 + 0.72 * activity(), 0.02)


@curve
def relaxed(of: Crowd) -> np.ndarray:
    """The other way round: much while the city sleeps, little at its peaks."""
    return _daily(of, 0.98 - 0.85 * activity())


@curve
def commute(of: Crowd) -> np.ndarray:
    return _daily(of, 0.05 + 0.85 * bell(8.1, 0.8) + 0.78 * bell(18.0, 1.1) + 0.2 * bell(13, 4.0))


@curve
def leisure(of: Crowd) -> np.ndarray:
    return _daily(of, 0.02 + 0.45 * bell(11.5, 1.8) + 0.8 * bell(19.2, 1.9) + 0.35 * bell(15.5, 2.0))


@curve
def evening(of: Crowd) -> np.ndarray:
    return _daily(of, 0.03 + 0.2 * bell(9.5, 1.6) + 0.85 * bell(19.4, 1.5))


@curve
def shop(of: Crowd) -> np.ndarray:
    return _daily(of, 0.02 + 0.5 * bell(12.4, 1.5) + 0.88 * bell(18.9, 2.0))


@curve
def market(of: Crowd) -> np.ndarray:
    return _daily(of, 0.02 + 0.9 * bell(7.2, 1.2) + 0.5 * bell(16.8, 1.1))


@curve
def office(of: Crowd) -> np.ndarray:
    return _daily(of, 0.06 + 0.84 * _logistic(8.5, 18.3) * (1 - 0.3 * bell(12.4, 0.6)))


@curve
def lessons(of: Crowd) -> np.ndarray:
    """Lessons of 45 minutes with breaks, from 8:00 to 16:10; windows are opened in the breaks."""
    inside = (HOUR >= 8.0) & (HOUR < 16.2) & ~((HOUR >= 11.6) & (HOUR < 13.0))
    held = gaussian_filter1d(np.where(inside & ((HOUR * 60) % 55 < 45), 1.0, np.where(inside, 0.45, 0.05)), 1.6)
    return _daily(of, 0.85 * held)


@curve
def work(of: Crowd) -> np.ndarray:
    """Two shifts."""
    return _daily(of, 0.25 + 0.62 * _logistic(7.3, 20.6, 3.0) - 0.12 * bell(12.0, 0.5))


@curve
def site(of: Crowd) -> np.ndarray:
    """A building site: from 7:00, silent at noon, wet ground holds the dust after the shower."""
    wet = _falling(of)
    laid = np.exp(-np.clip(HOUR - 7.5, 0, None) / 3.0) * (HOUR > 6.5)
    shape = _logistic(7.2, 17.9, 4.0) * (1 - 0.75 * bell(12.1, 0.55))
    return np.clip(_daily(of, 0.06 + 0.88 * shape, 0.07) - 0.22 * laid[None, :] - 0.3 * wet, 0, 1)


@curve
def home(of: Crowd) -> np.ndarray:
    return _daily(of, 0.2 + 0.35 * bell(7.2, 1.1) + 0.66 * bell(20.3, 2.2) + 0.12 * bell(13, 3.0))


@curve
def taps(of: Crowd) -> np.ndarray:
    """Water pressure: low where many draw."""
    return 1.0 - 0.8 * home(of)


@curve
def night(of: Crowd) -> np.ndarray:
    """0 or 1: on before sunrise and after dusk."""
    late = of.rng.uniform(-0.4, 0.4, (of.count, 1))
    h = HOUR[None, :] + late
    return ((h > 4.0) & (h < 5.6) | (h > 20.0) & (h < 21.4)).astype(float)


@curve
def sun(of: Crowd) -> np.ndarray:
    cloud = 1 - 0.7 * gaussian_filter1d(_falling(of), 6, axis=1)
    return _daily(of, np.clip(np.sin((HOUR - 5.0) / 14.0 * np.pi), 0, 1) ** 1.3, 0.02) * cloud


@curve
def heat(of: Crowd) -> np.ndarray:
    return _daily(of, 0.36 + 0.34 * np.sin((HOUR - 9.2) / 24 * 2 * np.pi) + 0.22 * bell(14.3, 2.6), 0.02)


@curve
def damp(of: Crowd) -> np.ndarray:
    wet = shift(gaussian_filter1d(_falling(of), 6, axis=1), (0, 3))
    return np.clip(0.95 - 0.8 * heat(of) + 0.25 * wet, 0, 1)


@curve
def indoor(of: Crowd) -> np.ndarray:
    """Cooled while somebody is in, warm over night."""
    return _daily(of, 0.7 - 0.42 * _logistic(7.8, 19.0, 2.0) + 0.1 * bell(14.5, 2.5), 0.03)


@curve
def breeze(of: Crowd) -> np.ndarray:
    return _daily(of, 0.26 + 0.3 * bell(14.2, 4.0) + 0.42 * bell(6.4, 0.6), 0.07)


@curve
def city_air(of: Crowd) -> np.ndarray:
    """Traffic makes it, the shower washes it out."""
    washed = np.clip(np.cumsum(_falling(of), axis=1) / 6.0, 0, 1) * np.clip(1 - (HOUR - 7.5) / 11, 0, 1)
    return _daily(of, 0.42 + 0.3 * bell(8.0, 1.3) + 0.26 * bell(19.2, 1.9), 0.04) * (1 - 0.4 * washed)


@curve
def wet(of: Crowd) -> np.ndarray:
    return _falling(of)


@curve
def soaked(of: Crowd) -> np.ndarray:
    """After the shower, and long after it."""
    level, out = np.zeros(of.count), np.zeros((of.count, STAMPS))
    rain = _falling(of)
    for k in range(STAMPS):
        level = np.clip(level * 0.992 + 0.13 * rain[:, k] * of.weight, 0, 1)
        out[:, k] = level
    return np.clip(0.12 + 0.85 * out + wobble(of.count, of.rng, 5, 0.01), 0, 1)


@curve
def dry(of: Crowd) -> np.ndarray:
    """Visibility: short in the shower and in the morning mist."""
    return np.clip(_daily(of, 0.86 - 0.35 * bell(5.2, 1.3), 0.03) - 0.75 * _falling(of), 0.02, 1)


@curve
def phase_wet(of: Crowd) -> np.ndarray:
    """0, a half, 1: nothing runs, one runs, all run."""
    return np.round(2 * np.clip(1.4 * shift(_falling(of), (0, 2)), 0, 1)) / 2


@curve
def level(of: Crowd) -> np.ndarray:
    """Inner rivers: fed by the shower, pumped down in the hours after it."""
    fed = np.cumsum(_falling(of), axis=1)
    return np.clip(0.1 + 0.6 * fed / 8.0 * (1 - 0.8 * np.clip((HOUR - 7.6) / 9, 0, 1)) + 0.1 * tide(of), 0, 1)


@curve
def tide(of: Crowd) -> np.ndarray:
    return 0.5 + 0.46 * np.sin((HOUR - 2.2) / 12.42 * 2 * np.pi)[None, :] + wobble(of.count, of.rng, 6, 0.01)


@curve
def steady(of: Crowd) -> np.ndarray:
    middle = of.rng.uniform(0.25, 0.75, (of.count, 1))
    return np.clip(middle + wobble(of.count, of.rng, 9, 0.06), 0, 1)


@curve
def fixed(of: Crowd) -> np.ndarray:
    """One value per thing that stays."""
    return np.repeat(of.rng.random((of.count, 1)), STAMPS, axis=1)


@curve
def grades(of: Crowd) -> np.ndarray:
    """As `fixed`, but few high ones."""
    return np.repeat(of.rng.beta(1.3, 2.4, (of.count, 1)), STAMPS, axis=1)


@curve
def open(of: Crowd) -> np.ndarray:
    """1 for most."""
    return np.repeat((of.rng.random((of.count, 1)) > 0.12).astype(float), STAMPS, axis=1)


@curve
def up(of: Crowd) -> np.ndarray:
    """Online: 1, with a few that are away for an hour or two, and some that drop out again and again."""
    out = np.ones((of.count, STAMPS))
    for row in np.flatnonzero(of.rng.random(of.count) < 0.08):
        begin = of.rng.integers(6, STAMPS - 30)
        out[row, begin:begin + of.rng.integers(9, 30)] = 0.0
    shaky = np.flatnonzero(of.rng.random(of.count) < 0.04)
    out[shaky] = of.rng.random((len(shaky), STAMPS)) > 0.15
    return out


@curve
def alarm(of: Crowd) -> np.ndarray:
    """Nothing nearly always; here and there something for half an hour."""
    out = np.zeros((of.count, STAMPS))
    for row in np.flatnonzero(of.rng.random(of.count) < 0.16):
        begin = int(np.clip(of.rng.normal(150, 60), 0, STAMPS - 8))
        out[row, begin:begin + of.rng.integers(3, 9)] = of.rng.choice([0.5, 1.0])
    return out


@curve
def phase(of: Crowd) -> np.ndarray:
    """Steps between states, more of them by day."""
    turns = of.rng.random((of.count, STAMPS)) < 0.03 + 0.3 * activity()[None, :]
    draw = of.rng.random((of.count, STAMPS))
    last = np.maximum.accumulate(np.where(turns, np.arange(STAMPS), 0), axis=1)
    return np.take_along_axis(draw, last, axis=1)


@curve
def count(of: Crowd) -> np.ndarray:
    """A counter that starts at midnight."""
    gone = np.cumsum(activity())
    return np.clip(gone[None, :] / gone[-1] * of.weight[:, None], 0, 1)


@curve
def fill(of: Crowd) -> np.ndarray:
    """Fills up and is emptied twice a day, not everywhere at the same time."""
    at = np.array([5.6, 17.4])[None, :] + of.rng.normal(0, 0.9, (of.count, 2))
    h = HOUR[None, :]
    since = np.where(h >= at[:, 1:], h - at[:, 1:], np.where(h >= at[:, :1], h - at[:, :1], h + 24 - at[:, 1:]))
    return np.clip(0.04 + since / 12.5 * of.weight[:, None], 0, 1)


@curve
def drain(of: Crowd) -> np.ndarray:
    begin = of.rng.uniform(0.4, 1.0, (of.count, 1))
    return np.clip(begin - np.arange(STAMPS)[None, :] / STAMPS * of.rng.uniform(0.02, 0.3, (of.count, 1)), 0, 1)
