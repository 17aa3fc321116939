"""The stories in the sample project: the scenarios that tell them, chapter by chapter."""

from __future__ import annotations

from dataclasses import replace

from data_samples import geography as geo
from data_samples import underpass
from data_samples.plan import make_plan, office_at, school_at
from data_samples.stories import cases, climate, crane, fire, proposals, rain, ring, site, site_plan
from data_samples.stories.story_layers import GROUP, TRENCH
from twin.camera import Camera
from twin.comparison import Comparison
from twin.frame import Frame
from twin.scenario import Chapter, Scenario, SunHours, Walk


def scenarios(usual: tuple[str, ...]) -> tuple[Scenario, ...]:
    """`usual`: ids of the layers that the sample shows."""
    def seen(*shown: str, hidden: tuple[str, ...] = ()) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(id for id in usual if id not in hidden), GROUP, *shown)))

    noise = ("sensors.noise.leq",)
    return (_rain(seen), _ring(seen, noise), _fire(seen, noise), _site(seen, noise), _climate(seen, noise),
            _shadow(seen, noise), _digging(seen, noise), _circle(seen, noise))


def _rain(seen) -> Scenario:
    depth = f"story.rain.water/{rain.DEPTH}"
    place, gate = (*rain.UNDERPASS, 0.0), underpass.barriers()[1][2]
    return Scenario(
        id="rain", name="1 Rainstorm in an underpass", name_zh="1 下立交暴雨积水", speed=120.0, end="2026-07-15T08:10:00+08:00",
        about="From the first drops to the reopening, 79 minutes after it was found.",
        about_zh="从第一滴雨到恢复通行，发现后 79 分钟。",
        visible=seen("story.incidents", "story.rain.water", "story.rain.vehicles", "story.rain.radar", "story.rain.arms", "story.rain.running",
                     hidden=("sensors.noise.leq", "vehicles")),
        chapters=(
            Chapter(time="2026-07-15T05:30:00+08:00", title="Blue warning", title_zh="蓝色预警",
                    text="More than 35 mm in an hour are expected.", text_zh="预计一小时雨量超过 35 毫米。",
                    settings=_also("story.wind", "story.rain.gauges"), camera=_eye(place, 9000, 330, 46)),
            Chapter(time="2026-07-15T06:10:00+08:00", title="3 cm: slow", title_zh="积水3厘米：缓行",
                    text="The rain reaches 62 mm/h at its peak; pump 1 starts at 8 cm.",
                    text_zh="雨强峰值 62 毫米/小时；8 厘米时 1 号泵启动。", camera=_eye(place, 520, 320, 26), select=(depth,),
                    settings=_also("story.rain.gauges"), opens=("charts",)),
            Chapter(time="2026-07-15T06:24:00+08:00", title="The power fails", title_zh="停电",
                    text="The pumps stand still. The water rises.", text_zh="水泵停转，水位上涨。",
                    camera=_eye(place, 190, 318, 13), select=(depth,)),
            Chapter(time="2026-07-15T06:41:00+08:00", title="25 cm: closed", title_zh="25厘米：封闭",
                    text="The barrier closes. Found, and assigned two minutes later.",
                    text_zh="道闸关闭；06:41 发现，06:43 派单。", camera=_eye((*gate, 1.5), 62, 312, 12), select=(depth,),
                    opens=(f"incidents/{cases.RAIN}",)),
            Chapter(time="2026-07-15T06:49:00+08:00", title="Under water", title_zh="积水路面",
                    text="More than 25 cm and rising; the arms stay down on both sides.",
                    text_zh="积水超过 25 厘米并上涨，两侧道闸保持关闭。", camera=_eye(place, 128, 309, 10), select=(depth,)),
            Chapter(time="2026-07-15T07:06:00+08:00", title="The pump truck is there", title_zh="泵车到场",
                    text="On site at 07:05; both pumps run on its power. The water falls.",
                    text_zh="07:05 到场；两台水泵由泵车供电运行，水位下降。", select=(depth,),
                    camera=_eye((*underpass.pumps()[1], 5.0), 46, 340, 22)),
            Chapter(time="2026-07-15T07:50:00+08:00", title="Below 5 cm", title_zh="低于5厘米",
                    text="Pumped nearly dry; the road is looked over.", text_zh="积水基本排除，检查路面。", select=(depth,),
                    camera=_eye(place, 128, 309, 10)),
            Chapter(time="2026-07-15T08:00:00+08:00", title="Open again", title_zh="恢复通行",
                    text="Handled in 79 minutes.", text_zh="处置用时 79 分钟。", select=(depth,),
                    camera=_eye((*gate, 1.5), 62, 312, 12)),
        ))


