"""The rows of a file as a DuckDB table: every one of them kept, missing, a duplicate, or rejected with a reason.

    read     the file, parsed, in its own order
    rows     one row per reading: row, place, thing, property, said, unit, t, value, quality, state, text
    counts   how many readings of each thing, property, unit, said, place and state there are, from when to when
    places   where the things stand
    described  what the rows say of the things beside that: names, heights
    staged   what goes into the store: datastream, t, value, quality; sorted, each datastream and time once
"""

from __future__ import annotations

from pathlib import Path

from twin.history.columns import GLOBAL_ID, property_and_unit
from twin.history.described import columns_of
from twin.history.gather import UNFIT
from twin.history.plan import Plan
from twin.history.repeated_hours import note_second_pass
from twin.history.sealed import quoted
from twin.history.stamp_sql import instant_sql, name_sql, offsets_sql, repeated_spans, text_of
from twin.history.text_table import NULLS
from twin.text import tr
from twin.text_encoding import texts

GOOD, MISSING, NO_TIME, NO_NUMBER, NO_NAME, NEVER = range(6)      # states of a row; from NO_TIME on rejected
FIRST_US, LAST_US = -8_520_336_000_000_000, 8_835_955_200_000_000   # years 1700 to 2250
GONE = ("missing", "缺测")                                          # quality words that mean: no value


def reasons(time_zone: str) -> dict[int, str]:
    return {NO_TIME: tr("the time cannot be read"), NO_NUMBER: tr("the value is no number"),
            NO_NAME: tr("the datastream has no name"),
            NEVER: tr("this hour does not exist in {zone}: the clock was put forward", zone=time_zone)}


def load(con, plan: Plan, folder: Path, step, most: int | None = None) -> int:
    """Make `rows`; how many rows of the file could not even be cut into columns (table `ragged`).

    `most`: only so many rows of the file are looked at. The file is parsed once, into `read`, in its own order;
    `rows` is a view that only turns clocks to UTC.
    """
    types = _source(con, plan, folder)
    limit = f" LIMIT {most}" if most else ""
    step(f"CREATE TABLE read AS {_read_sql(plan, types)}{limit}")
    utc, never = _to_utc(con, plan)
    con.execute(f"CREATE VIEW rows AS {' UNION ALL '.join(_readings(plan, utc, never))}")
    step("CREATE TABLE counts AS SELECT thing, property, unit, said, place, state, count(*) AS readings, "
         "min(t) AS first, max(t) AS last, min(row) AS row FROM rows GROUP BY ALL")
    _note_places(con, plan)
    _note_elements(con, plan)
    _note_words(con, plan)
    return _ragged(con, plan)


def _source(con, plan: Plan, folder: Path) -> dict[str, str]:
    """Make the view `source`; the DuckDB type of each column."""
    if plan.form == "text":
        path = _as_utf8(plan, folder)
        columns = ", ".join(f"'{quoted(n)}': 'VARCHAR'" for n in plan.names)
        con.execute(f"""CREATE VIEW source AS SELECT * FROM read_csv('{quoted(path)}', auto_detect = false,
            delim = '{quoted(plan.shape.delimiter)}', quote = '"', escape = '"', skip = {plan.shape.skip},
            header = false, columns = {{{columns}}}, store_rejects = true, strict_mode = true,
            max_line_size = 10000000)""")
    elif plan.form == "parquet":
        con.execute(f"CREATE VIEW source AS SELECT * FROM read_parquet('{quoted(plan.path)}')")
    else:
        con.register("source", plan.table)
    return {row[0]: row[1] for row in con.execute("DESCRIBE source").fetchall()}


def _as_utf8(plan: Plan, folder: Path) -> Path:
    """DuckDB reads UTF-8 without a mark before the first row; other texts are written anew beside the store first."""
    shape = plan.shape
    if shape.plain and (shape.encoding == "utf-8" or shape.skip):
        return Path(plan.path)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "text.csv"
    with open(copy, "w", encoding="utf-8", newline="") as new:
        new.writelines(texts(Path(plan.path), shape.encoding))
    return copy


