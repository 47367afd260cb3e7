"""The invented people of 市发展和改革委员会 and what is known about them in 2021 Q2."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SEED = 2021
MONTHS = (4, 5, 6)
ORGANISATION = "市发展和改革委员会"

# In the order of the establishment: 工号 姓名 科室 职务 职务职级 任现职时间 到岗日期, then the
# points of the leader for 工作完成情况 素质能力 协同配合 工作态度 工作作风, of 20 each.
ESTABLISHMENT = """
F01 秦国梁 委领导 副主任 县处级副职 2018-03-01 2001-07-01
F02 邵明辉 委领导 副主任 县处级副职 2019-07-01 2003-07-01
F03 柳建国 办公室 主任 乡科级正职 2017-04-01 2002-08-01 19 18.5 19 19.5 19
F04 沈月娥 办公室 副主任 乡科级副职 2019-01-01 2008-09-01 18.5 18 18 19 18.5
F05 贺文斌 办公室 四级主任科员 四级主任科员 2020-03-01 2015-08-01 17.5 17.5 18 18 18
F06 范晓彤 办公室 - - - 2020-08-03 16 16.5 17 18 18
F07 姜大勇 办公室 驾驶员 - - 2004-05-01
F08 傅秀英 人事科 科长 乡科级正职 2016-09-01 2000-08-01 19 19 19 19 18.5
F09 于海洋 人事科 三级主任科员 三级主任科员 2019-12-01 2012-08-01 18.5 18.5 18 18.5 18
F10 卢志刚 评估督导科 科长 乡科级正职 2018-11-01 2005-08-01 18.5 18.5 18 19 18.5
F11 蒋雯雯 评估督导科 四级主任科员 四级主任科员 2020-06-01 2014-09-01 18 17.5 18 18 17.5
F12 崔浩然 评估督导科 一级科员 一级科员 2020-01-01 2018-12-01 17 17 17.5 17.5 17.5
F13 谭永强 国民经济综合科 科长 乡科级正职 2015-06-01 1999-08-01 19.5 19 19 19 19
F14 汪洁 国民经济综合科 副科长 乡科级副职 2019-10-01 2010-08-01 18.5 18.5 18.5 18.5 18
F15 卓一帆 国民经济综合科 二级主任科员 二级主任科员 2019-12-01 2009-08-01 18 18 17.5 18 18
F16 龙思远 国民经济综合科 - - - 2020-08-03 17 17 17.5 18 17.5
F17 段志宏 固定资产投资科 科长 一级主任科员 2019-12-01 2001-08-01 19 18.5 18.5 18.5 19
F18 雷小燕 固定资产投资科 三级主任科员 三级主任科员 2020-01-01 2011-08-01 18 18 18 18.5 18
F19 钟凯 固定资产投资科 四级主任科员 四级主任科员 2020-09-01 2015-09-01 17 17 17 17.5 17
F20 方圆圆 固定资产投资科 一级科员 一级科员 2020-12-01 2018-12-01 16.5 17 17 17.5 17
F21 白俊峰 产业协调科 科长 乡科级正职 2018-05-01 2004-08-01 18.5 19 18.5 18.5 18
F22 洪梅 产业协调科 二级主任科员 二级主任科员 2019-12-01 2008-08-01 18 17.5 18 18 18
F23 顾天翔 产业协调科 一级科员 一级科员 2020-01-01 2018-12-01 16 16.5 17 17 16.5
F24 穆欣怡 产业协调科 - - - 2020-09-01 16.5 16.5 17.5 18 17.5
F25 孙耀东 能源科 科长 乡科级正职 2017-10-01 2003-08-01 18.5 18 18.5 18 18.5
F26 倪红霞 能源科 四级主任科员 四级主任科员 2020-06-01 2014-08-01 17.5 18 17.5 18.5 18
F27 祝明远 能源科 一级科员 一级科员 2020-12-01 2018-12-01 17 16.5 17 17 17.5
F28 罗国庆 社会发展科 科长 乡科级副职 2018-12-01 2006-08-01 18 18 18 18 18
F29 程雪莲 社会发展科 三级主任科员 三级主任科员 2019-12-01 2012-09-01 18.5 18 18 18.5 19
F30 辛宇 社会发展科 一级科员 一级科员 2020-01-01 2018-12-01 17 17.5 17 17 17
F31 关小雨 社会发展科 资料员 - - 2019-04-01
F32 康志民 价格管理科 科长 乡科级正职 2016-03-01 2000-07-01 18 18.5 18 18 18.5
F33 鲍丽娟 价格管理科 一级主任科员 一级主任科员 2019-12-01 1997-08-01 17.5 17 17.5 18 17.5
F34 邢超 价格管理科 四级主任科员 四级主任科员 2020-06-01 2013-08-01 17 17 17.5 17.5 17
F35 戚薇薇 价格管理科 一级科员 一级科员 2020-12-01 2018-12-01 17.5 17 17.5 17.5 18
F36 曲正阳 行政审批科 科长 乡科级副职 2019-08-01 2007-08-01 18.5 18.5 18.5 19 18.5
F37 温慧 行政审批科 四级主任科员 四级主任科员 2020-09-01 2015-08-01 17.5 17.5 18 18 17.5
F38 樊保成 办公室 水电工 - - 2006-02-01
"""

CATEGORY = {"F07": "工勤", "F31": "事业", "F38": "工勤"}
OFF_THE_BOOKS = frozenset({"F31"})
REMARKS = {"F06": "试用期", "F16": "试用期", "F24": "试用期", "F31": "劳务派遣"}
# The departments that each of the two leaders is responsible for.
LED_BY = {
    "秦国梁": ("办公室", "人事科", "评估督导科", "国民经济综合科", "固定资产投资科"),
    "邵明辉": ("产业协调科", "能源科", "社会发展科", "价格管理科", "行政审批科"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the establishment; `points` are the leader's, empty for those not appraised."""

    number: str
    name: str
    department: str
    post: str
    rank: str
    since: date | None
    arrived: date
    points: tuple[Decimal, ...]


def _person(line: str) -> Person:
    number, name, department, post, rank, since, arrived, *points = ("" if word == "-" else word for word in line.split())
    return Person(
        number,
        name,
        department,
        post,
        rank,
        date.fromisoformat(since) if since else None,
        date.fromisoformat(arrived),
        tuple(Decimal(each) for each in points),
    )


PEOPLE = tuple(_person(line) for line in ESTABLISHMENT.strip().splitlines())
BY_NUMBER = {person.number: person for person in PEOPLE}
APPRAISED = tuple(person for person in PEOPLE if person.points)


def members(*departments: str) -> list[Person]:
    """The people of these departments who are appraised."""
    return [person for person in APPRAISED if person.department in departments]
