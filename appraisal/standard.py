"""The standard sheets departments fill: titles, columns and what may stand in them. Facts of the paper forms, shared by every regulation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from appraisal.model import UNIT, Grade, Span


class Value(StrEnum):
    """What kind of thing a column holds."""

    TEXT = "text"
    NUMBER = "points"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    CHOICE = "choice"
    TICK = "tick"


class Layout(StrEnum):
    """How a sheet is laid out: one row per person or item; one person per tab; or a form head over rows."""

    LIST = "list"
    FORM = "form"
    FORM_WITH_ROWS = "form-with-rows"


class Use(StrEnum):
    """What the program does with a sheet."""

    ROSTER = "roster"
    CIRCUMSTANCES = "circumstances"
    RATING = "rating"
    ATTENDANCE = "attendance"
    NOTES = "notes"
    SCORES = "scores"
    WORK_LEDGER = "work-ledger"
    ADJUSTMENTS = "adjustments"
    OBJECTIONS = "objections"
    RULINGS = "rulings"
    REVIEWS = "reviews"
    VOTES = "votes"
    RECORD = "record"


class Column(Struct, frozen=True):
    """A column of a list sheet, or a labelled blank of a form. `maximum` is in ten-thousandths."""

    name: str
    value: Value = Value.TEXT
    required: bool = False
    filled: bool = False
    """An empty cell is an error, not merely nothing."""
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    maximum: int | None = None
    signed: bool = False


class SheetKind(Struct, frozen=True, eq=False):
    """One standard sheet: what it is called, how it is laid out, which span it reports on (None: kept current).

    Compared and hashed by identity: it keys the caches of the hottest look-ups.
    """

    title: str
    use: Use
    layout: Layout
    span: Span | None
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    per_person: bool = True
    """False where a person may stand in many rows (ledgers of items, circumstances)."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def blanks(self) -> tuple[Column, ...]:
        """The columns besides the four that say who it is."""
        return tuple(column for column in self.columns if column.name not in IDENTITY)


GRADES = tuple(str(grade) for grade in Grade)
LEAVE = ("病假", "事假", "旷工", "年休", "法定假", "加班补休")
IDENTITY = ("姓名", "工号", "呈报单位", "科室")

NAME = Column(
    "姓名",
    required=True,
    aliases=("姓 名", "名字", "被考核人", "考核对象", "被考评人", "人员姓名", "干部姓名", "被考核人姓名", "考核对象姓名", "被测评人"),
)
STAFF_NO = Column("工号", aliases=("职工号", "人员编号", "编号", "工作证号", "职工编号", "员工编号", "工作证编号", "人员工号"))
REPORTING_UNIT = Column("呈报单位", aliases=("所属单位", "单位", "分支机构", "单位名称", "所在单位", "填报单位"))
DEPARTMENT = Column(
    "科室",
    aliases=(
        *("处室", "所在处（科）", "所在处科", "所在科室", "部门", "科（处）室", "处（科）室", "内设机构"),
        *("科室名称", "部门名称", "处室名称", "所在部门", "所属科室", "所属部门"),
    ),
)
POST = Column("职务", aliases=("现任职务", "岗位", "现任职务名称"))


def _days(name: str, *aliases: str) -> Column:
    return Column(name, Value.DAYS, aliases=(f"{name}天数", f"{name}（天）", f"请{name}", f"请{name}天数", *aliases))


LEAVE_COLUMNS = (
    _days("病假"),
    _days("事假"),
    _days("旷工"),
    _days("年休", "年休假", "公休", "年假", "年休假天数", "年假天数", "公休假", "带薪年休假"),
    _days("法定假", "法定假期", "产假婚假等法定假", "法定假期天数"),
    _days("加班补休", "补休", "加班调休", "调休"),
)

