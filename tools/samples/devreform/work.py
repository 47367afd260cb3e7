"""The items of work that people plan, are given and finish (or not) in each month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from samples.devreform.people import SEED, Person

WEEK_LEFT = 22  # what is due later than this day and late is not yet finished
FRIDAY = 5
FREE = frozenset({date(2021, 6, 14)})  # 端午节
PLAN, SEEK, ORDER = "个人月工作计划", "对上争取工作", "上级交办工作"


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a work ledger."""

    kind: str
    matter: str
    due: date
    quality: str
    state: str = "完成"
    part: str | None = None
    finished: date | None = None
    proof: str | None = None
    deputy: str | None = "同意"
    chief: str | None = None
    merit: bool = False


# 科室 → what its people plan; {month} is the month.
_PLANS: Mapping[str, tuple[str, ...]] = {
    "办公室": (
        "起草主任办公会纪要",
        "编发{month}月份政务信息",
        "督办领导批示件",
        "完成{month}月份公文归档",
        "修订机关内部管理制度",
        "组织机关周例会",
    ),
    "人事科": (
        "完成{month}月份工资和社保核算",
        "整理干部人事档案",
        "组织干部教育培训",
        "核对平时考核月评价台账",
    ),
    "评估督导科": (
        "督导{month}月份重点任务进度",
        "编发督查通报",
        "核查佐证材料",
        "更新年度重点工作台账",
        "组织“十四五”规划实施评估",
    ),
    "国民经济综合科": (
        "编报{month}月份经济运行分析",
        "调度主要经济指标",
        "起草国民经济计划执行情况报告",
        "开展县区经济运行调研",
        "撰写专题调研报告",
    ),
    "固定资产投资科": (
        "调度{month}月份重点项目进度",
        "编制政府投资项目年度计划",
        "开展项目现场核查",
        "更新省重点项目库",
        "办理投资项目在线监管平台预警",
    ),
    "产业协调科": (
        "调度战略性新兴产业项目",
        "编报{month}月份服务业运行分析",
        "走访服务企业",
        "梳理产业链图谱",
    ),
    "能源科": (
        "报送{month}月份能源运行月报",
        "检查油气管道保护",
        "编制迎峰度夏电力保障方案",
        "推进光伏项目备案",
    ),
    "社会发展科": (
        "调度社会事业项目建设",
        "编制养老托育服务实施方案",
        "汇总公共服务补短板清单",
        "报送{month}月份消费运行分析",
    ),
    "价格管理科": (
        "开展{month}月份民生价格监测",
        "办理价格认定",
        "核定公办幼儿园收费标准",
        "组织天然气价格听证准备",
        "答复价格咨询投诉",
    ),
    "行政审批科": (
        "办理{month}月份审批事项",
        "优化营商环境指标填报",
        "编制审批事项办事指南",
    ),
}
_SEEKS = (
    "争取中央预算内投资项目",
    "争取省新旧动能转换专项资金",
    "争取列入省级试点名单",
    "申报地方政府专项债券项目",
)
_ORDERS = (
    "省发改委交办：报送专项自查报告",
    "市委市政府交办：起草领导调研材料",
    "委党组会交办：落实整改事项",
    "主任办公会交办：制定分工方案",
)
_QUALITY = ("数据准确、按时报送", "符合要求、经领导审定", "形成书面材料", "按时办结，无差错")