def _ring(seen, noise) -> Scenario:
    stopped, alone = (*ring.stopped_at(), 4.0), {"story.flows": {"visible": False}}
    return Scenario(
        id="ring", name="2 Robotaxis, buses and a platoon on one ring and three roads", name_zh="2 一环三路：无人出租、公交与车列",
        speed=20.0, end="2026-07-15T08:30:00+08:00",
        about="Signals, roadside units and the vehicles they hear; at 08:12 a stopped car is warned of.",
        about_zh="信号灯、路侧单元与所联车辆；08:12 发布前方静止车辆预警。",
        visible=seen("story.ring.vehicles", "story.ring.roadside", "story.flows", "roads", hidden=(*noise, "vehicles", "trees")),
        chapters=(
            Chapter(time="2026-07-15T07:50:00+08:00", title="One ring, three roads", title_zh="一环三路",
                    text="12 robotaxis on the ring, 8 buses on Baiyin Road, 4 trucks as a platoon on Huyi Highway.",
                    text_zh="环线12辆无人出租，白银路8辆公交，沪宜公路4车编队。",
                    camera=_eye((*geo.CENTRE.world(0, 0)[0], 5.0), 2800, 320, 36)),
            Chapter(time="2026-07-15T08:00:00+08:00", title="Signals and links", title_zh="信号与车路联接",
                    text="Four junctions of Yumin South Road count down; a unit hears vehicles within 300 m.",
                    text_zh="裕民南路四个路口倒计时；路侧单元联接300米内车辆。",
                    camera=_eye((*geo.CENTRE.world(-553, 300)[0], 5.0), 900, 320, 34)),
            Chapter(time="2026-07-15T08:12:00+08:00", title="A stopped car ahead", title_zh="前方有静止车辆",
                    text="The roadside warns; two robotaxis brake and change the lane. It ends at 08:20.",
                    text_zh="路侧预警，两辆无人出租减速变道；08:20 解除。", select=("story.ring.roadside/stopped-car",),
                    camera=_eye(stopped, 260, 320, 34), settings=alone),
            Chapter(time="2026-07-15T08:13:16+08:00", title="A bus is let pass", title_zh="公交优先",
                    text="Baiyin Road's signal would be red: it is green for the bus until that has passed. Stops tell "
                         "when the next one comes.",
                    text_zh="白银路信号本应为红灯：公交通过前保持绿灯；站点显示下一班到站时间。",
                    camera=_eye((*geo.CENTRE.world(-565, ring.CROSSINGS[0])[0], 5.0), 420, 320, 34)),
            Chapter(time="2026-07-15T08:21:00+08:00", title="The platoon", title_zh="车列",
                    text="22 m from bumper to bumper: the chart follows each gap.", text_zh="车间距22米，曲线为各间距。",
                    select=("story.ring.vehicles/PLATOON-2",), follow=True, opens=("charts",), settings=alone,
                    camera=_eye((*ring.platoon_at(make_plan(), 36 * 60.0), 4.0), 150, 300, 28)),
        ))


