"""A tried feed as text, for the form and the command line."""

from __future__ import annotations

from twin.feeds.trial import Trial
from twin.text import tr

MAPPING = {"form": "Form", "rows": "List of readings", "id": "Name of the sensor", "values": "Values", "time": "Time",
           "property": "Observed property", "unit": "Unit", "quality": "Quality", "lon": "Longitude",
           "lat": "Latitude"}


def trial_words(trial: Trial) -> str:
    """A trial as text: the message, the readings in it, what is no reading, and the mapping that was used."""
    came = trial.payload or trial.readings or trial.rejects
    if not came:
        none = tr("A message came, and there is no reading in it.") if trial.topic else tr("No message came.")
        return "\n".join(filter(None, (trial.error or none, *trial.warnings)))
    lines = [f"{trial.topic}", trial.payload[:1500], ""]
    lines += [f"→ {r['datastream']}   {r['time']}   {r['value']:g} {r['unit']}   {r['property']}" + (
        f"   {r['x']:.6g}, {r['y']:.6g}" if r["x"] is not None else "") for r in trial.readings[:20]]
    lines += [f"× {reason}: {text}" for reason, text in trial.rejects]
    lines += [f"⚠ {text}" for text in trial.warnings]
    if trial.mapping:
        said = {name: getattr(trial.mapping, name) for name in MAPPING}
        lines += ["", ", ".join(f"{tr(MAPPING[name])}: {', '.join(v) if isinstance(v, tuple) else v}"
                                for name, v in said.items() if v)]
    return "\n".join(lines)