def _read_sql(plan: Plan, types: dict[str, str]) -> str:
    """What every reading of a row shares, and the columns of values as they are. What a file does not say is not here:
    `rows` says it of all.

    In three layers: DuckDB computes an expression anew wherever the name of its column stands beside it, so whatever is
    used again is settled one layer further in.
    """
    roles = plan.roles

    def text(column: str, other: str = "''") -> str:
        if not column:
            return other
        if types[column] in ("DOUBLE", "FLOAT"):                 # 101.0 is the sensor 101
            return (f"coalesce(CASE WHEN {name_sql(column)} = trunc({name_sql(column)}) THEN "
                    f"{name_sql(column)}::BIGINT::VARCHAR ELSE {name_sql(column)}::VARCHAR END, '')")
        if types[column] == "VARCHAR":
            return f"coalesce({_trimmed(name_sql(column))}, '')"
        return f"coalesce(trim({name_sql(column)}::VARCHAR), '')"
    thing = text(roles.key, f"'{quoted(plan.thing or ('' if not roles.value else plan.stem))}'")
    pair = (roles.lon, roles.lat) if roles.lon else (roles.x, roles.y)
    places = ("place_x", "place_y") if roles.placed else ()
    columns = list(enumerate((roles.value,) if roles.value else roles.values))
    plain = types.get(roles.time) == "VARCHAR" and not roles.clock       # trimmed where it is shown
    elements = ("element",) if roles.element else ()
    described = [(f"its_{field}", _number_sql(plan, c, types[c]) if field.endswith("_m") else text(c))
                 for c, field in columns_of(roles).items()]
    said = [(name, column) for name, column in (("property", roles.observed), ("unit", roles.unit)) if column]
    inner = [*(f"{text(roles.element)} AS {name}" for name in elements),
             *(f"{_number_sql(plan, c, types[c])} AS {n}" for n, c in zip(places, pair)),
             *(f"{sql} AS {name}" for name, sql in described),
             f"{thing} AS thing", *(f"{text(column)} AS {name}" for name, column in said),
             *((f"lower({text(roles.quality)}) AS said_quality",) if roles.quality else ()),
             f"{instant_sql(plan.stamp, roles, types)} AS t",
             f"{name_sql(roles.time) if plain else text_of(roles, types)} AS said_time",
             *(f"{_number_sql(plan, c, types[c])} AS v{n}, {name_sql(c)} AS said{n}" for n, c in columns)]
    states = [f"{_state_sql(plan, types[c], n)} AS s{n}" for n, c in columns]
    bad = " OR ".join(["t IS NULL", *(f"s{n} = {NO_NUMBER}" for n, _ in columns)])
    quality = (f"{_among('said_quality', sorted(UNFIT))}::TINYINT AS quality",) if roles.quality else ()
    outer = [*places, *elements, *(name for name, _ in described), "thing", *(name for name, _ in said), *quality, "t",
             *(f"v{n}, s{n}" for n, _ in columns),
             *(f"CASE WHEN t IS NULL OR s{n} = {NO_NUMBER} THEN said{n}::VARCHAR END AS x{n}" for n, _ in columns),
             f"CASE WHEN {bad} THEN trim(said_time::VARCHAR) END AS stamp"]
    return (f"SELECT {', '.join(outer)} FROM (SELECT *, {', '.join(states)} FROM "
            f"(SELECT {', '.join(inner)} FROM source))")


def _number_sql(plan: Plan, column: str, type_: str) -> str:
    name = name_sql(column)                             # a cast skips blanks by itself
    if type_ == "VARCHAR" and plan.decimal == ",":
        name = f"replace({name}, ',', '.')"
    return f"TRY_CAST({name} AS DOUBLE)"


def _state_sql(plan: Plan, type_: str, n: int) -> str:
    """Of the number v{n}, which said{n} was read as."""
    empty = [f"said{n} IS NULL", f"isnan(v{n})"]
    if type_ == "VARCHAR":
        empty.append(_among(f"trim(said{n})", NULLS))
    gone = [f"v{n} = {number!r}" for number in plan.sentinels]
    gone += [_among("said_quality", GONE)] if plan.roles.quality else []
    first = "" if plan.roles.quality else _plainly_good(plan, n)
    return (f"(CASE {first} WHEN {' OR '.join(gone) or 'false'} THEN {MISSING} WHEN isfinite(v{n}) THEN {GOOD} "
            f"WHEN {' OR '.join(empty)} THEN {MISSING} ELSE {NO_NUMBER} END)::TINYINT")