def _fire(seen, noise) -> Scenario:
    room = (f"story.fire.smoke/STORY-OFF-{fire.ROOM}.fire.smoke",)
    place = (*office_at(), 22.0)
    return Scenario(
        id="fire", name="3 Fire alarm on one floor", name_zh="3 一层楼的火警", speed=15.0, end="2026-07-15T14:35:00+08:00",
        about="Smoke room by room in the lakeside office; room 5-12 turns red at 14:03.",
        about_zh="湖畔办公楼逐房间烟雾；5-12 室 14:03 变红。",
        visible=seen("story.incidents", "story.fire.rooms", "story.fire.shell", "story.fire.plan",
                     hidden=(*noise, "office", "vehicles", "trees")),
        chapters=(
            Chapter(time="2026-07-15T14:01:00+08:00", title="A quiet afternoon", title_zh="平静的下午",
                    text="Every detector of the fifth floor says clean air.", text_zh="五层各探测器均正常，无烟雾。",
                    camera=_eye(place, 150, 328, 38)),
            Chapter(time="2026-07-15T14:02:00+08:00", title="Smoke in room 5-12", title_zh="5-12室出现烟雾",
                    text="The first detector sees it; an alarm needs a second one.",
                    text_zh="第一个探测器感知到烟雾，需第二个确认。", select=room, opens=("charts",)),
            Chapter(time="2026-07-15T14:03:00+08:00", title="Confirmed", title_zh="确认火警",
                    text="The second detector: room 5-12 is red, and the fire doors of the floor close.",
                    text_zh="第二个探测器确认：5-12 室变红，本层防火门关闭。", select=room,
                    settings=_also("story.fire.doors"), opens=(f"incidents/{cases.FIRE}",), camera=_eye(place, 105, 335, 40)),
            Chapter(time="2026-07-15T14:04:00+08:00", title="Water and air", title_zh="喷淋与送风",
                    text="A sprinkler opens: within a minute and a half its main falls from 0.46 to 0.24 MPa, then the pump "
                         "runs. Within one minute the stairs are pressurised to 47 Pa; they stay free of smoke.",
                    text_zh="喷淋动作：一分半钟内管网压力由 0.46 降至 0.24 MPa，随后水泵启动回升；一分钟内楼梯间增压至 47 Pa，保持无烟。",
                    select=("story.fire.water/STORY-FIRE-SPRINKLER.fire.water_pressure",
                            "story.fire.stairs/STORY-FIRE-STAIRS-B.fire.stair_pressure"),
                    settings=_also("story.fire.water", "story.fire.stairs"),
                    camera=_eye(place, 125, 332, 36)),
            Chapter(time="2026-07-15T14:11:00+08:00", title="The brigade arrives", title_zh="消防到场",
                    text="Eight minutes after the alarm, by the stairs to the north; smoke has reached the rooms beside it.",
                    text_zh="报警后 8 分钟到场，经北侧楼梯到达；烟雾已到相邻房间。", select=room,
                    settings=_also("story.fire.doors", "story.fire.co"), camera=_eye((*office_at(), 14.0), 170, 338, 34)),
            Chapter(time="2026-07-15T14:25:00+08:00", title="The fire is out", title_zh="明火扑灭",
                    text="Smoke in room 5-12 is down to 2 %/m.", text_zh="5-12 室烟雾降到 2 %/m。", select=room),
        ))


