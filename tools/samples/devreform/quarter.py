"""What is written once a quarter: the leaders' points, bonus and malus, the inspectors' opinion."""

from datetime import date
from decimal import Decimal

from samples.devreform.people import APPRAISED, BY_NUMBER, LED_BY, Person, members
from samples.draw import Cell, Header, Table, book_of
from samples.habits import short, spaced

ASPECTS = ("工作完成情况", "素质能力", "协同配合", "工作态度", "工作作风")
OBJECTED = "F14"
OBJECTION = "有群众反映问题线索正在核查"

# 工号|日期|事项类别|事项|分值|依据
_ADJUSTMENTS = """
F13|2021-04-20|重点任务|完成省对市高质量发展考核一季度指标任务|2|省考核通报
F17|2021-05-18|对上争取|争取中央预算内投资4800万元|3|国家发改委投资计划文件
F18|2021-05-18|对上争取|争取中央预算内投资4800万元（协助）|1|国家发改委投资计划文件
F10|2021-06-08|政策文件|出台重点工作督查办法|1.5|市政府办公室文件
F08|2021-04-28|表彰奖励|被评为全市组织人事工作先进个人|2|市委组织部表彰决定
F29|2021-06-21|政策文件|出台养老托育服务实施方案|1.5|市政府文件
F03|2021-05-31|信息宣传|政务信息被省政府办公厅采用|0.5|采用通知
F05|2021-06-15|信息宣传|政务信息被市委办公室采用|0.5|采用通知
F21|2021-06-25|重点任务|完成战略性新兴产业培育年度任务|1|省工作通报
F25|2021-06-18|表彰奖励|获全省能源保供通报表扬|1|省能源局通报
F36|2021-05-27|信息宣传|营商环境经验被省级媒体刊发|0.5|报纸复印件
F23|2021-06-10|未完成重点任务|未按期完成产业链图谱编制|-2|督查通报第6期
F20|2021-05-13|通报批评|项目预警处置不及时被通报|-1.5|督查通报第5期
"""


def files() -> dict[str, bytes]:
    """Every quarterly list by path."""
    return {
        "2021Q2/分管领导打分表（秦国梁）.xlsx": _points_in_parts("秦国梁"),
        "2021Q2/邵明辉打分表2021年第2季度.xlsx": _points("邵明辉"),
        "2021Q2/人事科/加减分事项表.xlsx": _adjustments(),
        "2021Q2/派驻纪检组/纪检意见表.xlsx": _opinions(),
    }


def _whole(person: Person) -> Cell:
    return short(sum(person.points, Decimal(0)))


def _points_in_parts(leader: str) -> bytes:
    """Five aspects of 20 points each and their sum; 科室 merged."""
    header: tuple[Header, ...] = (
        *("序号", "科室", "姓名", "工号"),
        ("打分项目（每项20分）", ASPECTS),
        *("得分", "打分人"),
    )
    rows = [
        (
            *(index, each.department, each.name, each.number),
            *(short(point) for point in each.points),
            *(_whole(each), leader),
        )
        for index, each in enumerate(members(*LED_BY[leader]), start=1)
    ]
    table = Table(
        title="分管领导打分表（2021年第2季度）",
        above=(f"分管领导：{leader}",),
        header=header,
        rows=rows,
        widths=(6, 18, 10, 8, *(14,) * 5, 10, 12),
        merged=frozenset({1}),
        below=("注：满分100分。", f"分管领导签字：{leader}        2021年7月5日"),
    )
    return book_of({"打分表": table})


def _points(leader: str) -> bytes:
    """Only the sum; the period in the file name."""
    rows = [(spaced(each.name), each.number, each.department, _whole(each), leader, None) for each in members(*LED_BY[leader])]
    table = Table(
        title="分管领导打分表",
        header=("姓 名", "工号", "科室", "得  分", "打分人", "签字"),
        rows=rows,
        widths=(12, 8, 18, 10, 12, 14),
    )
    return book_of({"Sheet1": table})


def _adjustments() -> bytes:
    rows: list[tuple[Cell, ...]] = []
    for index, line in enumerate(_ADJUSTMENTS.strip().splitlines(), start=1):
        number, day, kind, matter, value, basis = line.split("|")
        each = BY_NUMBER[number]
        points = short(Decimal(value))
        when = date.fromisoformat(day)
        rows.append((index, each.name, number, each.department, when, kind, matter, points, basis))
    table = Table(
        title="加减分事项表（2021年第2季度）",
        header=("序号", "姓名", "工号", "科室", "日期", "事项类别", "事项", "分值", "依据"),
        rows=rows,
        widths=(6, 10, 8, 18, 13, 16, 40, 8, 26),
        wide=frozenset({6, 8}),
        below=("填表人：崔浩然        审核人：卢志刚",),
    )
    return book_of({"加减分": table})


def _opinions() -> bytes:
    rows = [
        (
            *(index, each.name, each.number, each.department),
            *(("有异议", OBJECTION) if each.number == OBJECTED else ("无异议", None)),
        )
        for index, each in enumerate(APPRAISED, start=1)
    ]
    table = Table(
        title="纪检意见表（2021年第2季度）",
        header=("序号", "姓名", "工号", "科室", "意见", "说明"),
        rows=rows,
        widths=(6, 12, 8, 18, 12, 34),
        below=("市纪委监委派驻市发展和改革委员会纪检监察组（盖章）", "2021年7月7日"),
    )
    return book_of({"纪检意见": table})
