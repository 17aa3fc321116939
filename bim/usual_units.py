"""Units that a file does not state: those in which the standard says a measure is usually given; told as assumed.

Lengths, angles, masses and temperatures are left out: files without a unit write them in several.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.text import tr

# Of a file that measures in the metric system.
METRIC = {
    "Acceleration": "m/s²", "DynamicViscosity": "Pa·s", "ElectricCurrent": "A", "ElectricResistance": "Ω",
    "ElectricVoltage": "V", "Energy": "J", "Force": "N", "Frequency": "Hz", "HeatFluxDensity": "W/m²",
    "HeatingValue": "J/kg", "Illuminance": "lx", "IonConcentration": "kg/m³", "IsothermalMoistureCapacity": "m³/kg",
    "KinematicViscosity": "m²/s", "LinearForce": "N/m", "LinearStiffness": "N/m", "LinearVelocity": "m/s",
    "LuminousFlux": "lm", "LuminousIntensity": "cd", "MassDensity": "kg/m³", "MassFlowRate": "kg/s",
    "MassPerLength": "kg/m", "ModulusOfElasticity": "Pa", "MoistureDiffusivity": "m³/s", "PlanarForce": "Pa",
    "Power": "W", "Pressure": "Pa", "RotationalFrequency": "Hz", "RotationalStiffness": "N·m/rad", "ShearModulus": "Pa",
    "SoundPower": "W", "SoundPressure": "Pa", "SpecificHeatCapacity": "J/(kg·K)", "TemperatureGradient": "K/m",
    "ThermalAdmittance": "W/(m²·K)", "ThermalConductivity": "W/(m·K)", "ThermalExpansionCoefficient": "1/K",
    "ThermalResistance": "m²·K/W", "ThermalTransmittance": "W/(m²·K)", "Torque": "N·m",
    "VaporPermeability": "kg/(s·m·Pa)", "VolumetricFlowRate": "m³/s"}
# Of a file whose lengths are in metres: in another, nobody knows.
IN_METRES = {"Area": "m²", "Volume": "m³", "MomentOfInertia": "m⁴", "SectionModulus": "m³"}


@dataclass(frozen=True)
class Unit:
    """`symbol` "" = none known; `assumed`: the file does not state it."""

    symbol: str = ""
    assumed: bool = False

    @property
    def words(self) -> str:
        return tr("{value} (assumed)", value=self.symbol) if self.assumed else self.symbol

    def head(self, name: str) -> str:
        """Of a column with values in it."""
        return f"{name} ({self.words})" if self.symbol else name


NO_UNIT = Unit()


def usual_unit(measure: str, model) -> Unit:
    """Of a measure ("IfcThermalTransmittanceMeasure") that the file `model` assigns no unit to."""
    import ifcopenshell.util.unit as units
    kind = measure.removeprefix("Ifc").removesuffix("Measure")
    if kind not in METRIC and kind not in IN_METRES:
        return NO_UNIT
    length = units.get_project_unit(model, "LENGTHUNIT", use_cache=True)
    if length is None or not length.is_a("IfcSIUnit") or (kind in IN_METRES and length.Prefix):
        return NO_UNIT
    return Unit(METRIC.get(kind) or IN_METRES[kind], assumed=True)