ROSTER = SheetKind(
    "人员名册",
    Use.ROSTER,
    Layout.LIST,
    None,
    (
        replace(NAME, filled=True),
        STAFF_NO,
        REPORTING_UNIT,
        replace(DEPARTMENT, required=True, filled=True),
        POST,
        Column("职务职级", required=True, aliases=("职级", "职务与职级", "职务层次", "职务、职级", "职务/职级", "现职务职级")),
        Column("人员类别", Value.CHOICE, choices=("公务员", "参公", "事业", "工勤"), aliases=("身份", "人员身份", "人员类型")),
        Column("编制", Value.CHOICE, choices=("在编", "编外"), aliases=("编制类型", "是否在编", "编制类别", "编制情况")),
        Column("在岗", Value.CHOICE, choices=("是", "否"), aliases=("是否在岗", "在岗情况")),
        Column("任现职时间", aliases=("任职时间", "任现职日期", "任职日期")),
        Column("到岗日期", Value.DATE, aliases=("到岗时间", "调入日期", "录用日期", "调入时间", "入职日期", "入职时间")),
        Column(
            "离岗日期",
            Value.DATE,
            aliases=("离岗时间", "调出日期", "退休日期", "调出时间", "离职日期", "离职时间", "退休时间"),
        ),
        Column("电子邮箱", aliases=("邮箱", "邮件地址")),
        Column("备注"),
    ),
    aliases=("花名册（平时考核）", "公务员名册", "平时考核人员名册"),
    per_person=False,
)
CIRCUMSTANCES = SheetKind(
    "特殊情形表",
    Use.CIRCUMSTANCES,
    Layout.LIST,
    None,
    (
        replace(NAME, filled=True),
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("情形", required=True, filled=True, aliases=("特殊情形", "情形类别")),
        Column("开始日期", Value.DATE, required=True, filled=True, aliases=("起始日期", "开始时间")),
        Column("结束日期", Value.DATE, aliases=("截止日期", "终止日期", "结束时间")),
        Column("依据", aliases=("依据文件", "文号")),
        Column("说明", aliases=("情况说明", "备注")),
    ),
    per_person=False,
)
ATTENDANCE = SheetKind(
    "出勤汇总表",
    Use.ATTENDANCE,
    Layout.LIST,
    Span.MONTH,
    (NAME, STAFF_NO, REPORTING_UNIT, DEPARTMENT, *LEAVE_COLUMNS),
    aliases=("出勤情况汇总表", "考勤汇总表"),
)
RATING = SheetKind(
    "季度评价汇总表",
    Use.RATING,
    Layout.LIST,
    Span.QUARTER,
    (
        NAME,
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("自评档次", Value.CHOICE, choices=GRADES, aliases=("自评等次", "个人自评档次", "个人自评")),
        Column("领导评价档次", Value.CHOICE, required=True, filled=True, choices=GRADES, aliases=("领导评价等次", "领导评价", "领导评定档次")),
        Column("领导意见", aliases=("领导意见栏", "领导评语", "意见")),
    ),
    aliases=("季度评价结果汇总表",),
)
RATING_FORM = SheetKind(
    "干部日常考评季度评价表",
    Use.RATING,
    Layout.FORM,
    Span.QUARTER,
    (
        NAME,
        STAFF_NO,
        replace(REPORTING_UNIT, name="呈报单位", aliases=("所属处室/分支机构", "所属处室", "分支机构")),
        DEPARTMENT,
        POST,
        Column("自评档次", Value.TICK, filled=True, choices=GRADES, aliases=("自评等次",)),
        Column("领导评价档次", Value.TICK, required=True, filled=True, choices=GRADES, aliases=("领导评价等次",)),
        Column("领导意见", aliases=("领导意见栏",)),
        Column("主要工作亮点及成效"),
        Column("存在的不足和改进措施"),
    ),
    aliases=("季度评价表",),
)
MONTH_FORM = SheetKind(
    "干部日常考评月度小结表",
    Use.ATTENDANCE,
    Layout.FORM,
    Span.MONTH,
    (
        NAME,
        STAFF_NO,
        replace(REPORTING_UNIT, aliases=("所属处室/分支机构", "所属处室", "分支机构")),
        DEPARTMENT,
        POST,
        *LEAVE_COLUMNS,
        Column("累计病假", Value.DAYS, aliases=("全年累计病假", "全年病假")),
        Column("累计事假", Value.DAYS, aliases=("全年累计事假", "全年事假")),
        Column("累计年休", Value.DAYS, aliases=("全年累计年休", "全年年休")),
        Column("日常工作", aliases=("日常工作（简要）",)),
        Column("重要任务项目"),
        Column("存在的问题"),
        Column("下步打算"),
        Column("直管领导审定"),
    ),
    aliases=("月度小结表",),
)
WEEK_NOTES = SheetKind(
    "干部日常考评一周小记表",
    Use.NOTES,
    Layout.FORM_WITH_ROWS,
    Span.MONTH,
    (
        replace(NAME, required=False),
        Column("日期"),
        Column("事项", required=True, filled=True, aliases=("任务事项", "任务事项内容")),
        Column("完成时限"),
        Column("完成情况", required=True),
        Column("备注"),
    ),
    aliases=("一周小记表",),
    per_person=False,
)