# 工号 → month → place of the item → what is not as it should be:
# 未 未完成, 逾 逾期, 不 不符合要求, 50% a part of it, 调+ 调整 agreed by both, 调- by the deputy only.
_SHORT: dict[str, dict[int, dict[int, str]]] = {
    "F04": {5: {0: "逾"}},
    "F05": {4: {1: "未"}, 6: {0: "调+"}},
    "F06": {4: {0: "逾", 1: "不"}, 5: {1: "未"}},
    "F09": {6: {1: "80%"}},
    "F11": {4: {0: "未"}, 5: {0: "50%"}},
    "F12": {4: {0: "未"}, 5: {0: "逾"}, 6: {1: "不"}},
    "F14": {4: {0: "调+"}},
    "F15": {5: {0: "逾", 1: "50%"}},
    "F16": {4: {0: "不"}, 6: {0: "未"}},
    "F18": {5: {1: "未"}},
    "F19": {4: {0: "未", 1: "逾"}, 5: {1: "调-"}, 6: {0: "50%"}},
    "F20": {4: {0: "逾"}, 5: {0: "未"}, 6: {0: "未", 1: "不"}},
    "F21": {5: {0: "调+"}},
    "F22": {6: {0: "未"}},
    "F23": {4: {0: "未"}, 5: {0: "不", 1: "未"}, 6: {1: "逾"}},
    "F24": {5: {0: "逾"}, 6: {0: "50%"}},
    "F26": {4: {1: "未"}, 5: {1: "30%"}},
    "F27": {4: {0: "逾"}, 5: {1: "未"}, 6: {0: "50%"}},
    "F28": {4: {0: "不"}, 5: {1: "逾"}},
    "F30": {4: {1: "未"}, 5: {0: "逾"}, 6: {1: "未"}},
    "F33": {4: {0: "未"}, 6: {1: "50%"}},
    "F34": {5: {0: "未", 1: "不"}, 6: {0: "逾"}},
    "F35": {4: {0: "80%"}, 5: {0: "未"}},
    "F37": {4: {0: "逾"}},
}
_STATES = {"未": "未完成", "逾": "逾期", "不": "不符合要求"}
# 工号, month: nothing was planned or ordered.
IDLE = frozenset({("F37", 5)})


def items(person: Person, month: int) -> tuple[Item, ...]:
    """The rows of a person's ledgers in `month`, in the order of the three kinds."""
    if (person.number, month) in IDLE:
        return ()
    lots = Random(f"{SEED}/{person.number}/{month}")
    plans = _PLANS[person.department]
    start = int(person.number[1:]) + month
    wanted = lots.randint(2, min(4, len(plans)))
    rows = [_planned(plans[(start + turn) % len(plans)], month, lots) for turn in range(wanted)]
    if lots.random() < 1 / 4:
        rows.append(_sought(lots, month))
    if lots.random() < 1 / 3:
        rows.append(replace(_planned(lots.choice(_ORDERS), month, lots), kind=ORDER, deputy=None))
    short = _SHORT.get(person.number, {}).get(month, {})
    return tuple(_left(row, short[at]) if at in short else row for at, row in enumerate(rows))


def _planned(text: str, month: int, lots: Random) -> Item:
    due = _workday(date(2021, month, lots.randint(13, 29)))
    finished = _workday(due - timedelta(days=lots.randint(0, 4)))
    return Item(
        PLAN,
        text.format(month=month),
        due,
        lots.choice(_QUALITY),
        finished=finished,
        proof=lots.choice(("见附件", "文件", "报告", None)),
    )


def _sought(lots: Random, month: int) -> Item:
    row = _planned(lots.choice(_SEEKS), month, lots)
    return replace(row, kind=SEEK, deputy=None, proof="批复文件", merit=True)


def _left(row: Item, how: str) -> Item:
    """The row as it stands when something is missing."""
    row = replace(row, finished=None, proof=None)
    if how.startswith("调"):
        return replace(row, state="调整", chief="同意" if how == "调+" else None, proof="书面申请")
    if how.endswith("%"):
        return replace(row, state="未完成", part=how)
    late = row.due + timedelta(days=7) if how == "逾" and row.due.day <= WEEK_LEFT else None
    return replace(row, state=_STATES[how], finished=late)


def _workday(day: date) -> date:
    """The last working day up to `day`."""
    while day.isoweekday() > FRIDAY or day in FREE:
        day -= timedelta(days=1)
    return day
