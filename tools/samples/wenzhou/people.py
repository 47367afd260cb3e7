"""The invented people of 温州市住房公积金管理中心 and what is known about them in 2021 Q4."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zlib import crc32

SEED = 2021
MONTHS = (10, 11, 12)
KINDS = ("病假", "事假", "旷工", "年休", "法定假", "加班补休")
OFFICE, RUIAN, YUEQING = "机关", "瑞安分中心", "乐清分中心"

# In the order of the establishment:
# 工号 姓名 呈报单位 科室 职务 职务职级 任现职时间 到岗日期 自评档次 领导评价档次
ESTABLISHMENT = """
001 叶建新 机关 中心领导 副主任 县处级副职 2018-06-01 2018-06-01 - -
002 林文斌 机关 办公室（人事处） 处长 四级调研员 2017-03-01 2009-07-01 较好 好
003 陈静怡 机关 办公室（人事处） 副处长 乡科级副职 2019-05-01 2011-08-01 较好 较好
004 张晓明 机关 办公室（人事处） 二级主任科员 二级主任科员 2020-01-01 2012-09-01 好 好
005 周玥 机关 办公室（人事处） 四级主任科员 四级主任科员 2020-09-01 2016-09-01 较好 较好
006 王梓涵 机关 办公室（人事处） - - - 2021-08-02 较好 较好
007 金国庆 机关 办公室（人事处） 驾驶员 - - 2005-04-01 - -
008 黄海燕 机关 计划财务处 处长 乡科级正职 2018-11-01 2006-07-01 好 好
009 郑思远 机关 计划财务处 副处长 乡科级副职 2020-06-01 2010-08-01 较好 较好
010 徐丽娜 机关 计划财务处 三级主任科员 三级主任科员 2019-12-01 2013-08-01 较好 好
011 潘俊杰 机关 计划财务处 一级科员 一级科员 2019-08-01 2018-08-01 一般 较好
012 潘小蕾 机关 计划财务处 出纳辅助 科员级 2019-03-01 2019-03-01 - -
013 吴志强 机关 归集管理处 处长 乡科级正职 2016-09-01 2004-07-01 好 好
014 李伟 机关 归集管理处 副处长 一级主任科员 2019-06-01 2008-07-01 较好 较好
015 夏雨晴 机关 归集管理处 四级主任科员 四级主任科员 2020-07-01 2015-09-01 较好 好
016 蔡明喆 机关 归集管理处 一级科员 一级科员 2019-09-01 2018-09-01 较好 较好
017 苏婷婷 机关 归集管理处 二级科员 二级科员 2020-09-01 2019-09-01 - -
018 朱建平 机关 信贷管理处 处长 乡科级正职 2017-12-01 2003-08-01 较好 较好
019 陈伟 机关 信贷管理处 三级主任科员 三级主任科员 2019-10-01 2012-08-01 好 好
020 胡佳敏 机关 信贷管理处 一级科员 一级科员 2020-01-01 2018-12-01 较好 较好
021 古丽娜·艾山 机关 信贷管理处 四级主任科员 四级主任科员 2020-11-01 2016-11-01 较好 好
022 欧阳雪 机关 信贷管理处 二级科员 二级科员 2020-08-01 2019-08-01 较好 较好
023 徐志远 机关 稽核审计处 处长 乡科级正职 2019-01-01 2019-01-01 较好 较好
024 方琳 机关 稽核审计处 二级主任科员 二级主任科员 2019-07-01 2010-07-01 较好 较好
025 谢天宇 机关 稽核审计处 一级科员 一级科员 2019-11-01 2018-11-01 一般 较差
026 沈浩 机关 信息技术处 处长 乡科级正职 2018-04-01 2007-08-01 好 好
027 韩冰 机关 信息技术处 四级主任科员 四级主任科员 2020-10-01 2016-08-01 较好 较好
028 董子豪 机关 信息技术处 一级科员 一级科员 2020-02-01 2019-01-01 较好 较好
029 冯磊 机关 信息技术处 三级主任科员 三级主任科员 2019-08-01 2014-08-01 - -
030 余立群 瑞安分中心 综合科 分中心主任 乡科级正职 2017-05-01 2002-08-01 好 好
031 何丽萍 瑞安分中心 综合科 科长 乡科级副职 2018-03-01 2008-08-01 较好 好
032 林晓峰 瑞安分中心 综合科 四级主任科员 四级主任科员 2020-05-01 2015-08-01 较好 较好
033 曾子墨 瑞安分中心 综合科 二级科员 二级科员 2020-09-01 2019-09-01 较好 较好
034 邵建华 瑞安分中心 归集科 科长 一级主任科员 2019-06-01 2006-09-01 较好 好
035 章雪梅 瑞安分中心 归集科 三级主任科员 三级主任科员 2019-11-01 2009-09-01 较好 较好
036 倪佳慧 瑞安分中心 归集科 四级主任科员 四级主任科员 2020-06-01 2015-09-01 较好 较好
037 项东 瑞安分中心 归集科 一级科员 一级科员 2019-12-01 2018-10-01 较好 一般
038 戴国强 瑞安分中心 信贷科 科长 乡科级副职 2018-08-01 2005-08-01 较好 较好
039 彭慧 瑞安分中心 信贷科 四级主任科员 四级主任科员 2020-06-01 2014-09-01 好 好
040 陈伟 瑞安分中心 信贷科 一级科员 一级科员 2019-08-01 2018-08-01 好 好
041 柯宇航 瑞安分中心 信贷科 二级科员 二级科员 2020-10-01 2019-10-01 较好 较好
042 赵立平 乐清分中心 综合科 分中心主任 乡科级正职 2018-02-01 2003-09-01 好 好
043 卢燕 乐清分中心 综合科 科长 乡科级副职 2019-09-01 2010-09-01 较好 较好
044 施文杰 乐清分中心 综合科 四级主任科员 四级主任科员 2020-03-01 2014-10-01 较好 较好
045 钱伟民 乐清分中心 业务科 科长 一级主任科员 2019-06-01 2007-09-01 好 好
046 尤佳 乐清分中心 业务科 四级主任科员 四级主任科员 2020-07-01 2016-07-01 较好 较好
047 包一鸣 乐清分中心 业务科 一级科员 一级科员 2019-10-01 2018-10-01 较好 较好
048 温若曦 乐清分中心 业务科 - - - 2021-09-01 较好 较好
"""

CATEGORY = {"001": "公务员", "002": "公务员", "007": "工勤", "012": "事业", "023": "公务员"}
OFF_THE_BOOKS = frozenset({"012"})
REMARKS = {
    "006": "试用期",
    "012": "劳务派遣",
    "023": "2019年由市审计局调入",
    "029": "挂职",
    "035": "病休",
    "036": "产假",
    "048": "试用期",
}
# On no department's sheet: nobody there saw them work in this quarter.
AWAY = frozenset({"001", "017", "029"})

OPINIONS = {
    "002": "牵头“四统一”改革人事衔接，成效明显。",
    "015": "10月至12月因手术病假13天，出勤率79.03%，未达到应出勤天数的80%；病假前后工作质效突出。",
    "025": "在防汛防台值班抽查期间拒不服从组织安排，造成漏岗，直接确定为较差等次。",
    "035": "本季度病假34.5天，超过考核周期一半，出勤未达标。",
    "037": "归集扩面任务完成滞后，需加强主动性。",
    "039": "攻坚公积金贷款“跨省通办”，受中共瑞安市委、市政府通报表扬，直接确定为好等次。",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the establishment; `own` and `leader` are the ticks of the quarter, if any."""

    number: str
    name: str
    unit: str
    department: str
    post: str
    rank: str
    since: date | None
    arrived: date
    own: str
    leader: str

    @property
    def opinion(self) -> str:
        """What the leader wrote beside the tick."""
        return OPINIONS.get(self.number, "")

    @property
    def rated(self) -> bool:
        """Whether somebody ticked a grade for this person."""
        return bool(self.leader)


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One line of 特殊情形表."""

    number: str
    kind: str
    start: date
    end: date | None
    basis: str
    remark: str


def _person(line: str) -> Person:
    number, name, unit, department, post, rank, since, arrived, own, leader = ("" if word == "-" else word for word in line.split())
    began = date.fromisoformat(since) if since else None
    arrival = date.fromisoformat(arrived)
    return Person(number, name, unit, department, post, rank, began, arrival, own, leader)


PEOPLE = tuple(_person(line) for line in ESTABLISHMENT.strip().splitlines())

# 工号|情形|开始日期|结束日期|依据|说明
_CIRCUMSTANCES = """
006|试用期|2021-08-02||温人社录〔2021〕31号|2021年新录用
048|试用期|2021-09-01|2022-08-31|温人社录〔2021〕31号|2021年新录用
011|警告|2021-08-16||温公积金党组〔2021〕12号|政务处分
017|未参加|2021-10-01|2021-12-31|请假审批单|经批准赴外地照顾重病家属，整个季度未在岗
025|直接确定为较差|2021-10-13|2021-12-31|温公积金〔2021〕63号通报|防汛防台值班期间拒不服从组织安排，造成漏岗
029|挂职外派|2021-06-01||温组干〔2021〕45号|到泰顺县挂职两年，由挂职单位考核
038|诫勉|2021-07-12|2022-01-11|温公积金党组〔2021〕10号|影响期六个月
039|直接确定为好|2021-11-26|2021-12-31|瑞委发〔2021〕58号|“跨省通办”攻坚受市委、市政府通报表扬，无负面情形
044|立案调查|2021-11-15||乐清市纪委监委立案决定书|尚未结案
"""


def _circumstance(line: str) -> Circumstance:
    number, kind, start, end, basis, remark = line.split("|")
    last = date.fromisoformat(end) if end else None
    return Circumstance(number, kind, date.fromisoformat(start), last, basis, remark)


CIRCUMSTANCES = tuple(_circumstance(line) for line in _CIRCUMSTANCES.strip().splitlines())

# 工号 → month → kind → days, for those who were away so long that it matters.
_LONG_LEAVE: dict[str, dict[int, dict[str, str]]] = {
    "015": {10: {"病假": "5"}, 11: {"病假": "5"}, 12: {"病假": "3", "加班补休": "1"}},
    "024": {10: {"病假": "4"}, 11: {"病假": "4", "事假": "1"}, 12: {"事假": "3"}},
    "035": {10: {"病假": "10"}, 11: {"病假": "20.5"}, 12: {"病假": "4"}},
    "036": {10: {"年休": "2"}, 11: {"法定假": "7"}, 12: {"法定假": "23"}},
}

# 工号 → (病假, 事假, 年休) from January to September, as the paper forms carry them forward.
CARRIED = {
    "023": (0, 0, 3),
    "024": (2, 1, 5),
    "025": (0, 2, 0),
    "026": (1, 0, 4),
    "028": (0, 1, 0),
    "046": (0, 0, 2),
}


def leave(person: Person, month: int) -> dict[str, Decimal]:
    """Days of each kind of leave of `person` in `month`; kinds without a day are left out."""
    if person.number in _LONG_LEAVE:
        return {kind: Decimal(days) for kind, days in _LONG_LEAVE[person.number][month].items()}
    return {kind: days for kind, choices in _USUAL.items() if (days := Decimal(choices[_lot(person, month, kind) % len(choices)]))}


_USUAL = {
    "病假": ("0", "0", "0", "0", "0", "0", "0", "0.5", "1"),
    "事假": ("0", "0", "0", "0", "0", "0", "0.5"),
    "年休": ("0", "0", "0", "1", "2", "0", "0.5", "0", "3"),
    "加班补休": ("0", "0", "0", "0", "0.5", "1"),
}


def _lot(person: Person, month: int, kind: str) -> int:
    """A number drawn for this person, month and kind, the same on every machine."""
    return crc32(f"{SEED}/{person.number}/{month}/{kind}".encode()) >> 3


def members(unit: str, *departments: str) -> list[Person]:
    """The people whom a department (or the whole unit) puts on its sheets."""
    return [person for person in PEOPLE if person.unit == unit and (not departments or person.department in departments) and person.number not in AWAY]