LEDGER_KINDS = ("个人月工作计划", "对上争取工作", "上级交办工作")
DONE = "完成"
ADJUSTED = "调整"
WORK_LEDGER = SheetKind(
    "工作台账",
    Use.WORK_LEDGER,
    Layout.LIST,
    Span.MONTH,
    (
        NAME,
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("台账类别", Value.CHOICE, required=True, filled=True, choices=LEDGER_KINDS, aliases=("类别", "台账类型")),
        Column("工作内容", required=True, filled=True, aliases=("主要工作内容", "工作事项", "事项")),
        Column("完成时限", required=True, filled=True, aliases=("时限",)),
        Column("质量要求", required=True, filled=True, aliases=("工作要求", "标准要求")),
        Column("完成情况", Value.CHOICE, required=True, filled=True, choices=(DONE, "未完成", "逾期", "不符合要求", ADJUSTED)),
        Column("完成比例", Value.PERCENT),
        Column("完成时间"),
        Column("佐证材料", aliases=("证明材料",)),
        Column("分管副主任同意", Value.CHOICE, choices=("同意", "不同意"), aliases=("分管副主任意见", "分管副主任")),
        Column("主任同意", Value.CHOICE, choices=("同意", "不同意"), aliases=("主任意见", "主任")),
        Column("计入实绩", Value.CHOICE, choices=("是", "否"), aliases=("计入实绩档案",)),
    ),
    aliases=("月工作台账", "个人月工作台账", "工作计划台账", "对上争取工作台账", "上级交办工作台账"),
    per_person=False,
)
LEADER_SCORES = SheetKind(
    "分管领导打分表",
    Use.SCORES,
    Layout.LIST,
    Span.QUARTER,
    (
        NAME,
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        *(Column(name, Value.NUMBER, maximum=100 * UNIT) for name in ("工作完成情况", "素质能力", "协同配合", "工作态度", "工作作风")),
        Column("得分", Value.NUMBER, required=True, filled=True, maximum=100 * UNIT, aliases=("总分", "打分", "分数")),
        Column("打分人", aliases=("分管领导", "打分领导")),
    ),
)
ADJUSTMENTS = SheetKind(
    "加减分事项表",
    Use.ADJUSTMENTS,
    Layout.LIST,
    Span.QUARTER,
    (
        NAME,
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("日期", Value.DATE, required=True, filled=True),
        Column("事项类别", required=True, filled=True, aliases=("类别",)),
        Column("事项", required=True, filled=True, aliases=("事项内容", "加减分事项")),
        Column("分值", Value.NUMBER, required=True, filled=True, signed=True, aliases=("加减分", "分数")),
        Column("依据", aliases=("依据文件",)),
    ),
    aliases=("加减分表",),
    per_person=False,
)
OBJECTIONS = SheetKind(
    "纪检意见表",
    Use.OBJECTIONS,
    Layout.LIST,
    Span.QUARTER,
    (
        NAME,
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("意见", Value.CHOICE, required=True, filled=True, choices=("无异议", "有异议"), aliases=("纪检意见", "派驻纪检组意见")),
        Column("说明"),
    ),
    aliases=("派驻纪检组意见表",),
)
WEEK_RECORD = SheetKind(
    "公务员每周工作记实",
    Use.RECORD,
    Layout.FORM,
    Span.MONTH,
    (NAME, DEPARTMENT, POST, Column("任现职时间")),
    per_person=False,
)
MONTH_RECORD = SheetKind(
    "公务员平时（每月）考核备案表",
    Use.RECORD,
    Layout.FORM,
    Span.MONTH,
    (
        NAME,
        DEPARTMENT,
        POST,
        Column("任现职时间"),
        Column("科室业务责任目标暨亮点工作"),
        Column("个人岗位职责暨承担业务"),
        Column("评语", aliases=("分管领导或内设机构负责人评语及考核等次建议",)),
        Column("考核委员会意见"),
        Column("情况说明", aliases=("未确定等次或不参加考核情况说明",)),
    ),
)
RULED = "审定等次"
RULINGS = SheetKind(
    "审定表",
    Use.RULINGS,
    Layout.LIST,
    None,
    (
        replace(NAME, filled=True),
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("考核周期", required=True, filled=True),
        Column("建议等次", required=True),
        Column(RULED, Value.CHOICE, required=True, choices=(*GRADES, "不确定等次", "未参加考核")),
        Column("审定理由", required=True),
        Column("批准人"),
        Column("批准日期", Value.DATE),
    ),
    per_person=False,
)
REVIEWS = SheetKind(
    "复核登记表",
    Use.REVIEWS,
    Layout.LIST,
    None,
    (
        replace(NAME, filled=True),
        STAFF_NO,
        REPORTING_UNIT,
        DEPARTMENT,
        Column("考核周期", required=True, filled=True),
        Column("收到日期", Value.DATE, required=True, filled=True),
        Column("事由"),
        Column("结论"),
        Column("答复日期", Value.DATE),
    ),
    per_person=False,
)
HALF_YEAR_VOTES = SheetKind(
    "半年集中测评表",
    Use.VOTES,
    Layout.LIST,
    Span.HALF,
    (NAME, STAFF_NO, REPORTING_UNIT, DEPARTMENT, Column("推荐优秀票数", Value.NUMBER, required=True), Column("有效票数", Value.NUMBER, required=True)),
)
TASK_COLUMNS = ("序号", "工作任务进度", "完结情况", "完结时间")
"""The list of tasks inside 附件1 and 附件2 of a monthly record."""
TOTAL = Column("总分", Value.NUMBER, aliases=("合计得分", "总得分", "合计"))


