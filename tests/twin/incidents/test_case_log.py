"""Case logs of control rooms come in whole, once, in any order, with what was refused and why."""

from __future__ import annotations

import pytest

from twin.incidents.case_log import import_log
from twin.incidents.journal import Journal, read
from twin.trouble import Trouble

LOG = """case_id,time,state,actor,note,title,level,easting,northing
C-1,2026-07-15 06:43,派单,区城运中心,,,,,
C-1,2026-07-15 06:41,发现,值班员,depth 25 cm,沪宜公路下立交积水,红,621000,3470000
C-1,2026-07-15 08:00,closed,road maintenance,,,,,
C-1,2026-07-15 07:05,到场,排水,,,,,
C-2,later,found,,,,,,
C-3,2026-07-15 07:00,lost,,,,,,
C-1,2026-07-15 07:50,handled,,,,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_log_in_any_order(tmp_path, encoding):
    log, journal = tmp_path / "cases.csv", Journal(tmp_path / "a.incidents.jsonl")
    log.write_bytes(LOG.encode(encoding))
    done = import_log(log, journal, "Asia/Shanghai")
    assert (done.rows, done.added, done.known) == (7, 5, 0)
    assert [line for line, _ in done.rejected] == [6, 7]
    (incident,) = read(journal.path).incidents()
    assert incident.title == "沪宜公路下立交积水" and incident.level == 3 and incident.state == "closed"
    assert incident.secs() == 79 * 60 and incident.place[:2] == (621000.0, 3470000.0)
    again = import_log(log, journal, "Asia/Shanghai")
    assert (again.added, again.known) == (0, 5) and len(read(journal.path).entries) == 5


def test_another_table_is_refused(tmp_path):
    log = tmp_path / "x.csv"
    log.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Trouble, match="case_id"):
        import_log(log, Journal(tmp_path / "j.jsonl"), "Asia/Shanghai")
    assert not (tmp_path / "j.jsonl").exists()
