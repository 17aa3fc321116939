"""Local stamps of the hour that comes twice, when a clock is put back: which of the two passes a row is of.

A row cannot say it by itself, but the order of the file does: within that hour the stamps of a sensor that measured
go back once, and some of them come again (pandas infers it so too, `ambiguous="infer"`). Anything else (each row
twice, one late row) is of the first pass, as where the hour stands once.
"""

from __future__ import annotations

from twin.history.plan import Plan


def note_second_pass(con, plan: Plan, spans: list[tuple[int, int, int]]) -> bool:
    """Give the table `read` a column `later`, in microseconds, where any row is of a second pass; whether one is.

    `spans`: (first, end, how much later the second pass is) of the hours that come twice, in local microseconds.
    The table `second_pass` (row, later) has those rows.
    """
    con.execute("CREATE TABLE second_pass (row BIGINT, later BIGINT)")
    property = "property" if plan.roles.observed else "''"
    for first, end, later in spans:
        con.execute(f"""INSERT INTO second_pass
            WITH hour AS (SELECT rowid AS row, thing, {property} AS property, t FROM read
                          WHERE t >= {first} AND t < {end}),
                 steps AS (SELECT *, coalesce(t <= lag(t) OVER (PARTITION BY thing, property ORDER BY row), false)
                           AS back FROM hour),
                 runs AS (SELECT *, count(*) FILTER (back) OVER (PARTITION BY thing, property ORDER BY row) AS run
                          FROM steps),
                 twice AS (SELECT thing, property FROM runs GROUP BY ALL
                           HAVING max(run) = 1 AND count(*) > count(DISTINCT t))
            SELECT row, {later} FROM runs SEMI JOIN twice USING (thing, property) WHERE run = 1""")
    if not con.execute("SELECT count(*) FROM second_pass").fetchone()[0]:
        return False
    con.execute("ALTER TABLE read ADD COLUMN later BIGINT DEFAULT 0")
    con.execute("UPDATE read SET later = s.later FROM second_pass s WHERE read.rowid = s.row")
    return True
