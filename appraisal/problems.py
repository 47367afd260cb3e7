"""Everything that can be wrong with the input, each declared once: code, severity, wording, remedy.

Severity is reach: an ERROR withholds the person or file it is about, a WARNING lets it through and is printed.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from appraisal.model import Cell


class Severity(StrEnum):
    """How far a problem reaches (级别)."""

    ERROR = "错误"
    WARNING = "警告"


class Problem(Struct, frozen=True):
    """One thing that is wrong, at its cell, in a sentence the sender can act on."""

    code: str
    severity: Severity
    cell: Cell
    text: str
    remedy: str
    name: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.cell}：" if self.cell.file else ""
        stop = "" if self.text.endswith(("？", "！")) else "。"
        return f"【{self.severity}】{place}{self.text}{stop}{self.remedy}。"

    @property
    def order(self) -> tuple[bool, Cell, str, str]:
        """Errors first, then by file, tab and cell."""
        return (not self.is_error, self.cell, self.code, self.text)


FAULTS: dict[str, Fault] = {}


class Fault(Struct, frozen=True):
    """A kind of problem. `text` and `remedy` are Chinese sentences without full stop, with the fields `at` fills."""

    code: str
    severity: Severity
    meaning: str
    text: str
    remedy: str

    def at(self, cell: Cell, about: str = "", **found: object) -> Problem:
        """The problem itself, at its cell, about a person (or nobody)."""
        words = {key: visible(value) for key, value in found.items()} | {"name": visible(about)}
        return Problem(self.code, self.severity, cell, self.text.format_map(words), self.remedy.format_map(words), about)


_BLANKS = "\n\r\t\u00a0\u3000"


def visible(value: object) -> str:
    """A value inside a message: on one line, control and direction marks shown as their code points, not too long."""
    text = str(value)
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " if char in _BLANKS else f"\\u{ord(char):04x}" for char in text)
    return text if len(text) <= 120 else f"{text[:117]}…"


def _error(code: str, meaning: str, text: str, remedy: str) -> Fault:
    return FAULTS.setdefault(code, Fault(code, Severity.ERROR, meaning, text, remedy))


def _warning(code: str, meaning: str, text: str, remedy: str) -> Fault:
    return FAULTS.setdefault(code, Fault(code, Severity.WARNING, meaning, text, remedy))


# ---- files -------------------------------------------------------------------------------------------------------------
UNREADABLE = _error("unreadable", "文件打不开或已损坏", "文件打不开（{why}）", "请用 WPS 或 Excel 打开后另存为 .xlsx，再放回来")
EMPTY_FILE = _error("empty-file", "文件是空的（0 字节）或没有下载完整", "文件是空的（0 字节）", "请重新复制或下载这个文件")
ENCRYPTED = _error("encrypted", "工作簿设了打开密码", "文件已加密，{why}", "请取消打开密码后重报，或用 --password 给出密码")
TOO_LARGE = _error("too-large", "文件过大，或解压后异常膨胀", "文件过大：{found}，最多 {most}", "请只保留标准表，删去图片和多余的空行后重报")
NOT_A_WORKBOOK = _error("not-a-workbook", "文件内容不是电子表格", "文件内容是{found}，不是电子表格", "请用 WPS 或 Excel 另存为 .xlsx 后重报")
WRONG_EXTENSION = _warning("wrong-extension", "扩展名与内容不符", "扩展名是 {extension}，内容其实是 {found}，已按内容读取", "请把扩展名改为 {found}")
UNSAFE = _error("unsafe", "压缩包结构异常，可能有害", "文件结构异常（{why}），没有打开", "请在自己的电脑上新建工作簿，只粘贴数值后重报")
READER_LOST = _error("reader-lost", "读取这个文件时程序异常中止或超时", "读取时{why}，已跳过这个文件", "请新建工作簿，只粘贴数值后重报")
BEING_EDITED = _warning("being-edited", "文件正在被人打开", "文件正在被打开编辑，读到的是上次保存的内容", "请保存并关闭后再运行一次")
CHANGED_MEANWHILE = _error("changed-meanwhile", "读取期间文件被改动", "读取期间文件被改动", "请等保存完成后再运行一次")
LINK_IGNORED = _warning("link-ignored", "链接或特殊文件不读取", "这是{found}，没有读取", "请把文件本身复制进来")
FOLDER_CLOSED = _error(
    "folder-closed", "文件夹进不去", "这个文件夹打不开（{why}），里面的文件都没有读取", "请把里面的文件移到 input 下能打开的文件夹里，再运行一次"
)
FILE_NAME = _error("file-name", "文件名不是正常的文字", "文件名里有不是文字的字节，没有读取", "请给文件（或所在的文件夹）改名后再运行一次")
SUPERSEDED = _warning("superseded", "已有改正后的退回件，这一份不再使用", "已有改正后的“{by}”，这一份没有使用", "请核对后删去这一份")
CHANGED_AFTER_RETURN = _warning(
    "changed-after-return", "退回后原文件又改过，又放回了改正件", "这个文件退回后又改过，同时放回了改正件“{by}”，两份都读取了", "请只保留正确的一份"
)

# ---- sheets ------------------------------------------------------------------------------------------------------------
NO_STANDARD_SHEET = _warning(
    "no-standard-sheet", "工作簿里没有标准表", "没有找到标准表，整个文件没有使用", "如果应当使用，请在表头上方写明表名，例如“出勤汇总表（2021-10）”"
)
SHEET_IGNORED = _warning("sheet-ignored", "工作簿里有认不出的工作表", "这个工作表不是标准表，没有使用", "如果应当使用，请在表头上方写明表名")
HIDDEN_SHEET = _warning("hidden-sheet", "隐藏的工作表不读取", "这个工作表是隐藏的，没有使用", "如果应当使用，请取消隐藏")
NO_TITLE = _warning("no-title", "像标准表，但没有表名", "看起来像“{found}”，但表内和文件名里都没有表名", "请在表头上方写明表名和考核周期")
NO_HEADER = _error("no-header", "有表名，找不到表头行", "写着“{title}”，但前 15 行里找不到表头（应有 {columns}）", "请保留标准表的表头行")
MISSING_COLUMN = _error("missing-column", "缺少必需的列", "{title}缺少“{column}”列", "请补上这一列（现有列：{found}）")
NO_HEADING = _error("no-heading", "少一列假，而有一列数字没有列名", "没有“{column}”列，而这一列有数字却没有列名", "请补上列名；不需要的一列请删去")
LEAVE_COLUMN_MISSING = _warning(
    "leave-column-missing", "出勤表里少了一列假", "没有“{column}”列，按没有人请{column}处理", "如果有人请假，请补上这一列；确实没有的不必处理"
)
DUPLICATE_COLUMN = _error("duplicate-column", "同名的列出现两次", "“{column}”列出现了两次（{first} 和这里）", "请删去多余的一列")
MISSING_LABEL = _error("missing-label", "表单缺少必需的栏目", "{title}里找不到“{label}”栏", "请使用标准表单，不要删改栏目名称")
NO_PERIOD = _error("no-period", "看不出是哪个考核周期", "看不出这张{title}属于哪个{span}", "请在表名后写明，例如“{title}（{example}）”")
PERIODS_DISAGREE = _error("periods-disagree", "表名、文件名、文件夹写的周期不一致", "考核周期不一致：{found}", "请改成一致的周期后重报")
NO_ROWS = _warning("no-rows", "标准表里没有一行数据", "{title}里没有一行数据", "请核对是否交错了文件")
NO_ROSTER = _error(
    "no-roster",
    "没有人员名册",
    "input 文件夹里没有人员名册",
    "请建一张“人员名册”：第一行表名，第二行表头 姓名、科室、职务职级（可加 呈报单位、工号、职务、人员类别、编制、在岗），一人一行；也可用 new 命令得到样表",
)

# ---- people ------------------------------------------------------------------------------------------------------------
NO_NAME = _error("no-name", "有数据的行没有姓名", "这一行有数据但没有姓名", "请补填姓名，或删去这一行")
TWO_NAMES = _error("two-names", "一个单元格里写了两个人", "一个单元格里写了不止一个人：“{found}”", "请一人一行")
NOT_ON_ROSTER = _error("not-on-roster", "表上的人不在名册里", "“{found}”不在人员名册里{hint}", "请核对姓名；确有此人时请先补进人员名册")
AMBIGUOUS_PERSON = _error("ambiguous-person", "同名，分不清是谁", "名册里有 {count} 个“{found}”（{where}），分不清是哪一个", "请填写工号，或写明科室")
NAME_SUFFIX = _warning(
    "name-suffix", "姓名后面带了说明", "姓名写成“{found}”，按“{name}”处理；“{suffix}”没有据以认定任何情形", "如属特殊情形，请在特殊情形表登记"
)
WRONG_STAFF_NO = _error("wrong-staff-no", "工号与姓名对不上", "工号 {number} 在名册里是“{other}”，这里写的是“{found}”", "请核对工号和姓名")
NUMBER_LOST_DIGITS = _error(
    "number-lost-digits", "长号码按数字存放，末几位已丢失", "“{item}”里的长号码按数字存放，末几位已经丢失", "请把这一列设为文本格式后重新填写"
)
DUPLICATE_PERSON = _error(
    "duplicate-person", "同一个人在名册里出现两次", "{name}在名册里出现两次（另一处：{other}）", "请删去重复的一行；调动的请填写离岗日期和到岗日期"
)
UNKNOWN_PLACE = _warning(
    "unknown-place",
    "表里写的科室或单位名册里没有",
    "{count}人写的科室或单位是“{found}”，名册里没有，按姓名认作名册上的人：{people}",
    "请核对科室名称是否写错、是否另有其人；没有错的不用改",
)
TWICE_IN_SHEETS = _error(
    "twice", "同一个人的同一项报了两次且不一致", "{name}的{input}（{period}）报了不止一次且内容不一致（另一处：{other}）", "请只保留正确的一份"
)
TWICE_SAME = _warning(
    "twice-same", "同一个人的同一项报了两次，内容相同", "{name}的{input}（{period}）报了两次，内容相同（另一处：{other}），只算一次", "请删去重复的一份"
)
MISSING_INPUT = _error("missing-input", "漏报：评定等次需要的材料没有", "{name}缺{period}{input}，暂不能评定等次", "请补报")
MISSING_SHEET = _error("missing-sheet", "缺报：整个科室的材料没有交", "{department}没有报{period}{input}（{people}），有关人员暂不能评定等次", "请催报")
EXPECTED_SHEET = _warning("expected-sheet", "应报而未报，但不影响评定", "{department}没有报{period}{input}（{people}）", "请催报")
UNKNOWN_RANK = _error(
    "unknown-rank", "职务职级在对照表里找不到", "{name}的职务职级“{found}”不在对照表里{hint}", "请改成规范写法，或在 rules.yaml 的 bands 里补上"
)
NO_RANK = _error("no-rank", "职务职级没有填", "{name}没有填职务职级", "请补填；试用期人员请在特殊情形表登记试用期")
UNKNOWN_CIRCUMSTANCE = _error("unknown-circumstance", "情形不在办法列举之内", "{name}的情形“{found}”不在本办法列举之内{hint}", "请改成：{allowed}")
END_BEFORE_START = _error("end-before-start", "结束日期早于开始日期", "{name}的结束日期 {end} 早于开始日期 {start}", "请核对日期")
DIRECT_OPEN = _warning(
    "direct-open",
    "以前登记的直接定等次没有结束日期",
    "{name}的“{kind}”从 {start} 起没有结束日期，本期仍按它定等次（{clause}）",
    "如只针对当时一期，请填写结束日期",
)
NO_END = _warning("no-end", "情形没有结束日期，按仍在进行处理", "{name}的“{kind}”没有结束日期，按仍在影响期内处理", "请补填结束日期，或确认仍在影响期内")
NEEDS_BASIS = _error("needs-basis", "情形缺少依据", "{name}“{kind}”没有填依据（{clause}）", "请填写依据（文件名称、文号或会议纪要）")
OPINION_REQUIRED = _error("opinion-required", "直接定等次而领导意见为空", "{name}“{kind}”，但领导意见栏是空的（{clause}）", "请在领导意见栏说明情况")
OPINION_EXPECTED = _warning(
    "opinion-expected", "出勤未达标而领导意见为空", "{name}出勤未达标（{found}），领导意见栏应当说明（{clause}）", "请在领导意见栏补充说明"
)

# ---- cells -------------------------------------------------------------------------------------------------------------
EMPTY_CELL = _error("empty-cell", "必填的单元格是空的", "{name}的{item}没有填", "请补填")
NOT_A_NUMBER = _error("not-a-number", "应填数字的地方填了别的", "{name}的{item}填的是“{found}”，应填数字", "请改成一个数字")
NOT_DAYS = _error("not-days", "天数写法看不懂", "{name}的{item}填的是“{found}”，应填天数（如 2 或 0.5）", "请改成数字，半天填 0.5")
HALF_DAYS_ONLY = _error("half-days-only", "天数最小到半天", "{name}的{item}填的是“{found}”，天数最小到半天", "请改成整天或半天（0.5）")
NEGATIVE = _error("negative", "不能是负数", "{name}的{item}填的是“{found}”，不能是负数", "请改正")
OVER_MAXIMUM = _error("over-maximum", "超过最高分", "{name}的{item}填的是“{found}”，最高 {most} 分", "请改后重报")
TOO_PRECISE = _error("too-precise", "小数位太多", "{name}的{item}填的是“{found}”，小数最多 4 位", "请改成不超过 4 位小数")
NOT_A_DATE = _error("not-a-date", "日期写法看不懂或不存在", "{name}的{item}填的是“{found}”，不是明确的日期", "请写成 2021-10-08 这样的日期")
UNKNOWN_WORD = _error("unknown-word", "填的词不在可选范围", "{name}的{item}填的是“{found}”{hint}", "请改成：{allowed}")
NO_TICK = _error("no-tick", "四个档次一个也没勾", "{name}的{item}四个档次一个也没有打钩", "请在一个档次下打钩（√）")
TWO_TICKS = _error("two-ticks", "勾了不止一个档次", "{name}的{item}勾了不止一个：{found}", "请只保留一个")
UNKNOWN_MARK = _error("unknown-mark", "打钩处的记号看不懂", "{name}的{item}里“{grade}”下面是“{found}”，看不出是不是打钩", "请用 √ 打钩，不选的留空")
LEAVE_NOT_SPLIT = _error("leave-not-split", "几种假合填在一个空里", "{name}的{item}合填了 {found} 天，分不清各几天", "请把病假、事假、年休分开填写")
YEAR_TO_DATE = _error(
    "year-to-date", "全年累计与各月对不上", "{name}{period}的全年累计{item}填的是 {found} 天，按各月应为 {computed} 天", "请核对本月和累计天数"
)
NOTE_WITHOUT_DATE = _warning("note-without-date", "已完成的事项没有写完成时间", "{name}的事项“{matter}”写“已完成”但没有完成时间（四（一））", "请补写完成时间")
NOTE_WITHOUT_REASON = _warning("note-without-reason", "无法完成的事项没有说明原因", "{name}的事项“{matter}”写“无法完成”但没有原因（四（一））", "请补写原因")
NOTE_UNKNOWN_STATE = _warning("note-unknown-state", "完成情况不在三种之内", "{name}的事项“{matter}”完成情况填的是“{found}”", "请改成：进行中、已完成、无法完成")
MERGED_VALUE = _error("merged-value", "一个合并单元格跨了两个人", "“{item}”列的合并单元格 {found} 跨了几个人，分不清各是多少", "请取消合并，逐人填写")
LEAVE_OVER_MONTH = _error("leave-over-month", "病事假天数超过当月的日历天数", "{name}{period}病假、事假、旷工合计 {found} 天，当月只有 {most} 天", "请核对天数")
LEAVE_OVER_WORKDAYS = _warning(
    "leave-over-workdays", "病事假天数超过当月工作日", "{name}{period}病假、事假、旷工合计 {found} 天，当月工作日只有 {most} 天", "请假按工作日填写，请核对"
)
NOT_A_PERCENT = _error("not-a-percent", "比例写法看不懂", "{name}的{item}填的是“{found}”，应填 0% 到 100%", "请写成 50% 这样的百分数")
TOTAL_DIFFERS = _warning("total-differs", "总分与各项合计不符，不影响等次", "{name}的总分填的是 {found}，各项合计是 {computed}，按合计计算", "请核对后改正总分")
TOTAL_CHANGES_GRADE = _error(
    "total-changes-grade", "总分与各项合计不符，等次会因此不同", "{name}的总分填的是 {found}，各项合计是 {computed}，两者等次不同", "请核对各项得分和总分后重报"
)
RATER_TWICE = _error(
    "rater-twice",
    "同一人对同一人打了两次分且不一致",
    "{rater}对{name}{period}打了不止一次分且不一致（另一处：{other}）",
    "请只保留一份；不同领导打分的请写明“分管领导签字：姓名”",
)
RATER_UNKNOWN = _error(
    "rater-unknown",
    "两份打分不一致，其中一份没有写打分人",
    "{name}{period}有不止一份打分且不一致（另一处：{other}），其中一份没有写打分人，分不清是两位领导打的，还是同一份改过",
    "请写明“分管领导签字：姓名”；改过重报的请只保留一份",
)
NO_ITEMS = _warning("no-items", "当月没有任何事项，不计分", "{name}{period}没有应计分的事项，当月不计分", "请核对是否漏报")
ITEM_TWICE = _warning("item-twice", "同一事项填了两次，只算一次", "{name}的事项“{matter}”填了两次（另一处：{other}），只算一次", "请删去重复的一行")
ITEM_CONTRADICTS = _error("item-contradicts", "同一事项填了两次且不一致", "{name}的事项“{matter}”填了两次且不一致（另一处：{other}）", "请只保留正确的一行")
DONE_IN_PART = _error("done-in-part", "写“完成”但完成比例不足100%", "{name}的事项“{matter}”写“完成”，但完成比例是 {found}", "请核对完成情况和完成比例")
ADJUSTED_UNAPPROVED = _warning(
    "adjusted-unapproved",
    "调整的事项缺少同意，仍计入且按未完成算",
    "{name}的事项“{matter}”写“调整”，但没有分管副主任和主任都同意，仍计入台账并按未完成计算",
    "请补签同意，或改正完成情况",
)
PLAN_UNAPPROVED = _warning("plan-unapproved", "月工作计划未经分管副主任同意", "{name}{period}的月工作计划有 {count} 项没有分管副主任同意", "请补签")
ADJUSTMENT_DATE = _error(
    "adjustment-date", "加减分事项的日期不在考核周期内", "{name}的加减分事项“{matter}”日期 {found} 不在{period}内", "请改正日期，或放到所属季度"
)
ADJUSTMENT_KIND = _error("adjustment-kind", "加减分事项类别不在规定之内", "{name}的加减分事项类别“{found}”不在规定之内{hint}", "请改成：{allowed}")
ADJUSTMENT_POINTS = _error(
    "adjustment-points", "加减分超出该类别的范围", "{name}的加减分事项“{matter}”填的是 {found} 分，{kind}限 {least} 到 {most} 分", "请改正分值"
)
ADJUSTMENT_TWICE = _warning(
    "adjustment-twice", "同一事项重复加减分，只算一次", "{name}的加减分事项“{matter}”报了两次（另一处：{other}），只算一次", "请删去重复的一行"
)
NO_EVIDENCE = _warning(
    "no-evidence", "抽调、学习人员没有所在单位提供的情况", "{name}“{kind}”没有填依据或说明，需要所在单位提供情况（{clause}）", "请向所在单位索取情况并填写"
)

# ---- rulings and reviews -----------------------------------------------------------------------------------------------
RULING_PERIOD = _error("ruling-period", "审定表的考核周期看不懂", "{name}的考核周期填的是“{found}”", "请保持审定表原来的写法，例如 2021Q4 或 2020-05")
RULING_STALE = _error(
    "ruling-stale", "审定表之后建议等次已经变化", "{name}{period}的建议等次现在是“{now}”，审定表上是“{found}”，这一行没有采用", "请用最新的审定表重新审定这一行"
)
RULING_TWICE = _error(
    "ruling-twice", "两张审定表对同一人的审定不一致", "{name}{period}有两处审定且不一致（另一处：{other}），都没有采用", "请只保留有效的一份审定表"
)
RULING_NO_REASON = _error(
    "ruling-no-reason", "改变建议等次或突破比例而没有理由", "{name}{period}审定为“{ruled}”，没有填审定理由{why}", "请填写审定理由后重新放入"
)
RULING_NO_APPROVER = _error("ruling-no-approver", "审定没有批准人", "{name}{period}审定为“{ruled}”，没有批准人", "请在该行或表头填写批准人")
RULING_OVER_CEILING = _error(
    "ruling-over-ceiling", "审定突破了等次上限", "{name}{period}审定为“{ruled}”，但等次不得高于{ceiling}（{clause}）", "请按规定重新审定"
)
RULING_AGAINST_STATUS = _error(
    "ruling-against-status",
    "审定与不定等次、未参加等身份不符",
    "{name}{period}审定为“{ruled}”，但本期应为{status}（{clause}）",
    "请按规定重新审定；情形有误的请先改特殊情形表",
)
RULING_OVER_CAP = _error(
    "ruling-over-cap",
    "审定后好等次超过比例",
    "{name}{period}审定为“好”后，{group}好等次为 {good}/{base}（{share}），超过 {cap}（{clause}）",
    "请减少好等次人数后重新审定",
)
REVIEW_UNANSWERED = _warning(
    "review-unanswered",
    "复核申请还没有答复",
    "{name}{period}的复核申请 {received} 收到，应当在 {due} 前答复（{clause}），还没有填答复日期",
    "请答复后填写结论和答复日期",
)
REVIEW_LATE = _warning(
    "review-late", "复核答复超过期限", "{name}{period}的复核申请 {received} 收到，应当在 {due} 前答复（{clause}），实际 {answered} 答复", "请说明情况"
)

# ---- as departments really write ---------------------------------------------------------------------------------------
UNKNOWN_COLUMN = _error(
    "unknown-column", "列名写错，认不出", "列名“{found}”认不出，与标准列“{column}”相近", "请把列名改成“{column}”；确实是另外的列时，请换一个不会混淆的列名"
)
IGNORED_COLUMN = _warning(
    "ignored-column", "列名与标准列相近，没有使用", "“{found}”列没有使用，列名与标准列“{column}”相近", "如果应当使用，请把列名改成“{column}”"
)
NO_CELLS = _error("no-cells", "工作簿里没有任何文字或数字", "工作簿里一个字也没有，内容可能是贴上去的图片或文本框", "请把内容填进标准表的单元格")
ROW_IGNORED = _warning(
    "row-ignored", "表内一行不是人，没有使用", "这一行只有“{found}”，没有当作人员或科室使用", "如果是人员或科室，请填在相应的列里；说明文字不必处理"
)
DITTO_MARK = _error("ditto", "用“同上”代替内容", "{name}的{item}填的是“{found}”", "请写出完整内容，不要用“同上”")
PICTURE_IN_CELL = _error("picture-in-cell", "单元格里是嵌入的图片", "{name}的{item}是一张嵌入单元格的图片，读不出内容", "请删去图片，把内容打字填入")
RARE_CHARACTER = _error(
    "rare-character",
    "姓名里有打不出或显示不出的字",
    "“{found}”里的“{part}”{code}与人员名册对不上{hint}",
    "请与名册写得完全一样（可从名册复制），或请人事科在名册里改用这种写法",
)
LOOKS_LIKE_PERCENT = _error(
    "looks-like-percent",
    "分数像是按百分数填的",
    "{name}的{item}填的是 {found}（满分 {most} 分），像是百分数",
    "请改成分数；确实是 {found} 分的，请写成“{found}分”",
)
TEXT_NUMBERS = _warning(
    "text-numbers", "数字存成了文本", "有 {count} 个数字存成了文本（{cells}），已按数字读取", "如果表里有公式合计，请改成数字格式，否则会漏算"
)
ODD_NUMBERS = _warning("odd-numbers", "数字写法不规范", "有 {count} 个数字写法不规范（{cells}），已按数字读取", "请核对读得是否正确，改成半角数字")
DATE_INCOMPLETE = _warning("date-incomplete", "日期不完整，按考核周期补全", "{name}的{item}写成“{found}”，按 {date} 处理", "请写全年月日，例如 2021-10-08")

# ---- what a workbook holds beside its values ---------------------------------------------------------------------------
MACROS = _warning("macros", "工作簿带宏", "工作簿带宏，宏没有运行，只读取了数值", "请另存为不带宏的 .xlsx 后再报")
EXTERNAL_LINKS = _warning(
    "external-links", "公式引用了别的文件", "工作簿里有公式引用别的文件，读到的是上次保存的数值", "请核对数值；最好复制后“粘贴为数值”再报"
)
CELL_ERROR = _error("cell-error", "公式出错的单元格（#REF!、#DIV/0! 等）", "{who}是错误值“{found}”", "请改正公式，或直接填写数值后重报")
UNCALCULATED = _error("uncalculated", "公式还没有计算，读不到结果", "{who}的公式未计算，读不到结果", "请用 WPS 或 Excel 打开、保存一次后重报，或粘贴为数值")
STALE_FORMULA = _warning(
    "stale-formula",
    "公式存的结果与表内数字不符",
    "{who}的公式显示 {found}，按表内数字应为 {computed}，已按显示的数读取",
    "请打开后按 F9 重新计算并保存，核对后重报",
)
HIDDEN_ROW = _error(
    "hidden-row", "有人员的行被隐藏或筛掉", "{name}所在的第 {row} 行是隐藏的（或被筛选掉），分不清是否上报", "请取消隐藏和筛选；不上报的请删去这一行"
)
HIDDEN_COLUMN = _warning("hidden-column", "用到的列被隐藏", "“{item}”列是隐藏的，里面的内容仍然按数采用", "请取消隐藏，核对后重报")
HAS_COMMENT = _warning("has-comment", "单元格有批注，内容不采用", "{who}有批注“{found}”，批注没有采用", "如影响考核，请写进备注栏或特殊情形表")
STRUCK_OUT = _warning("struck-out", "内容带删除线，仍然采用", "{who}带有删除线，仍然按数采用", "请删去作废的内容；有效的请取消删除线")
COVERED_VALUE = _error(
    "covered-value", "合并单元格下面藏着另一个值", "合并单元格 {merge} 下面藏着“{found}”，与显示的“{shown}”不同", "请取消合并，删去多余的内容后重报"
)


UNOPENED = frozenset(fault.code for fault in (UNREADABLE, EMPTY_FILE, ENCRYPTED, TOO_LARGE, NOT_A_WORKBOOK, UNSAFE, READER_LOST, CHANGED_MEANWHILE))
"""Faults of files that the gate or the reader gave up on: no other program of ours opens them either."""
SHEET_TWICE = _warning("sheet-twice", "同一张表报了两次，内容相同", "与 {other} 内容完全相同，只算一次", "请删去重复的一份")
OTHER_TITLE = _warning(
    "other-title",
    "与别的表内容相同，只有表名不同",
    "“{title}”与 {other}“{twin}”内容完全相同，只有表名不同，只算一次",
    "请核对是否抄了别的科室的表；确实相同时请删去一份",
)
COPIED_PERIOD = _warning("copied-period", "与上一期的表内容完全相同", "与{period}的 {other} 内容完全相同，可能只改了表名", "请核对；确实相同时不必处理")
TWO_DEPARTMENTS = _error(
    "two-departments",
    "一个人在两个科室的打分表里",
    "{name}同时在两个科室的打分表里：{found}，没有取平均，暂不能计分",
    "请在不应打分的表里删去这个人；调动的请在名册里填写离岗日期和到岗日期",
)