def item_sheet(title: str, span: Span, items: tuple[Column, ...]) -> SheetKind:
    """A scoring sheet of a regulation's own items (测评表): one row a person, one column an item, and the total somebody typed."""
    return SheetKind(title, Use.SCORES, Layout.LIST, span, (NAME, STAFF_NO, REPORTING_UNIT, DEPARTMENT, *items, TOTAL))


KINDS = {
    kind.title: kind
    for kind in (
        *(ROSTER, CIRCUMSTANCES, RULINGS, REVIEWS, HALF_YEAR_VOTES, ATTENDANCE, RATING, RATING_FORM, MONTH_FORM, WEEK_NOTES),
        *(WORK_LEDGER, LEADER_SCORES, ADJUSTMENTS, OBJECTIONS, WEEK_RECORD, MONTH_RECORD),
    )
}
"""Every standard sheet by its title; a regulation's own item sheets come on top."""
ALWAYS = (ROSTER.title, CIRCUMSTANCES.title, RULINGS.title, REVIEWS.title, HALF_YEAR_VOTES.title)
"""Sheets that every workplace keeps, whatever its regulation."""


class Standard(Struct, frozen=True, eq=False):
    """What a reading worker must know of the policy: the sheets in use and the words allowed."""

    kinds: tuple[SheetKind, ...]
    grade_words: Mapping[str, str] = field(default_factory=dict)
    password: str = ""
    """Opens encrypted workbooks; never printed, never written."""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Standard({', '.join(kind.title for kind in self.kinds)})"
