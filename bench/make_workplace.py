"""Makes a seeded workplace of the 温州 kind: `make_workplace.py SIZE DIR`.

Every department hands in three monthly 出勤汇总表 and one 季度评价汇总表 of 2021Q4;
人员名册.xlsx and 特殊情形表.xlsx lie at the top of `input/`. The input is meant to be
free of problems: at most 40 % of each unit's participants are rated 好.
The same size always gives the same sheets; a folder made by this version is left alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import math
import os
import random
import shutil
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


Cell: TypeAlias = "str | float | dt.date | None"

ROOT = Path(__file__).resolve().parent.parent
STAMP = ".bench-workplace.json"
SEED = 20211231
CREATED = dt.datetime(2022, 1, 4, 9, 0, 0, tzinfo=dt.UTC)
MONTHS = ("2021-10", "2021-11", "2021-12")
QUARTER_FOLDER = "2021年第4季度"
SHARE_PERCENT = 40


@dataclass(frozen=True, slots=True)
class Size:
    units: int
    departments: int
    people: int


SIZES = {
    "small": Size(units=3, departments=22, people=360),
    "medium": Size(units=20, departments=450, people=9_000),
    "large": Size(units=60, departments=1_500, people=30_000),
}

DEPARTMENTS = (
    "办公室",
    "人事科",
    "财务科",
    "归集管理科",
    "信贷管理科",
    "会计核算科",
    "稽核审计科",
    "法规科",
    "信息技术科",
    "客户服务科",
    "综合科",
    "机关党委",
    "资产管理科",
    "风险控制科",
    "档案科",
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国红梅志文斌辉鹏飞"
LEVELS = (
    "乡科级正职",
    "乡科级副职",
    "一级主任科员",
    "二级主任科员",
    "三级主任科员",
    "四级主任科员",
    "一级科员",
    "二级科员",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of 特殊情形: when it lasts, and what it does to the sheets."""

    starts: dt.date
    ends: dt.date | None
    grounds: str
    on_sheets: str = "both"  # both · attendance · none
    rating: str = ""
    opinion: str = ""


QUARTER = (dt.date(2021, 10, 1), dt.date(2021, 12, 31))
KINDS = {
    "试用期": Kind(dt.date(2021, 8, 2), None, "录用通知", rating="较好"),
    "立案调查": Kind(dt.date(2021, 11, 3), None, "立案决定书", rating="较好"),
    "警告": Kind(dt.date(2021, 9, 1), None, "政务处分决定书", rating="较好"),
    "记过": Kind(dt.date(2021, 5, 10), None, "政务处分决定书", rating="较好"),
    "记大过": Kind(dt.date(2021, 3, 15), None, "政务处分决定书", rating="较好"),
    "降级": Kind(dt.date(2020, 11, 20), None, "政务处分决定书", rating="较好"),
    "撤职": Kind(dt.date(2020, 6, 8), None, "政务处分决定书", rating="较好"),
    "党纪处分": Kind(dt.date(2021, 7, 1), dt.date(2022, 6, 30), "党纪处分决定书", rating="较好"),
    "诫勉": Kind(dt.date(2021, 8, 10), dt.date(2022, 2, 9), "诫勉决定", rating="较好"),
    "组织处理": Kind(dt.date(2021, 10, 15), dt.date(2022, 4, 14), "组织处理决定", rating="较好"),
    "未参加": Kind(*QUARTER, "本人说明", on_sheets="attendance"),
    "拒不参加": Kind(*QUARTER, "谈话记录", on_sheets="attendance"),
    "挂职外派": Kind(dt.date(2021, 3, 1), dt.date(2023, 2, 28), "组织部通知", on_sheets="none"),
    "借调外出": Kind(dt.date(2021, 7, 1), None, "借调函", on_sheets="none"),
    "抽调": Kind(dt.date(2021, 10, 8), dt.date(2021, 12, 31), "抽调通知", rating="较好"),
    "学习培训": Kind(dt.date(2021, 11, 1), dt.date(2021, 11, 30), "培训通知", rating="较好"),
    "直接确定为好": Kind(
        *QUARTER,
        "市政府表彰决定〔2021〕12号",
        rating="好",
        opinion="承担急重任务表现突出，受市政府表彰，直接确定为好。",
    ),
    "直接确定为较差": Kind(
        *QUARTER,
        "市中心通报〔2021〕8号",
        rating="较差",
        opinion="不服从组织安排，造成不良后果，直接确定为较差。",
    ),
}

