"""Which things each system has in the sample, and how what they observe behaves.

One row per system: key, family of places (see places.py) with its numbers, minutes between readings (0 = told once a
day or less), shape, colours, and the properties: "id curve low high", the first one is shown. Curves: see curves.py.
"""

from __future__ import annotations

from dataclasses import dataclass

ONCE_MINUTES = 100_000


@dataclass(frozen=True)
class Measure:
    """`curve` from 0 to 1 between `low` and `high`, in the property's unit (twin/systems/properties.csv)."""

    observed: str
    curve: str
    low: float
    high: float


@dataclass(frozen=True)
class Spec:
    key: str
    places: str
    count: int
    step_min: int
    shape: str
    colormap: str
    measures: tuple[Measure, ...]

    @property
    def stale_min(self) -> int:
        """So old a reading no longer counts; what is told once a day or less is never too old."""
        return max(20, 3 * self.step_min) if self.step_min else ONCE_MINUTES


_ROWS = """
01.01 masts 90 15 points batlow | mobile.load awake 8 92; mobile.rate relaxed 220 620; mobile.rsrp steady -108 -72; sys.online up 0 100
01.02 town_roads 40 0 shapes bamako | fixed.rate fixed 118 390; sys.availability fixed 98.6 100
01.03 plazas 40 15 points roma | sys.online up 0 100; wifi.clients leisure 2 180
02.01 roadside 160 30 points roma | sys.online up 0 100; device.battery drain 38 100; device.last_seen fixed 5 900; sys.latency steady 2 180
02.02 junctions 60 15 points batlow | camera.people leisure 0 140; camera.vehicles awake 4 420; camera.events alarm 0 6; sys.online up 0 100
02.03 roadside 60 15 points thermal | device.value steady 10 60; flood.road_depth soaked 0 9; sys.online up 0 100; device.battery drain 50 100
02.04 waterside 36 15 points lapaz | valve.opening wet 0 100; valve.state phase 0 2; device.power wet 0 45
02.05 public_houses 30 15 points inferno | facility.power office 12 240; crowd.count leisure 0 260
03.01 works_houses 6 15 shapes inferno | energy.pue heat 1.18 1.42; dc.power steady 2400 7800; dc.racks fixed 1800 4200
03.02 junctions 26 15 points magma | edge.cpu awake 12 94; edge.latency awake 3 24; sys.online up 0 100
03.03 work_blocks 4 0 shapes bamako | plot.progress fixed 35 96; plot.area fixed 12 88
04.02 towns 18 0 shapes batlow | base.population fixed 21000 126000; base.enterprises fixed 900 7400; base.floor_area fixed 600000 5200000
05.02 zones 3 0 shapes lapaz | cim.level grades 3 6; cim.coverage fixed 42 96
05.04 towns 18 60 shapes roma | sys.online fixed 93 99.6; gov.open_cases awake 0.4 4.6
06.07 ring_roads 14 15 shapes roma | traffic.rsu_online fixed 94 100; road.objects awake 4 160
06.08 ring_junctions 20 15 points magma | traffic.v2x_latency awake 24 88; v2x.messages awake 40 900; v2x.range fixed 280 480; signal.phase phase 1 4; sys.online up 0 100
06.10 town_roads 60 0 shapes roma | road.open open 0 1; road.risk grades 1 4; road.length fixed 0.6 3.8
07.01 sensor_park 3 0 shapes bamako | park.enterprises fixed 24 96; plot.area_km2 fixed 0.4 1.3
07.02 works_houses 5 0 shapes bamako | plot.progress fixed 40 100
07.03 cluster_houses 10 15 shapes thermal | bld.temp indoor 23 29; bld.co2 office 430 1080; bld.power office 18 320; bld.occupancy office 0 420; bld.pm25 city_air 8 36; bld.hcho steady 0.02 0.07; bld.tilt fixed 0.1 0.9; bld.settle_rate fixed 0.002 0.024
08.01 works_houses 12 60 shapes viridis | factory.oee work 52 91; factory.lines fixed 2 9
08.03 main_roads 24 15 shapes oslo | water.main_pressure taps 0.21 0.38; water.main_flow home 60 880; water.turbidity steady 0.1 0.7
08.04 work_blocks 6 15 shapes inferno | park.energy work 180 2600; park.devices fixed 400 5200
08.05 work_blocks 3 0 shapes bamako | park.providers fixed 4 12; park.enterprises fixed 30 140
09.01 mall_blocks 4 15 shapes magma | shop.footfall shop 20 4200; shop.sales count 0 1800000
09.02 work_points 10 0 points batlow | media.rooms fixed 6 48
09.03 works_houses 2 60 shapes batlow | parcel.rate work 1200 16000
09.06 work_blocks 2 15 shapes batlow | freight.trucks work 2 64; freight.containers work 300 1450
09.07 works_houses 8 15 shapes viridis | store.occupancy work 42 93; store.temp indoor 18 27
10.01 parcels 60 0 shapes bamako | farm.ndvi fixed 0.42 0.86; farm.crop grades 1 4; farm.area fixed 1.2 6.5
10.03 parcels 40 0 shapes roma | farm.compliance open 0 1; farm.use grades 1 3
10.04 parcel_points 24 30 points deep | soil.moisture soaked 21 44; farm.air_temp heat 25 36; farm.humidity damp 55 97; soil.ec steady 0.4 1.7; farm.light sun 0 92000
10.07 ponds 16 30 points oslo | pond.do sun 4.1 9.4; pond.ph sun 7.2 8.7; pond.temp heat 25.5 31; pond.nh3n steady 0.1 0.8
12.01 zones 1 0 shapes lapaz | dual.intersections fixed 180 208; dual.roads fixed 150 174
12.02 ring_roads 30 15 shapes roma | traffic.speed relaxed 12 52; traffic.flow awake 60 1900; traffic.tsi awake 14 68; traffic.occupancy awake 4 78; traffic.queue commute 0 140; road.temp heat 27 54
12.05 parking 48 15 points lajolla | traffic.parking awake 22 98; parking.free relaxed 4 320; parking.turnover fixed 1.2 5.4; parking.price fixed 4 12
12.07 bus_stops 60 15 points batlow | bus.eta relaxed 60 720; traffic.bus_eta_published up 0 1; traffic.bus_headway_deviation commute 0.3 4.2
12.08 bus_stops 40 15 points magma | bus.boardings commute 0 260; bus.transfers commute 0 90
13.01 health_houses 5 15 points lajolla | health.waiting office 2 190; health.beds relaxed 6 120
13.05 health_points 18 0 points bamako | visits fixed 12 140
14.01 living_points 30 60 points lajolla | elder.calls awake 0 9; elder.response steady 3 17
15.01 plazas 24 15 points magma | crowd.visitors leisure 5 2400; crowd.comfort grades 1 4
15.03 culture_houses 4 15 shapes thermal | crowd.visitors leisure 0 900; bld.temp indoor 22 26; bld.rh damp 44 68
15.04 old_houses 24 15 shapes magma | crowd.visitors leisure 0 160
15.05 hotel_points 1 0 points batlow | hotel.checkins fixed 40 160
16.01 courts 30 15 points viridis | sport.free relaxed 0 14; crowd.visitors evening 0 120
16.02 circuit 2 15 shapes magma | crowd.count leisure 20 3800; sport.laps count 0 900
16.04 pools 10 15 points oslo | pool.people evening 0 90; pool.temp steady 26 29; pool.chlorine steady 0.3 1.1; alarm.state alarm 0 1
16.05 courts 16 0 points bamako | visits fixed 8 90
17.02 school_houses 14 15 shapes batlow | bld.co2 lessons 420 1240; bld.temp indoor 24 29; bld.occupancy lessons 0 880; bld.energy lessons 4 120
18.01 living_points 50 15 points viridis | visits.queue office 0 26; visits count 0 420
18.03 chargers 36 15 points inferno | charger.power home 0 120; charger.free relaxed 0 12; energy.charging_temp home 31 68; energy.transformer_load home 24 84
18.04 towns 18 0 shapes roma | live.reach15 fixed 78 99; live.walk_time fixed 6 17
18.06 living_points 60 15 points viridis | locker.free relaxed 2 74; sys.online up 0 100
18.07 living_points 50 15 points lajolla | waste.fill fill 4 97; sys.online up 0 100
18.08 market_points 6 60 points magma | crowd.visitors market 10 460; market.price_index steady 96 108
18.09 home_houses_points 50 15 points lapaz | meter.water count 0 62; meter.gas count 0 44; meter.power count 0 880; alarm.state alarm 0 1
18.10 living_points 16 0 points bamako | visits fixed 20 260
18.11 lift_points 50 15 points lajolla | lift.vibration awake 2 26; lift.state phase 0 2; lift.floor phase 1 18; lift.trips count 0 640; bld.lift_fault alarm 0 1
21.01 towns 18 15 shapes lajolla | gov.open_cases awake 0.6 6.4; flood.closed_loop_min steady 22 88; sys.online fixed 94 99.8
21.02 old_blocks 8 15 shapes lajolla | gov.open_cases awake 0 9; crowd.count leisure 10 760; noise.leq awake 41 66
21.04 living_points 40 60 points lajolla | gov.cases count 0 34; gov.handling steady 2 40
22.01 work_points 30 60 points lajolla | safety.risk grades 1 4; fire.alarm_ack steady 18 150; alarm.state alarm 0 1
22.02 works_points 12 15 points lajolla | hazard.gas steady 0 9; hazard.level drain 22 94; hazard.temp heat 26 41; hazard.pressure steady 0.2 1.4
22.03 towns 18 60 shapes lajolla | safety.risk wet 1 3.6
22.04 cells 1 10 shapes lapaz | met.rain wet 0 62; met.temp heat 25 36; met.wind breeze 0.6 9; met.visibility dry 900 12000; met.rain_chance soaked 0 95
22.05 crowd_blocks 8 15 shapes magma | crowd.density leisure 0.02 1.9; health.fever fixed 0 4
22.07 waterside 20 15 points oslo | flood.river_level level 2.52 2.78; flood.outer_level tide 1.9 3.6; pump.opening wet 0 2.2; pump.flow wet 0 18; pump.power wet 0 380; flood.pump_avail up 0 100
22.08 home_houses_points 40 15 points lajolla | fire.smoke steady 0.02 0.4; fire.temp indoor 24 34; fire.water_pressure taps 0.16 0.42; fire.residual_current steady 20 190; fire.co steady 1 14; alarm.state alarm 0 1
22.09 shelters 6 0 shapes bamako | shelter.area fixed 1800 7200; shelter.use grades 1 3
22.10 shelter_points 6 15 points deep | ug.water_depth soaked 0 3.6; shelter.temp steady 21 25; shelter.rh damp 58 88; ug.o2 steady 20.2 20.9; shelter.co2 office 430 980; shelter.door phase 0 1; ug.ch4 steady 0 4; ug.h2s steady 0 1.6
22.13 metro 13 15 shapes magma | metro.flow commute 200 17800; ug.metro_settle fixed 0.4 8.6; crowd.metro commute 6 88
22.14 main_roads 30 15 shapes oslo | ug.pipe_pressure taps 90 104; pipe.flow home 20 420; pipe.diameter grades 3 10; pipe.depth fixed 0.9 3.8; pipe.age fixed 2 34
22.15 sites 8 15 shapes lajolla | site.tsp site 0.12 0.78; site.noise site 48 74; site.crane_moment site 0 86; site.workers site 0 240; site.wind breeze 0.6 6.5; site.monitored up 0 1
23.02 site_points 16 15 points lajolla | site.tsp site 0.1 0.7; air.pm10 city_air 38 142; met.wind breeze 0.8 7.5
23.03 living_points 44 15 points lajolla | waste.fill fill 3 96; waste.weight fill 6 210; waste.accuracy steady 84 99
23.04 river_points 24 60 points roma | water.do sun 4.8 8.8; water.nh3n soaked 0.3 1.3; water.tp soaked 0.08 0.24; water.codmn soaked 3.1 7.2; water.ph steady 7.1 8.1; water.turbidity soaked 12 64
23.05 air_points 20 60 points bamako | air.aqi city_air 34 92; air.pm10 city_air 32 96; air.so2_1h city_air 5 16; air.no2_1h commute 18 74; air.o3 sun 30 172; air.co_1h city_air 0.4 1.1
23.06 noise_points 32 60 points lajolla | noise.leq quiet 41 71; noise.lmax awake 52 84; noise.ld fixed 54 68; noise.ln fixed 43 57
23.07 soil_blocks 12 0 shapes bamako | soil.metals fixed 8 42; soil.class grades 1 3
23.08 living_points 30 60 points lajolla | gov.complaints count 0 7
23.09 park_blocks 30 60 shapes bamako | green.irrigation night 0 1; green.area fixed 0.6 9; green.tilt fixed 0.2 3.4
24.02 roadside 80 15 points roma | sys.online up 0 100
24.03 home_houses 60 0 shapes batlow | base.occupancy grades 1 5; base.addresses fixed 12 180
24.04 junctions 50 15 points lajolla | traffic.sat awake 0.14 0.93; signal.phase phase 1 4; signal.cycle awake 72 148; signal.split steady 28 56; signal.volume awake 3 42
24.06 junctions 30 15 points magma | police.violations awake 0 22
24.07 expressways 24 15 shapes roma | traffic.speed relaxed 44 104; road.incidents alarm 0 2; met.visibility dry 900 12000
25.02 mall_blocks 6 0 shapes viridis | credit.grade grades 1 4
25.03 work_blocks 10 0 shapes bamako | plot.progress fixed 10 100; plot.state grades 1 4
26.01 named_roads 4 15 shapes roma | traffic.speed relaxed 16 54; traffic.flow awake 120 2100; signal.phase phase 1 4; road.events alarm 0 2
26.02 ring 1 15 shapes roma | traffic.speed relaxed 14 34; ring.headway relaxed 4 9; ring.vehicles office 2 14; traffic.av_takeover fixed 0.3 1.8
27.01 jiabao 1 60 shapes lapaz | sys.online fixed 96 99.8; gov.open_cases awake 0.2 3.1
27.02 jiabao_blocks 6 15 shapes inferno | park.energy work 60 940; shop.footfall shop 10 900; bld.co2 office 420 960
27.03 jiabao_uses 20 0 shapes bamako | land.green fixed 18 86; land.use grades 1 3
"""