def _site(seen, noise) -> Scenario:
    place = (*site.SITE, 4.0)
    crane_eye = _eye((crane.AT[0] - 16.0, crane.AT[1] + 4.0, 22.0), 225, 338, 25)
    dust, noise_at_night = "story.site.tsp", {"story.site.noise": {"visible": True, "label": True},
                                              "story.site.tsp": {"visible": False}}
    lifting = {"cuts": site_plan.dug(5.5), "opens": ("charts",), "camera": crane_eye, "settings": _also("story.site.moment"),
               "select": ("story.site.moment/STORY-SITE-CRANE.site.crane_moment",)}
    return Scenario(
        id="site", name="4 A building site over a week", name_zh="4 工地一周：扬尘与噪声", speed=7200.0,
        end="2026-07-19T20:00:00+08:00", about="Dust in a dry wind on Wednesday, concreting in Thursday's night.",
        about_zh="周三干风扬尘，周四夜间浇筑。",
        visible=seen("story.site.tsp", "story.site.plan", "story.site.crane", hidden=(*noise, "vehicles")),
        chapters=(
            Chapter(time="2026-07-13T06:00:00+08:00", title="Monday", title_zh="周一",
                    text="Dust at the four corners of the fence, every minute; the crane tells every 10 s. Noise is measured "
                         "there too: it is shown in Thursday's night.",
                    text_zh="围挡四角扬尘每分钟一次，塔吊每 10 秒一次；四角同测噪声，周四夜间展示。", camera=_eye(place, 620, 338, 40)),
            Chapter(time="2026-07-15T09:00:00+08:00", title="The crane lifts", title_zh="塔吊吊装", speed=20.0,
                    text="From the yard into the pit, five minutes a lift: slewing, trolley and load moment as it tells them.",
                    text_zh="由堆场吊至基坑，每吊五分钟：回转、幅度、力矩比均为实测。", cuts=site_plan.dug(4.0),
                    select=("story.site.moment/STORY-SITE-CRANE.site.crane_moment",), camera=crane_eye,
                    settings=_also("story.site.moment")),
            Chapter(time="2026-07-15T09:05:00+08:00", title="Wednesday", title_zh="周三",
                    text="The wind rises; above 10.8 m/s at the jib lifting stops and the crane turns with the wind.",
                    text_zh="风力增大；臂端超过 10.8 米/秒停止吊装，塔吊随风自由回转。",
                    select=("story.site.jib/STORY-SITE-CRANE.site.wind",), camera=_eye((*site.SITE, 16.0), 480, 338, 30),
                    settings=_also("story.site.jib", "story.wind"), cuts=site_plan.dug(4.0)),
            Chapter(time="2026-07-15T13:30:00+08:00", title="A dry wind", title_zh="干风",
                    text="Three means of 15 minutes pass the limit until 15:15: more than one a day is a violation.",
                    text_zh="至 15:15 有三个 15 分钟均值超限：一天超过一次即违规。", select=("story.site.tsp/STORY-SITE-SE.site.tsp",),
                    opens=(f"statistics/site.tsp thing 15min 1.0 of={dust}",), cuts=site_plan.dug(4.5),
                    settings=_also("story.wind"), camera=_eye(place, 420, 338, 36)),
            Chapter(time=crane.HEAVY + "+08:00", title="A bundle of steel", title_zh="吊运钢筋", speed=15.0,
                    text="Taken up in the yard; the farther out it goes, the greater the load moment.",
                    text_zh="自堆场起吊；幅度越大，力矩比越高。", **lifting),
            Chapter(time=crane.OVERLOADED[0] + "+08:00", title="Too heavy", title_zh="超载", speed=15.0,
                    text="Too far out: 104 % of the rated moment. The alarm is in the list of incidents.",
                    text_zh="吊重过远：力矩比 104%，报警已列入事件。", **lifting),
            Chapter(time=crane.OVERLOADED[1] + "+08:00", title="Thursday", title_zh="周四",
                    text="Digging until six.", text_zh="土方开挖至 18 时。",
                    select=("story.site.tsp/STORY-SITE-SE.site.tsp",), camera=_eye(place, 420, 338, 36), cuts=site_plan.dug(6.0)),
            Chapter(time="2026-07-16T22:30:00+08:00", title="Concreting at night", title_zh="夜间浇筑",
                    text="About 61 dB(A) at the boundary; 55 are allowed.", text_zh="场界约 61 dB(A)，限值 55。",
                    select=("story.site.noise/STORY-SITE-SE.site.noise",), settings=noise_at_night, cuts=site_plan.dug(6.0),
                    opens=("statistics/site.noise thing 1h 55 0-6,22-24 of=story.site.noise",)),
            Chapter(time="2026-07-18T09:00:00+08:00", title="Spraying helps", title_zh="喷淋后下降",
                    text="Dust at work is less than half of Monday's.", text_zh="施工扬尘不到周一的一半。",
                    select=("story.site.tsp/STORY-SITE-SE.site.tsp",), cuts=site_plan.dug(6.0),
                    opens=(f"statistics/site.tsp thing 1d matrix of={dust}",)),
        ))


