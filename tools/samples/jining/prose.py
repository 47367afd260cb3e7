"""What the invented officials of two departments write on 附件1 and 附件2."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from samples.jining.people import Person


@dataclass(frozen=True, slots=True)
class Task:
    """One row of 工作任务完成情况."""

    progress: str
    state: str
    finished: str


GOALS = {
    "人事科": "做好干部人事、机构编制、工资福利和平时考核工作；亮点：平时考核“周记实、月考核、季审定”全面推开",
    "市贸促会综合科": "做好会务文秘、会员服务和原产地证签发；亮点：为企业出具新冠肺炎不可抗力证明",
}
DUTIES = {
    "颜丽华": "主持人事科全面工作",
    "曾凡敏": "负责工资、社保、干部档案和平时考核日常工作",
    "周子涵": "协助做好信息统计、文件收发和考核材料归档",
    "史桂英": "主持市贸促会综合科全面工作",
    "常勇": "负责会员发展、企业走访和法律服务",
    "武文静": "负责文秘、财务报账和信息宣传",
    "万里程": "负责原产地证签发和涉企证明办理",
}
# 姓名 → what is done every month; {month} is the month, the last one is not yet finished.
_TASKS = {
    "颜丽华": (
        "审核{month}月份人员增减和工资变动",
        "主持召开平时考核工作调度会",
        "修改完善公务员平时考核工作方案，征求各科室意见",
        "推进职级晋升后续备案工作",
    ),
    "曾凡敏": (
        "完成{month}月份工资核算和社保申报",
        "汇总各科室每周工作记实，通报填报情况",
        "整理干部人事档案12卷",
        "核对公务员管理信息系统数据",
    ),
    "周子涵": (
        "登记收发文件，当日分送",
        "报送{month}月份干部统计月报",
        "学习公务员法及考核规定，撰写心得体会",
    ),
    "史桂英": (
        "召开科务会，安排{month}月份重点工作",
        "带队走访外贸企业5家，收集诉求",
        "起草上半年工作总结",
    ),
    "常勇": (
        "新发展会员企业3家",
        "为2家企业提供涉外合同法律咨询",
        "起草会员服务年度计划",
    ),
    "武文静": (
        "完成{month}月份报账和固定资产登记",
        "编发工作信息4期",
        "办理会务3次",
    ),
    "万里程": (
        "签发原产地证86份",
        "办理不可抗力证明4份",
        "整理签证档案",
    ),
}
_OPEN = frozenset({"颜丽华", "曾凡敏", "史桂英", "常勇"})
_DAYS = (8, 15, 22, 29)  # working days in all three months

# 姓名 → first and last day of the week → its rows: progress|state|finished
WEEKS: Mapping[str, Mapping[tuple[date, date], str]] = {
    "颜丽华": {
        (date(2020, 5, 11), date(2020, 5, 15)): """
召开科务会，安排本周工作|已完结|5月11日
审核新转任人员工资关系转移手续|已完结|5月13日
起草平时考核工作方案征求意见稿|已完结|5月15日
""",
        (date(2020, 5, 18), date(2020, 5, 22)): """
办理段长河同志退休手续|已完结|5月20日
参加市委组织部公务员平时考核工作会议|已完结|5月21日
汇总各科室对考核方案的意见|未完结，下周继续|
""",
    },
    "曾凡敏": {
        (date(2020, 5, 11), date(2020, 5, 15)): """
核算5月份工资|已完结|5月12日
社保申报|已完结|5月14日
整理干部档案3卷|已完结|5月15日
汇总4月份测评表|已完结|5月15日
""",
        (date(2020, 5, 18), date(2020, 5, 22)): """
办理退休人员养老待遇申领|已完结|5月21日
整理干部档案4卷|已完结|5月22日
核对公务员系统信息|进行中|
""",
    },
    "周子涵": {
        (date(2020, 5, 11), date(2020, 5, 15)): """
登记收发文件21份|已完结|5月15日
撰写学习心得体会1篇|已完结|5月14日
""",
        (date(2020, 5, 18), date(2020, 5, 22)): """
登记收发文件18份|已完结|5月22日
协助整理考核材料|已完结|5月22日
""",
    },
    "韩雪": {
        (date(2020, 4, 13), date(2020, 4, 17)): """
审核一季度报销凭证|已完结|4月15日
编制3月份财务报表|已完结|4月17日
""",
        (date(2020, 4, 20), date(2020, 4, 24)): """
拨付外贸企业出口信用保险补助资金|已完结|4月22日
配合市审计局调阅资料|已完结|4月24日
固定资产盘点|完成百分之六十|
""",
    },
}


def tasks(person: Person, month: int) -> tuple[Task, ...]:
    """The month's main tasks of a person."""
    lines = _TASKS[person.name]
    return tuple(
        Task(text.format(month=month), "正在推进", "")
        if place == len(lines) - 1 and person.name in _OPEN
        else Task(text.format(month=month), "已完成", f"{month}月{_DAYS[place]}日")
        for place, text in enumerate(lines)
    )


def week(name: str, days: tuple[date, date]) -> tuple[Task, ...]:
    """The rows of a person's week."""
    return tuple(Task(*line.split("|")) for line in WEEKS[name][days].strip().splitlines())


def ungraded(person: Person, month: int) -> str:
    """Why the month gives this person no grade, as 附件2 wants it said; empty for others."""
    if person.name == "周子涵":
        return "试用期人员，参加考核，不确定等次。"
    if person.name == "常勇" and month >= date(2020, 5, 11).month:
        return "因立案调查尚未结案，参加考核，不确定等次。"
    return ""