def _spec(line: str) -> Spec:
    head, tail = line.split("|")
    key, places, count, step, shape, colormap = head.split()
    measures = tuple(Measure(name, curve, float(low), float(high))
                     for name, curve, low, high in (part.split() for part in tail.split(";")))
    return Spec(key, places, int(count), int(step), shape, colormap, measures)


SPECS = tuple(_spec(line) for line in _ROWS.strip().splitlines())

# key -> (kind of vehicle as layers/vehicles.py draws it, where it drives (see fleet.py), how many, km/h)
FLEETS = {
    "06.03": ("driverless shuttle", "ring", 12, 26.0),
    "06.04": ("truck", "streets", 8, 18.0),
    "06.05": ("bus", "streets", 10, 28.0),
    "06.09": ("car", "streets", 10, 32.0),
    "06.11": ("sweeper", "streets", 6, 8.0),
    "06.12": ("driverless shuttle", "blocks", 8, 10.0),
    "09.05": ("driverless shuttle", "blocks", 8, 9.0),
    "10.06": ("truck", "fields", 5, 5.0),
    "12.03": ("truck", "platoon", 4, 40.0),
    "12.04": ("car", "ring", 8, 28.0),
    "12.06": ("bus", "streets", 14, 24.0),
    "13.03": ("car", "trunk", 4, 46.0),
    "21.03": ("car", "streets", 8, 24.0),
}

# What other files of the sample hold already: key -> ids of their layers, the main one first.
ELSEWHERE = {
    "05.01": ("office", "sensors.bld.temp", "sensors.bld.co2"),
    "22.12": ("terrain", "basemap", "basemap.district", "buildings"),
}
ALSO = {
    "22.04": ("sensors.met.rain", "sensors.met.temp", "sensors.met.humidity"),
    "22.07": ("sensors.water.level",),
    "22.08": ("sensors.fire.smoke",),
    "22.09": ("shelters",),
    "22.13": ("metro11", "stations", "tunnel11", "viaduct11"),
    "22.14": ("pipes", "manholes", "sensors.ug.sewer_fill"),
    "23.05": ("sensors.air.pm25",),
    "23.06": ("sensors.noise.leq",),
    "12.02": ("sensors.traffic.speed", "sensors.traffic.flow"),
    "02.04": ("sensors.lamp.level",),
    "02.05": ("sensors.energy.load", "sensors.crowd.count"),
}
# key -> observed property of sensors.parquet that the system's layer shows
SHARED = {"22.06": "flood.underpass_depth"}
SCENES = {"05.03": "g.systems", "06.01": "g.item.06", "23.01": "g.item.23", "26.03": "g.item.26"}