def _climate(seen, noise) -> Scenario:
    x, y = school_at()
    north, south = (x - 18.0, y - 6.0, 16.0), (x + 18.0, y + 6.0, 16.0)  # looked at to the north and south, beside the legends
    by = f"{climate.OCCUPIED} matrix of=story.climate.co2"
    return Scenario(
        id="climate", name="5 CO2 in a school", name_zh="5 学校教室二氧化碳", speed=900.0, end="2026-07-14T12:00:00+08:00",
        about="Forty class rooms on three storeys, summer courses. The north side passes 1,000 ppm by 09:10; the windows open "
              "at 10:00; one room stays high until its ventilation is repaired. Only hours with lessons count.",
        about_zh="三层四十间教室，暑期课程。北侧 9:10 前超过 1000 ppm；10:00 开窗；一间居高不下，直到通风修好。只计上课时段。",
        visible=seen("school.rooms", hidden=(*noise, "school", "vehicles", "trees")),
        settings={"school.rooms": {"room_labels": "name_and_value"}},
        chapters=(
            Chapter(time="2026-07-13T07:50:00+08:00", title="Before the first lesson", title_zh="上课前",
                    text="About 420 ppm in every room, as outside.", text_zh="各室约 420 ppm，与室外相同。",
                    camera=_eye(north, 190, 340, 34)),
            Chapter(time="2026-07-13T08:00:00+08:00", title="The first lessons", title_zh="开始上课",
                    text="Windows closed, rooms full: CO2 climbs in every room, in the north faster than in the south.",
                    text_zh="门窗关闭、满员上课：各室二氧化碳上升，北侧快于南侧。"),
            Chapter(time="2026-07-13T09:10:00+08:00", title="Above 1,000 ppm", title_zh="超过1000 ppm",
                    text="In the second lesson the whole north side is above the limit.",
                    text_zh="第二节课，北侧教室全部超限。",
                    opens=(f"statistics/bld.co2 room 1h 1000 {by}",), camera=_eye(south, 190, 160, 34)),
            Chapter(time="2026-07-13T10:00:00+08:00", title="The windows open", title_zh="开窗",
                    text="The third lesson is held with open windows: CO2 begins to fall.",
                    text_zh="第三节课开窗上课，二氧化碳开始下降。"),
            Chapter(time="2026-07-13T10:15:00+08:00", title="All but one below 1,000 ppm", title_zh="除一间外低于1000 ppm",
                    text="A quarter of an hour later all rooms but one are below 1,000 ppm.",
                    text_zh="一刻钟后，除一间外均降到 1000 ppm 以下。"),
            Chapter(time="2026-07-13T11:20:00+08:00", title="One room stays high", title_zh="一间居高不下",
                    text=f"Room {climate.BROKEN}: its windows are jammed, its ventilation is broken; the chart compares it with {climate.LIKE_IT}.",
                    text_zh=f"{climate.BROKEN} 室：窗户卡死、通风故障；曲线与 {climate.LIKE_IT} 室对比。",
                    opens=("charts",),
                    select=(f"story.climate.co2/STORY-EDU-{climate.LIKE_IT}.bld.co2",
                            f"story.climate.co2/STORY-EDU-{climate.BROKEN}.bld.co2")),
            Chapter(time="2026-07-14T10:30:00+08:00", title="Repaired", title_zh="修复之后",
                    text="Since 07:00 it is aired like the others. The table: storey by storey, hours with lessons only.",
                    text_zh="7:00 起通风恢复正常。表中逐层统计，只计上课时段。",
                    opens=(f"statistics/bld.co2 storey 1h 1000 {by}",)),
        ))


