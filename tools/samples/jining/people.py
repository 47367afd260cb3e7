"""The invented people of 济宁市商务局 and what is known about them in 2020 Q2."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zlib import crc32

SEED = 2020
MONTHS = (4, 5, 6)
KINDS = ("病假", "事假", "旷工", "年休", "法定假", "加班补休")

# In the order of the establishment, nobody twice under one name:
# 姓名 科室 职务 职务职级 任现职时间 到岗日期, then the totals of April, May and June;
# two totals mean that two raters handed in a sheet, - that the person is on none.
ESTABLISHMENT = """
赵宏图 局领导 副局长 县处级副职 2017-02-01 2003-07-01 - - -
孟庆岩 办公室 主任 乡科级正职 2016-05-01 2001-08-01 95.5 94.5 93
孔令仪 办公室 副主任 乡科级副职 2018-11-01 2009-09-01 84.5 88 83
王晓楠 办公室 四级主任科员 四级主任科员 2019-06-01 2014-08-01 88 84.5 89
刘振东 办公室 一级科员 一级科员 2019-06-01 2017-09-01 79 80 81
张德福 办公室 驾驶员 - - 2002-03-01 - - -
颜丽华 人事科 科长 乡科级正职 2017-09-01 2004-07-01 93.5 91.5 91
曾凡敏 人事科 二级主任科员 二级主任科员 2019-06-01 2008-08-01 89.5 89.5 84
周子涵 人事科 - - - 2019-09-02 86 87 88
仲伟国 机关党委 专职副书记 四级调研员 2019-06-01 1996-07-01 93 91 84.5
冉秋月 机关党委 三级主任科员 三级主任科员 2019-06-01 2011-08-01 83 84 88.5
马金玲 财务科 科长 乡科级正职 2015-03-01 2000-07-01 92.5 93 90
李文博 财务科 四级主任科员 四级主任科员 2019-12-01 2015-09-01 86 87.5 84
韩雪 财务科 一级科员 一级科员 2019-06-01 2017-09-01 81.5 82 82.5
宋立新 综合科 科长 乡科级正职 2016-10-01 2002-07-01 91 92.5/93 84
朱桂芳 综合科 一级主任科员 一级主任科员 2019-06-01 1998-07-01 88.5 89/88 90
郭鹏飞 综合科 四级主任科员 四级主任科员 2019-06-01 2013-08-01 82 83/82.5 81.5
徐瑞 综合科 二级科员 二级科员 2019-06-01 2018-09-01 60 59/60 72.5
高建军 对外贸易科 科长 乡科级正职 2014-06-01 1999-07-01 94 96 92.5
冯雅琴 对外贸易科 副科长 乡科级副职 2018-03-01 2007-08-01 88.5 87.5 83.5
林海涛 对外贸易科 三级主任科员 三级主任科员 2019-06-01 2020-05-06 - 86 87.5
谢志远 对外贸易科 四级主任科员 四级主任科员 2019-06-01 2014-08-01 76.5 77.5 78.5
牛思琪 对外贸易科 一级科员 一级科员 2019-06-01 2017-09-01 84 84.5 85
丁爱民 外资管理科 科长 一级主任科员 2019-06-01 2001-07-01 90 89 84
杜晓燕 外资管理科 三级主任科员 三级主任科员 2019-06-01 2010-08-01 85.5 83.5 86.5
岳明哲 外资管理科 四级主任科员 四级主任科员 2019-06-01 2013-08-01 - - -
柴文静 外资管理科 一级科员 一级科员 2019-06-01 2018-09-01 80 79.5 80.5
田继明 商贸流通科 科长 乡科级正职 2015-07-01 1998-07-01 90.5 92 83.5
侯玉洁 商贸流通科 二级主任科员 二级主任科员 2019-06-01 2006-08-01 87.5 90 82
段长河 商贸流通科 一级主任科员 一级主任科员 2019-06-01 1985-12-01 82.5 83 -
贾文涛 商贸流通科 四级主任科员 四级主任科员 2019-06-01 2012-08-01 74 73.5 76
陶振华 电子商务科 科长 乡科级正职 2018-04-01 2005-07-01 92 90.5 84.5
尹璐 电子商务科 四级主任科员 四级主任科员 2019-06-01 2014-09-01 84 84 87
薛家豪 电子商务科 一级科员 一级科员 2019-06-01 2017-09-01 78 - -
史桂英 市贸促会综合科 科长 乡科级正职 2016-01-01 2000-08-01 91.5 94 90.5
常勇 市贸促会综合科 三级主任科员 三级主任科员 2019-06-01 2009-08-01 78 79 77
武文静 市贸促会综合科 四级主任科员 四级主任科员 2019-06-01 2013-09-01 75 76 77
万里程 市贸促会综合科 一级科员 一级科员 2019-06-01 2017-09-01 81 82 83.5
龚明亮 市贸促会会展科 科长 乡科级副职 2017-11-01 2006-07-01 87 84 84.5/85
毕晓峰 市贸促会会展科 四级主任科员 四级主任科员 2019-06-01 2012-08-01 77 75.5 76/75.5
苗青青 市贸促会会展科 一级科员 一级科员 2019-06-01 2018-09-01 80.5 78 84.5/85.5
施国栋 市贸促会联络科 科长 一级主任科员 2019-06-01 2003-08-01 89 88.5 82.5
安然 市贸促会联络科 四级主任科员 四级主任科员 2019-06-01 2014-08-01 - - -
阎丽 市贸促会联络科 二级科员 二级科员 2019-06-01 2018-09-01 79.5 80.5 80
"""

ASSOCIATION = "市贸促会"
WORKERS = frozenset({"张德福"})
LEFT = {"段长河": date(2020, 5, 20), "薛家豪": date(2020, 5, 15)}
REMARKS = {
    "周子涵": "试用期",
    "林海涛": "2020年5月由市投资促进服务中心转任",
    "岳明哲": "借调",
    "段长河": "退休",
    "薛家豪": "调出",
    "安然": "挂职",
}
# Who scores a department; a second name is the second rater in the one month that has two sheets.
RATERS = {
    "办公室": ("赵宏图",),
    "人事科": ("赵宏图",),
    "机关党委": ("赵宏图",),
    "财务科": ("赵宏图",),
    "综合科": ("韩东升", "赵宏图"),
    "对外贸易科": ("韩东升",),
    "外资管理科": ("韩东升",),
    "商贸流通科": ("程秀云",),
    "电子商务科": ("程秀云",),
    "市贸促会综合科": ("吕建设",),
    "市贸促会会展科": ("吕建设", "何淑兰"),
    "市贸促会联络科": ("吕建设",),
}
# The day on which a month's sheets are signed, the 5th of the next month at the latest.
SIGNED = {4: "2020年4月30日", 5: "2020年6月3日", 6: "2020年7月3日"}


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the establishment; `totals` holds each month's totals, one per rater."""

    name: str
    department: str
    post: str
    rank: str
    since: date | None
    arrived: date
    totals: tuple[tuple[Decimal, ...], ...]

    def given(self, month: int) -> tuple[Decimal, ...]:
        """The totals that raters gave for `month`."""
        return self.totals[MONTHS.index(month)]


