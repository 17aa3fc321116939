"""Names of a project's own features, found by a few letters: Chinese, Pinyin, its initials, and with a mistake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_NAMES = 200_000
LEAST_SCORE = 75.0                         # of a name that only resembles what was typed
WHOLE, START, INSIDE, PINYIN, INITIALS, BEGUN = 200.0, 180.0, 160.0, 150.0, 130.0, 110.0
LEAST_BEGUN = 0.6                          # of what was typed that a shorter name must be: 白银路 of 白银路站


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """`names` in small letters with their `pinyin` and `initials` (both "" for names without Chinese).

    `layer`, `feature`: where the name n is from (place in `layers`, row).
    """

    layers: tuple[str, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]
    layer: np.ndarray
    feature: np.ndarray

    def search(self, typed: str, most: int = 40) -> list[tuple[str, str, int]]:
        """(title, layer id, feature), best first. Names of one feature count once."""
        word = typed.strip().casefold()
        latin = word.isascii()
        spoken = "".join(word.split() if latin else _syllables(word))        # yuan xiang hu, or 远乡湖: it sounds alike
        if not word:
            return []
        scores = _holding(self.names, word, START)
        if spoken and (latin or not scores.any()):
            scores = np.maximum(scores, _holding(self.pinyin, spoken, PINYIN))
        if latin:
            scores = np.maximum(scores, _holding(self.initials, spoken, INITIALS))
        if not scores.any() and len(spoken) > 2:
            scores = self._alike(word, spoken, most)
        scores = np.maximum(scores, _begun(self.names, word))
        return self._rows(np.argsort(-scores, kind="stable"), scores, most)

    def _alike(self, word: str, spoken: str, most: int) -> np.ndarray:
        """Scores of the names that resemble it, for a word that is in none."""
        from rapidfuzz import fuzz, process
        out = np.zeros(len(self.names))
        for forms, said in ((self.names, word), (self.pinyin, spoken)):
            for _, score, n in process.extract(said, forms, scorer=fuzz.ratio, limit=most, score_cutoff=LEAST_SCORE):
                out[n] = max(out[n], score)
        return out

    def _rows(self, order: np.ndarray, scores: np.ndarray, most: int) -> list[tuple[str, str, int]]:
        out: dict[tuple[int, int], str] = {}
        for n in order:
            if scores[n] <= 0 or len(out) >= most:
                break
            out.setdefault((int(self.layer[n]), int(self.feature[n])), self.titles[n])
        return [(title, self.layers[layer], feature) for (layer, feature), title in out.items()]


def _holding(forms: tuple[str, ...], word: str, best: float) -> np.ndarray:
    """Scores of the forms that a word is, begins or is in; 0 = of the others."""
    out = np.zeros(len(forms))
    for n, form in enumerate(forms):
        if word in form:
            at = WHOLE if form == word else best if form.startswith(word) else best - (START - INSIDE)
            out[n] = at + len(word) / (len(form) + 1.0)
    return out


def _begun(forms: tuple[str, ...], word: str) -> np.ndarray:
    """Scores of the names with which a word begins that says a little more: what kind of thing it is."""
    return np.array([BEGUN * len(form) / len(word) if len(form) >= LEAST_BEGUN * len(word) and word.startswith(form)
                     else 0.0 for form in forms])


def gazetteer(layers: tuple[str, ...], titles: list[str], layer: np.ndarray, feature: np.ndarray, progress,
              ) -> Gazetteer:
    """87 µs for each different Chinese name: for a worker."""
    spoken: dict[str, tuple[str, str]] = {}
    for n, title in enumerate(titles):
        if not title.isascii() and title not in spoken:
            syllables = _syllables(title)
            spoken[title] = "".join(syllables), "".join(part[:1] for part in syllables)
        if n % 2000 == 0:
            progress(n, len(titles))
    forms = [spoken.get(title, ("", "")) for title in titles]
    return Gazetteer(layers, tuple(titles), tuple(t.casefold() for t in titles), tuple(f[0] for f in forms),
                     tuple(f[1] for f in forms), layer, feature)


def _syllables(title: str) -> list[str]:
    from pypinyin import lazy_pinyin
    return ["".join(part.casefold().split()) for part in lazy_pinyin(title)]