def _shadow(seen, noise) -> Scenario:
    place = (proposals.CENTRE[0] + 60.0, proposals.CENTRE[1] - 20.0, 10.0)
    sides = {key: (f"story.tower.{key}",) for key in proposals.TOWERS}
    return Scenario(
        id="shadow", name="6 Shadow of a tower, place A or B", name_zh="6 塔楼日影 方案A与B对比", speed=600.0,
        end="2026-12-21T16:30:00+08:00", about="The winter solstice: the path of the sun, both shadows, and house by house "
        "the hours that are left.", with_shadows=True, about_zh="冬至日：太阳轨迹、两方案日影，以及逐栋剩余日照时数。",
        visible=seen(*(id for ids in sides.values() for id in ids), "story.sun", hidden=(*noise, "vehicles", "trees")),
        comparison=Comparison(view="side", only_a=sides["a"], only_b=sides["b"]),
        chapters=(
            Chapter(time="2026-12-21T08:30:00+08:00", title="The same tower at two places", title_zh="同一塔楼的两个选址",
                    text="100 m high; A at the left, B at the right. The arc is the sun's path of the day, the ball where it stands.",
                    text_zh="高100米；左为方案A，右为方案B。弧线为当日太阳轨迹，圆球为当前位置。",
                    camera=_eye(place, 1300, 350, 42)),
            Chapter(time="2026-12-21T09:20:00+08:00", title="Before noon", title_zh="上午",
                    text="The shadow grows shorter and turns from the north-west to the north.", text_zh="影子变短，由西北转向正北。"),
            Chapter(time="2026-12-21T11:53:00+08:00", title="Solar noon", title_zh="真太阳正午",
                    text="At 11:53 the sun stands at 35.2 degrees: the shadow is 142 m long.", text_zh="11:53 太阳高度 35.2°，影长 142 米。"),
            Chapter(time="2026-12-21T12:10:00+08:00", title="Afternoon", title_zh="下午",
                    text="The shadow grows longer and turns to the north-east.", text_zh="影子变长，转向东北。"),
            Chapter(time="2026-12-21T15:00:00+08:00", title="Who keeps the sun", title_zh="哪些住宅保有日照", opens=("results",),
                    sun=SunHours(date="2026-12-21", easting=proposals.CENTRE[0] + 60.0, northing=proposals.CENTRE[1] + 90.0,
                                 radius_m=260.0, limit_hours=1.0),
                    text="The table: hours without a break at the lowest windows of each house, A against B; the rule of 1 h "
                         "is an example, yours is set in Analysis > Hours of sun.",
                    text_zh="表中为各栋底层窗台连续日照时数，A 与 B 对比；1 小时规则仅为示例，可在 分析 > 日照时数 中设定。"),
        ))


def _digging(seen, noise) -> Scenario:
    return Scenario(
        id="digging", name="7 Pipes before digging", name_zh="7 开挖前的地下管线", speed=200.0, end="2026-07-15T12:00:00+08:00",
        about="A trench across Yumin South Road: which pipes it meets, with what cover and clearance, and what they carry now.",
        about_zh="裕民南路开槽：遇到哪些管线，覆土与净距多少，此刻压力与流量如何。", ground_opacity=0.32,
        settings={"protection11": {"fill_opacity": 0.42, "width_px": 3.0}},
        visible=seen("pipes", "manholes", "shelters", "tunnel11", "protection11", TRENCH,
                     hidden=(*noise, "trees", "vehicles", "metro11", "stations")),
        chapters=(
            Chapter(time="2026-07-15T10:30:00+08:00", title="Below the street", title_zh="道路之下",
                    text="Seven kinds of pipes, civil defence shelters, line 11.", text_zh="七类管线、民防工程与11号线。",
                    camera=_eye((*geo.CENTRE.world(-575, 60)[0], -3.0), 150, 332, 15)),
            Chapter(time="2026-07-15T10:50:00+08:00", title="The section of the trench", title_zh="沟槽剖面",
                    text="1.5 m deep, 1 m wide; the table gives cover and clearance of every pipe.",
                    text_zh="深1.5米、宽1米；表中为各管线覆土与净距。", opens=(f"profile/{TRENCH}",),
                    camera=_eye((*geo.CENTRE.world(-575, 60)[0], -3.0), 110, 332, 24)),
            Chapter(time="2026-07-15T11:05:00+08:00", title="What they carry now", title_zh="管线此刻的状态",
                    text="The water main stands at 0.31 MPa and carries some 600 m³ an hour: shut it off first. Hardly any gas in the "
                         "shafts; at 20 % of the explosive limit nobody climbs down.",
                    text_zh="给水干管水压 0.31 MPa、流量约 600 立方米/小时：须先关阀。井内几无甲烷；达 20 %LEL 时禁止下井。",
                    select=tuple(f"story.digging.{layer}/STORY-PIPE-{pipe}" for layer, pipe in (
                        ("pressure", "WATER.water.main_pressure"), ("gas", "GAS.ug.ch4"), ("gas", "SEWER.ug.ch4"))),
                    settings=_also("story.digging.pressure", "story.digging.flow", "story.digging.gas"), opens=("charts",),
                    camera=_eye((*geo.CENTRE.world(-566, 70)[0], -2.0), 62, 332, 27)),
            Chapter(time="2026-07-15T11:20:00+08:00", title="Line 11 and its protection zone", title_zh="11号线与保护区",
                    text="50 m to both sides of the tunnel. The trench lies 460 m outside; pipes of three streets end within.",
                    text_zh="隧道两侧各 50 米。沟槽在其外 460 米；三条道路的管线末端位于保护区内。", opens=(f"profile/{TRENCH}",),
                    camera=_eye((*geo.CENTRE.world(-945, 170)[0], -6.0), 980, 335, 31)),
        ))