def _plainly_good(plan: Plan, n: int) -> str:
    """What nearly all values are is asked first: of these no sentinel has to be compared."""
    beyond = f" AND v{n} > {max(plan.sentinels)!r}" if plan.sentinels else ""
    return f"WHEN isfinite(v{n}){beyond} THEN {GOOD}"


def _trimmed(name: str) -> str:
    """To look whether there is anything to trim costs a third of trimming, and there hardly ever is."""
    return (f"CASE WHEN {name} LIKE ' %' OR {name} LIKE '% ' OR strlen({name}) <> length({name}) THEN trim({name}) "
            f"ELSE {name} END")


def _among(text: str, words) -> str:
    """Not IN: DuckDB makes a join of a long one, and a table with a join in it loses the order of the file."""
    return f"list_contains([{', '.join(repr(w) for w in words)}], {text})"


def _to_utc(con, plan: Plan) -> tuple[str, str]:
    """SQL of (the instant, whether it is in an hour that never was) of naive stamps; others stand as they are."""
    if plan.stamp.relative:
        return f"t + {(plan.start_ns or 0) // 1000}", "false"
    first, last = con.execute(f"SELECT min(t), max(t) FROM read WHERE t BETWEEN {FIRST_US} AND {LAST_US}").fetchone()
    if not plan.stamp.naive or first is None:
        return "t", "false"
    utc, never = offsets_sql(plan.time_zone, first, last)
    second = note_second_pass(con, plan, repeated_spans(plan.time_zone, first, last))
    return f"({utc}) + later" if second else utc, never


def _note_places(con, plan: Plan) -> None:
    """The table `places`: where each thing was said to stand, from the first to the last of its places."""
    if not plan.roles.placed:
        return
    con.execute("CREATE TABLE places AS SELECT thing, min(place_x) AS x0, max(place_x) AS x1, min(place_y) AS y0, "
                "max(place_y) AS y1 FROM read GROUP BY thing ORDER BY thing")


def _note_elements(con, plan: Plan) -> None:
    """The table `elements`: the GlobalId that a thing's rows name for an observed property, and how many there are."""
    if not plan.roles.element:
        return
    property = "property" if plan.roles.observed else "''"
    con.execute(f"CREATE TABLE elements AS SELECT thing, {property} AS property, min(element) AS element, "
                f"count(DISTINCT element) AS several FROM read WHERE regexp_full_match(element, '{GLOBAL_ID}') "
                "GROUP BY ALL")


def _note_words(con, plan: Plan) -> None:
    """The table `described`: the first name that the rows say of a thing, and its height where that never changes."""
    words = ", ".join(map(_word_sql, columns_of(plan.roles).values()))
    if words:
        con.execute(f"CREATE TABLE described AS SELECT thing, {words} FROM read GROUP BY thing")


def _word_sql(field: str) -> str:
    if field.endswith("_m"):
        return f"CASE WHEN min(its_{field}) = max(its_{field}) THEN min(its_{field}) END AS its_{field}"
    return f"arg_min(its_{field}, rowid) FILTER (its_{field} <> '') AS its_{field}"


