"""The tables of archive.sqlite, one migration after the other; `PRAGMA user_version` says how many have been applied.

`run` is one final run, `filing` one version of one result period, `result` one person in it. Tables are for the program and
named in English; the views 考核结果 and 历次备案 are for a clerk with any SQLite browser.
"""

from __future__ import annotations

APPLICATION = 0x50534B48
"""Marks the file as ours (PRAGMA application_id): “PSKH”."""

_TABLES = """
CREATE TABLE run (
  id       INTEGER PRIMARY KEY,
  period   TEXT NOT NULL,                        -- what was run: 2021Q4
  recorded TEXT NOT NULL,                        -- local time, ISO 8601
  rules    TEXT NOT NULL,                        -- sha256 of rules.yaml
  output   TEXT NOT NULL,                        -- sha256 of run.json
  inputs   TEXT NOT NULL CHECK (json_valid(inputs)),     -- file → sha256
  versions TEXT NOT NULL CHECK (json_valid(versions)),   -- program → version
  chain    TEXT NOT NULL UNIQUE                  -- sha256 over the previous run's chain, this run and its filings
);
CREATE TABLE filing (
  id       INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL REFERENCES run,
  period   TEXT NOT NULL,                        -- the result period as people write it: 2021Q4, 2020-05
  year     INTEGER NOT NULL,
  span     TEXT NOT NULL,
  number   INTEGER NOT NULL,
  version  INTEGER NOT NULL CHECK (version >= 0),        -- 0 the first filing, n for 更正 n
  people   INTEGER NOT NULL,
  digest   TEXT NOT NULL,                        -- sha256 over its results
  UNIQUE (year, span, number, version)
);
CREATE TABLE result (
  filing     INTEGER NOT NULL REFERENCES filing,
  place      INTEGER NOT NULL,                   -- order of the roster
  name       TEXT NOT NULL,
  staff_no   TEXT NOT NULL,
  unit       TEXT NOT NULL,
  department TEXT NOT NULL,
  rank       TEXT NOT NULL,
  band       TEXT NOT NULL,
  score      TEXT NOT NULL,                      -- exact: 84.5, or a fraction; empty without a score
  proposed   TEXT NOT NULL,
  result     TEXT NOT NULL,
  code       TEXT NOT NULL,
  remark     TEXT NOT NULL,
  reasons    TEXT NOT NULL CHECK (json_valid(reasons)),  -- [[code, text, clause, cells], …]
  PRIMARY KEY (filing, place)
) WITHOUT ROWID;
"""

_VIEWS = """
CREATE VIEW 考核结果 AS
SELECT filing.period AS 考核周期,
       CASE filing.version WHEN 0 THEN '首次备案' ELSE '更正' || filing.version END AS 版本,
       place AS 序号, unit AS 呈报单位, department AS 科室, name AS 姓名, staff_no AS 工号, rank AS 职务职级, score AS 得分,
       proposed AS 建议等次, result AS 考核等次, code AS 依据代码,
       (SELECT group_concat(json_extract(value, '$[1]') || replace('（' || json_extract(value, '$[2]') || '）', '（）', ''), '；')
          FROM json_each(reasons)) AS 依据,
       remark AS 备注
  FROM result JOIN filing ON filing.id = result.filing
 WHERE filing.version = (SELECT max(version) FROM filing AS other
                          WHERE other.year = filing.year AND other.span = filing.span AND other.number = filing.number)
 ORDER BY filing.year, filing.span, filing.number, place;

CREATE VIEW 历次备案 AS
SELECT filing.period AS 考核周期,
       CASE version WHEN 0 THEN '首次备案' ELSE '更正' || version END AS 版本,
       run.period AS 运行周期, recorded AS 备案时间, people AS 人数,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '好') AS 好,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '较好') AS 较好,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '一般') AS 一般,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '较差') AS 较差,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '不确定等次') AS 不确定等次,
       (SELECT count(*) FROM result WHERE filing = filing.id AND result = '未参加考核') AS 未参加考核,
       rules AS 规则指纹, inputs AS 输入指纹, output AS 输出指纹, versions AS 程序版本, digest AS 结果指纹, chain AS 链指纹
  FROM filing JOIN run ON run.id = filing.run
 ORDER BY filing.id;
"""


def _guards(table: str, key: str) -> str:
    """Triggers that refuse to change, delete or (INSERT OR REPLACE) overwrite rows."""
    refusal = "SELECT RAISE(ABORT, '考核档案只能追加，不能修改或删除');"
    overwritten = f"EXISTS (SELECT 1 FROM {table} AS other WHERE {key})"  # noqa: S608 - our own names
    return f"""
CREATE TRIGGER {table}_kept_from_update BEFORE UPDATE ON {table} BEGIN {refusal} END;
CREATE TRIGGER {table}_kept_from_delete BEFORE DELETE ON {table} BEGIN {refusal} END;
CREATE TRIGGER {table}_kept_from_replace BEFORE INSERT ON {table} WHEN {overwritten} BEGIN {refusal} END;
"""


MIGRATIONS: tuple[str, ...] = (
    f"PRAGMA application_id = {APPLICATION};"
    + _TABLES
    + _VIEWS
    + _guards("run", "other.id = NEW.id")
    + _guards("filing", "other.id = NEW.id OR (other.year = NEW.year AND other.span = NEW.span AND other.number = NEW.number AND other.version = NEW.version)")
    + _guards("result", "other.filing = NEW.filing AND other.place = NEW.place"),
)
"""Each script brings the schema from its place in the list to the next; never edit one that has been released."""
