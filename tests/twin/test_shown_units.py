"""Units as people read them."""

from __future__ import annotations

import pytest

from twin.units import conversion, shown, with_unit


@pytest.mark.parametrize(("written", "read"), [
    ("ug/m3", "µg/m³"), ("μg/m3", "µg/m³"), ("µg/m³", "µg/m³"), ("mg/m3", "mg/m³"), ("m3/s", "m³/s"), ("1/m2", "1/m²"),
    ("km2", "km²"), ("m2", "m²"), ("um", "µm"), ("Cel", "°C"), ("1", ""), ("%", "%"), ("dB(A)", "dB(A)"),
    ("mm/h", "mm/h"), ("runs", "runs"), ("uur", "uur")])
def test_codes_and_plain_text_become_signs(written, read):
    assert shown(written) == read == shown(read)


def test_what_is_shown_can_still_be_converted():
    assert conversion("m³", "m3") == (1.0, 0.0) and with_unit(3.0, "ug/m3") == "3 µg/m³"