def _person(line: str) -> Person:
    name, department, post, rank, since, arrived, *totals = ("" if word == "-" else word for word in line.split())
    return Person(
        name,
        department,
        post,
        rank,
        date.fromisoformat(since) if since else None,
        date.fromisoformat(arrived),
        tuple(tuple(Decimal(total) for total in each.split("/") if total) for each in totals),
    )


PEOPLE = tuple(_person(line) for line in ESTABLISHMENT.strip().splitlines())


def scored(department: str, month: int) -> list[Person]:
    """The people whom a department puts on its sheets of `month`."""
    return [each for each in PEOPLE if each.department == department and each.given(month)]


# 姓名 → month → kind → days, for those who were away so long that it matters:
# the first 32 days of the quarter's 62, the second exactly half of them.
_LONG_LEAVE: dict[str, dict[int, dict[str, str]]] = {
    "毕晓峰": {4: {"病假": "8", "事假": "2"}, 5: {"病假": "12"}, 6: {"病假": "9", "事假": "1"}},
    "苗青青": {4: {"病假": "10"}, 5: {"病假": "15"}, 6: {"病假": "5.5", "事假": "0.5"}},
    "柴文静": {4: {}, 5: {"法定假": "3"}, 6: {"年休": "2"}},
}
_USUAL = {
    "病假": ("0", "0", "0", "0", "0", "0", "0", "0.5", "1"),
    "事假": ("0", "0", "0", "0", "0", "0", "0.5"),
    "年休": ("0", "0", "0", "1", "2", "0", "0.5"),
    "加班补休": ("0", "0", "0", "0", "0.5", "1"),
}


def leave(person: Person, month: int) -> dict[str, Decimal]:
    """Days of each kind of leave of `person` in `month`; kinds without a day are left out."""
    if person.name in _LONG_LEAVE:
        return {kind: Decimal(days) for kind, days in _LONG_LEAVE[person.name][month].items()}
    return {kind: days for kind, choices in _USUAL.items() if (days := Decimal(choices[_lot(person, month, kind) % len(choices)]))}


def _lot(person: Person, month: int, kind: str) -> int:
    """A number drawn for this person, month and kind, the same on every machine."""
    return crc32(f"{SEED}/{person.name}/{month}/{kind}".encode()) >> 3