def _readings(plan: Plan, utc: str, never: str) -> list[str]:
    """SELECTs of the readings of each column of values."""
    roles = plan.roles
    sane = f"t BETWEEN {FIRST_US} AND {LAST_US}"
    quality = "quality" if roles.quality else "0::TINYINT"
    nameless = f"WHEN thing = '' THEN {NO_NAME}" if roles.key else ""
    out = []
    for n, column in enumerate((roles.value,) if roles.value else roles.values):
        said, unit = property_and_unit(column)
        property = "property" if roles.value and roles.observed else "''" if roles.value else f"'{quoted(said)}'"
        out.append(f"""SELECT rowid AS row, {n} AS place, thing, {property} AS property, '{quoted(said)}' AS said,
            {_unit_sql(plan, column, said, unit)} AS unit, CASE WHEN {sane} THEN {utc} END AS t, v{n} AS value,
            {quality} AS quality,
            (CASE {nameless} WHEN t IS NULL OR NOT ({sane}) THEN {NO_TIME} WHEN {never} THEN {NEVER}
             ELSE s{n} END)::TINYINT AS state, concat_ws(', ', nullif(thing, ''),
                 coalesce(stamp, make_timestamp(t)::VARCHAR), coalesce(x{n}, v{n}::VARCHAR)) AS text FROM read""")
    return out


def _unit_sql(plan: Plan, column: str, property: str, unit: str) -> str:
    said = plan.units.get(column) or plan.units.get(property) or unit
    return f"'{quoted(said)}'" if said or not plan.roles.unit else "unit"


def _ragged(con, plan: Plan) -> int:
    """Lines that cannot be cut into the columns, as the table `ragged` (line, text, quote: it is for a quotation
    mark, not for their number). More columns than the header has are no less wrong than fewer: 12,5 is not 12."""
    if plan.form != "text":
        con.execute("CREATE TABLE ragged (line BIGINT, text VARCHAR, quote BOOLEAN)")
        return 0
    con.execute("CREATE TABLE ragged AS SELECT line, any_value(csv_line) AS text, "
                "bool_or(error_type::VARCHAR = 'UNQUOTED VALUE') AS quote FROM reject_errors GROUP BY line "
                "ORDER BY line")
    return con.execute("SELECT count(*) FROM ragged").fetchone()[0]


# -- from rows to what is stored ------------------------------------------------------------------------


def late_rows(con) -> int:
    """How many readings stand in the file after a later one of their datastream."""
    falls = con.execute("SELECT count(*) FROM (SELECT t < lag(t) OVER () AS falls FROM read) WHERE falls").fetchone()[0]
    if not falls:
        return 0
    before = "PARTITION BY thing, property ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return con.execute(f"SELECT count(*) FROM (SELECT t < max(t) OVER ({before}) AS late FROM rows "
                       f"WHERE state = {GOOD}) WHERE late").fetchone()[0]


def stage(con, names: list[tuple[str, str, str, str, float, float]], step) -> int:
    """Make `staged` of the good rows; how many repeat the datastream and time of another (the last one counts).

    `names`: (thing, property, unit, datastream, factor, offset): value * factor + offset is stored.
    """
    import pyarrow as pa
    columns = list(zip(*names)) if names else [()] * 6
    con.register("told", pa.table({n: pa.array(c, pa.string()) for n, c in
                                   zip(("thing", "property", "unit", "id"), columns)}
                                  | {n: pa.array(c, pa.float64()) for n, c in zip(("factor", "plus"), columns[4:])}))
    con.execute("CREATE TYPE ids AS ENUM (SELECT DISTINCT id FROM told UNION SELECT '' ORDER BY id)")
    con.execute("CREATE TABLE names AS SELECT thing, property, unit, id::ids AS id, factor, plus FROM told")
    keys = [n for n, told in zip(("thing", "property", "unit"), columns) if len(set(told)) > 1] or ["thing"]
    value = "value * factor + plus" if any(n[4:] != (1.0, 0.0) for n in names) else "value"
    step(f"""CREATE TABLE sorted AS SELECT id AS datastream, t, {value} AS value, quality, row
             FROM rows JOIN names USING ({', '.join(keys)}) WHERE state = {GOOD}
             ORDER BY datastream, t, row DESC""")
    again = "datastream = lag(datastream) OVER () AND t = lag(t) OVER ()"
    repeats = con.execute(f"SELECT count(*) FROM (SELECT {again} AS again FROM sorted) WHERE again").fetchone()[0]
    if repeats:
        step(f"CREATE TABLE staged AS SELECT datastream, t, value, quality FROM "
             f"(SELECT *, {again} AS again FROM sorted) WHERE again IS NOT true")
    else:
        con.execute("ALTER TABLE sorted RENAME TO staged")
    return repeats