# People who are no 考核对象: (职务, 职务职级, 人员类别, 编制, 在岗)
OUTSIDE = (
    ("副主任", "县处级副职", "公务员", "在编", "是"),
    ("驾驶员", "", "工勤", "在编", "是"),
    ("窗口人员", "", "事业", "编外", "是"),
    ("科员", "一级科员", "公务员", "在编", "否"),
)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    number: str
    unit: str
    department: str
    post: str
    level: str
    category: str = "公务员"
    establishment: str = "在编"
    on_post: str = "是"
    kind: str = ""
    rating: str = ""
    opinion: str = ""
    sick_days: float = 0

    @property
    def on_attendance(self) -> bool:
        return not self.is_outside and (not self.kind or KINDS[self.kind].on_sheets != "none")

    @property
    def on_rating(self) -> bool:
        return self.on_attendance and (not self.kind or KINDS[self.kind].on_sheets == "both")

    @property
    def is_outside(self) -> bool:
        return self.level == "县处级副职" or self.category == "工勤" or self.establishment == "编外" or self.on_post == "否"


def split(total: int, parts: int) -> list[int]:
    """`total` in `parts` whole shares that differ by at most one."""
    return [total // parts + (i < total % parts) for i in range(parts)]


def department_names(count: int) -> list[str]:
    rounds = math.ceil(count / len(DEPARTMENTS))
    marks = ("", "（二）", "（三）")[:rounds]
    return [name + mark for mark in marks for name in DEPARTMENTS][:count]


def fresh_names(rng: random.Random, count: int) -> list[str]:
    """`count` different names: within a unit nobody shares one."""
    names: dict[str, None] = {}
    while len(names) < count:
        given = "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))
        names[rng.choice(SURNAMES) + given] = None
    return list(names)


def unit_people(rng: random.Random, unit: str, sizes: Sequence[int], first: int) -> list[Person]:
    """The people of one unit, department by department, all of them ordinary."""
    names = iter(fresh_names(rng, sum(sizes)))
    people: list[Person] = []
    for department, size in zip(department_names(len(sizes)), sizes, strict=True):
        for place in range(size):
            level = LEVELS[0] if place == 0 else rng.choice(LEVELS[1:])
            post = "科长" if place == 0 else "科员"
            number = f"{first + len(people):06d}"
            people.append(Person(next(names), number, unit, department, post, level))
    return people


def rate_unit(rng: random.Random, people: list[Person], kinds: Sequence[str]) -> list[Person]:
    """Gives a unit its outsiders, circumstances, absences and ratings."""
    # Heads of department stay ordinary, so that every department hands in something.
    order = [i for i, person in enumerate(people) if person.post != "科长"]
    rng.shuffle(order)
    heads = [i for i, person in enumerate(people) if person.post == "科长"]
    result = list(people)
    for outside in OUTSIDE:
        i = order.pop()
        post, level, category, establishment, on_post = outside
        result[i] = replace(
            people[i],
            post=post,
            level=level,
            category=category,
            establishment=establishment,
            on_post=on_post,
        )
    away = direct = 0
    for name in kinds:
        i, kind = order.pop(), KINDS[name]
        away += kind.on_sheets != "both"
        direct += kind.rating == "好"
        level = "" if name == "试用期" else people[i].level
        result[i] = replace(
            people[i],
            level=level,
            kind=name,
            rating=kind.rating,
            opinion=kind.opinion,
        )
    participants = len(people) - len(OUTSIDE) - away
    # The direct ones need no seat; counting them as if they did keeps clear of the cap.
    seats = max(0, participants * SHARE_PERCENT // 100 - direct)
    for i in [order.pop() for _ in range(max(1, len(people) // 400))]:  # > half
        result[i] = replace(people[i], rating="较好", opinion="本季度长期病假。", sick_days=12)
    for i in [order.pop() for _ in range(max(1, len(people) // 200))]:  # < 80 %
        result[i] = replace(people[i], rating="一般", opinion="因病出勤未达标。", sick_days=5)
    for i in [order.pop() for _ in range(len(people) // 100)]:
        result[i] = replace(people[i], rating="一般", opinion="工作进度偏慢，已谈话。")
    rest = order + heads
    rng.shuffle(rest)
    for place, i in enumerate(rest):
        result[i] = replace(people[i], rating="好" if place < seats else "较好")
    return result


def make_people(size: Size, kinds: Sequence[str]) -> list[list[Person]]:
    """Everybody, unit by unit; each kind of circumstance at least once over all."""
    rng = random.Random(SEED)
    departments = iter(split(size.people, size.departments))
    circumstances = max(len(kinds), size.people // 40)
    spoken: defaultdict[int, list[str]] = defaultdict(list)
    for i in range(circumstances):
        spoken[i % size.units].append(kinds[i % len(kinds)])
    units: list[list[Person]] = []
    first = 100_001
    for u, count in enumerate(split(size.departments, size.units)):
        unit = "市中心机关" if u == 0 else f"第{u:02d}分中心"
        sizes = [next(departments) for _ in range(count)]
        people = unit_people(rng, unit, sizes, first)
        first += len(people)
        units.append(rate_unit(rng, people, spoken[u]))
    return units


def write_list(path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """One standard list sheet: title row, header row, one row each."""
    book = xlsxwriter.Workbook(
        path,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    book.set_properties({"created": CREATED, "author": "bench"})
    sheet = book.add_worksheet(title.split("（", maxsplit=1)[0])
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(header) - 1, title, bold)
    sheet.write_row(1, 0, header, bold)
    for r, row in enumerate(rows, start=2):
        sheet.write_row(r, 0, row)
    book.close()


ATTENDANCE = ("序号", "姓名", "工号", "科室", "病假", "事假", "旷工", "年休", "法定假")
LEAVE = (*ATTENDANCE, "加班补休")


def attendance_rows(rng: random.Random, people: Iterable[Person]) -> list[list[Cell]]:
    """The rows, a 合计 row and a 注 row. Most people took no leave: blank."""
    rows: list[list[Cell]] = []
    totals = [0.0] * 6
    for person in people:
        days: list[float] = [
            person.sick_days or rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 0.5, 1)),
            rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 0.5, 1)),
            0,
            0 if person.sick_days else rng.choice((0, 0, 0, 0, 0, 0, 1, 2, 3)),
            0,
            0 if person.sick_days else rng.choice((0, 0, 0, 0, 0, 0, 0, 1)),
        ]
        totals = [a + b for a, b in zip(totals, days, strict=True)]
        cells: list[Cell] = [day or None for day in days]
        who: list[Cell] = [person.name, person.number, person.department]
        rows.append([len(rows) + 1, *who, *cells])
    rows.append([None, "合计", None, None, *totals])
    rows.append(["注：以天为单位，可填半天（0.5），空白视为0。"])
    return rows


RATING = ("序号", "姓名", "工号", "科室", "自评档次", "领导评价档次", "领导意见")


def rating_rows(rng: random.Random, people: Iterable[Person]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        [
            place,
            person.name,
            person.number,
            person.department,
            rng.choice(("好", "较好")),
            person.rating,
            person.opinion or None,
        ]
        for place, person in enumerate(people, start=1)
    ]
    rows.append(["注：直接确定为好、较差或者出勤未达标的，应在领导意见栏说明。"])
    return rows


def write_unit(top: Path, people: Sequence[Person]) -> int:
    """Writes what the departments of one unit hand in; how many files."""
    unit = people[0].unit
    rng = random.Random(f"{SEED}{unit}")
    departments: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        departments[person.department].append(person)
    for period in (*MONTHS, QUARTER_FOLDER):
        (top / unit / period).mkdir(parents=True)
    for name, members in departments.items():
        present = [person for person in members if person.on_attendance]
        for month in MONTHS:
            write_list(
                top / unit / month / f"{name}出勤汇总表.xlsx",
                f"出勤汇总表（{month}）",
                LEAVE,
                attendance_rows(rng, present),
            )
        rated = [person for person in members if person.on_rating]
        write_list(
            top / unit / QUARTER_FOLDER / f"{name}季度评价汇总表.xlsx",
            f"季度评价汇总表（{QUARTER_FOLDER}）",
            RATING,
            rating_rows(rng, rated),
        )
    return len(departments) * (len(MONTHS) + 1)


ROSTER = (
    *("姓名", "工号", "呈报单位", "科室", "职务", "职务职级", "人员类别", "编制"),
    *("在岗", "任现职时间", "到岗日期", "离岗日期", "电子邮箱", "备注"),
)


def roster_row(person: Person) -> list[Cell]:
    arrived = dt.date(2015, 7, 1)
    if person.kind == "试用期":
        arrived = KINDS["试用期"].starts
    return [
        person.name,
        person.number,
        person.unit,
        person.department,
        person.post,
        person.level or None,
        person.category,
        person.establishment,
        person.on_post,
        max(arrived, dt.date(2019, 1, 1)),
        arrived,
        dt.date(2021, 8, 31) if person.on_post == "否" else None,
        f"{person.number}@example.org",
        None,
    ]


SPECIAL = (
    *("姓名", "工号", "呈报单位", "科室", "情形", "开始日期", "结束日期"),
    *("依据", "说明"),
)


def special_row(person: Person) -> list[Cell]:
    kind = KINDS[person.kind]
    who: list[Cell] = [person.name, person.number, person.unit, person.department]
    return [*who, person.kind, kind.starts, kind.ends, kind.grounds, None]


def kinds_of(rules: Path) -> list[str]:
    """The circumstances to use: those the rules name (an unknown one is a problem)."""
    if not rules.is_file():
        return list(KINDS)
    text = rules.read_text(encoding="utf-8")
    return [name for name in KINDS if name in text] or list(KINDS)


def fingerprint(size: str, kinds: Sequence[str]) -> dict[str, str]:
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return {"size": size, "made_by": made_by, "kinds": " ".join(kinds)}


def make(size_name: str, folder: Path) -> str:
    """Makes the workplace, unless it is there already; a sentence for the terminal."""
    rules = ROOT / "rules.yaml"
    kinds = kinds_of(rules)
    stamp, wanted = folder / STAMP, fingerprint(size_name, kinds)
    if folder.exists() and any(folder.iterdir()) and not stamp.is_file():
        sys.exit(f"{folder} is not empty and was not made by this program: left alone")
    folder.mkdir(parents=True, exist_ok=True)
    if rules.is_file():
        shutil.copyfile(rules, folder / "rules.yaml")
    else:
        print(f"no {rules} yet: the workplace has none", file=sys.stderr)
    if stamp.is_file() and wanted.items() <= json.loads(stamp.read_text()).items():
        return f"{folder}: already there"
    stamp.write_text("{}")  # ours, but not finished
    top = folder / "input"
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    units = make_people(SIZES[size_name], kinds)
    everybody = list(chain.from_iterable(units))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(write_unit, top, people) for people in units]
        write_list(top / "人员名册.xlsx", "人员名册", ROSTER, map(roster_row, everybody))
        special = [special_row(person) for person in everybody if person.kind]
        write_list(top / "特殊情形表.xlsx", "特殊情形表", SPECIAL, special)
        files = 2 + sum(future.result() for future in waiting)
    counts = {"files": files, "people": len(everybody), "units": len(units)}
    stamp.write_text(json.dumps({**wanted, **counts}))
    return f"{folder}: {files} files, {len(everybody)} people, {len(units)} units"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    print(make(options.size, options.folder.resolve()))


if __name__ == "__main__":
    main()