def _circle(seen, noise) -> Scenario:
    walk = Walk(streets="roads", facilities="system.18.01", dwellings="buildings")
    outskirts = tuple(round(float(v), 1) for v in geo.CENTRE.world(-1340, -1400)[0])
    whole = _eye((*geo.CENTRE.world(0, 0)[0], 5.0), 3200, 330, 40)
    beside = _eye((*geo.CENTRE.world(-1640, -1570)[0], 5.0), 2600, 330, 42)      # the legends' right, where it can be seen
    return Scenario(
        id="circle", name="8 The 15-minute circle", name_zh="8 15分钟生活圈", speed=400.0, end="2026-07-15T12:00:00+08:00",
        about="Whom the neighbourhood centres reach along the streets, and the dashboard of the 35 indicators.",
        about_zh="我嘉·邻里中心沿路网覆盖的人口，以及 35 项指标看板。",
        visible=seen("system.18.01", "roads", "g.systems", "g.item.18", hidden=(*noise, "vehicles")),
        chapters=(
            Chapter(time="2026-07-15T09:00:00+08:00", title="Fifty centres", title_zh="五十处中心",
                    text="The neighbourhood centres of the district.", text_zh="全区的我嘉·邻里中心。",
                    camera=_eye((*geo.CENTRE.world(0, 0)[0], 5.0), 6000, 330, 42)),
            Chapter(time="2026-07-15T09:40:00+08:00", title="1,080 metres", title_zh="1080米", walk=walk,
                    text="15 minutes at 1.2 m/s, along the streets and not as the crow flies.",
                    text_zh="15 分钟 × 1.2 米/秒，沿路网而非直线。", camera=whole),
            Chapter(time="2026-07-15T10:20:00+08:00", title="What if there were one more", title_zh="假如再建一处", opens=("results",),
                    walk=replace(walk, added=(outskirts,)), text="In the south-west of the centre; the table compares town by town and zone by zone.",
                    text_zh="在中心区西南；表中逐镇、逐区对比。", camera=beside),
            Chapter(time="2026-07-15T11:00:00+08:00", title="The dashboard", title_zh="指标看板", opens=("indicators/21",), walk=walk, camera=whole,
                    text="Indicator 21 asks for 95 % of the central urban area: the dashboard counts its people. The study here "
                         "counts the whole district.",
                    text_zh="指标21要求中心城区达到 95%：看板只计中心城区居民，此处统计为全区。"),
        ))


def _also(*ids: str) -> dict[str, dict]:
    """Settings of a chapter that shows these layers besides the story's."""
    return {id: {"visible": True} for id in ids}


def _eye(place, distance: float, azimuth_deg: float, tilt_deg: float) -> Camera:
    origin = Frame().origin
    return Camera.looking_at(tuple(round(float(a) - b, 2) for a, b in zip(place, origin)), distance=distance,
                             azimuth_deg=azimuth_deg, tilt_deg=tilt_deg)
