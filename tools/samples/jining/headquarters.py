"""What 人事科 keeps itself: 人员名册 (no 呈报单位, no 工号) and 特殊情形表."""

from datetime import date

from samples.draw import Cell, Table, book_of
from samples.jining.people import ASSOCIATION, LEFT, PEOPLE, REMARKS, WORKERS, Person

# 姓名|情形|开始日期|结束日期|依据|说明
_CIRCUMSTANCES = """
周子涵|试用期|2019-09-02||济人社录〔2019〕26号|2019年新录用
贾文涛|记过|2019-09-10||济商党组〔2019〕31号|政务处分
安然|挂职外派|2019-11-01||济组干〔2019〕88号|到泗水县挂职两年，由挂职单位考核
朱桂芳|警告|2020-02-18||济商党组〔2020〕4号|政务处分
岳明哲|借调外出|2020-03-02||市政府办公室借调函|借调到市政府办公室，由借用单位考核
牛思琪|直接确定为好|2020-04-01|2020-04-30|济商党组〔2020〕11号|连续奋战保障防疫物资出口，表现突出
万里程|学习培训|2020-04-07|2020-05-29|市委党校第18期中青班通知|市委党校来函：学习态度端正，考试优秀，未请假
常勇|立案调查|2020-05-11||市纪委监委立案决定书|尚未结案
尹璐|抽调|2020-05-18|2020-07-31|市创城指挥部抽调通知|市创城指挥部鉴定：承担集贸市场专项整治，工作扎实
阎丽|抽调|2020-06-01|||
"""


def files() -> dict[str, bytes]:
    """The two lists of HR by path."""
    return {
        "人事科/人员名册.xlsx": book_of({"人员名册": _roster()}),
        "人事科/特殊情形表.xlsx": book_of({"特殊情形": _circumstances()}),
    }


def _category(person: Person) -> str:
    if person.name in WORKERS:
        return "工勤"
    return "参公" if person.department.startswith(ASSOCIATION) else "公务员"


def _roster() -> Table:
    rows = [
        (
            *(index, each.name, each.department, each.post or None, each.rank or None),
            *(_category(each), "在编", "否" if each.name in LEFT else "是"),
            *(each.since, each.arrived, LEFT.get(each.name)),
            *(f"swj{index:02}@example.com", REMARKS.get(each.name)),
        )
        for index, each in enumerate(PEOPLE, start=1)
    ]
    header = (
        *("序号", "姓名", "科　室", "职务", "职务职级", "人员类别", "编制", "在岗"),
        *("任现职时间", "到岗日期", "离岗日期", "电子邮箱", "备注"),
    )
    return Table(
        title="济宁市商务局人员名册（2020年6月）",
        header=header,
        rows=rows,
        widths=(6, 10, 18, 15, 15, 10, 8, 7, 13, 13, 13, 22, 32),
        merged=frozenset({2}),
        below=("注：在岗情况按2020年6月30日填写，离岗人员保留至季度终了。", "填表人：曾凡敏"),
    )


def _circumstances() -> Table:
    people = {person.name: person for person in PEOPLE}
    rows: list[tuple[Cell, ...]] = []
    for index, line in enumerate(_CIRCUMSTANCES.strip().splitlines(), start=1):
        name, kind, start, end, basis, remark = line.split("|")
        first, last = date.fromisoformat(start), date.fromisoformat(end) if end else None
        where = people[name].department
        rows.append((index, name, where, kind, first, last, basis or None, remark or None))
    return Table(
        title="特殊情形表（2020年第2季度）",
        header=("序号", "姓名", "科室", "情形", "开始日期", "结束日期", "依据", "说明"),
        rows=rows,
        widths=(6, 10, 18, 16, 13, 13, 28, 48),
        wide=frozenset({6, 7}),
        below=("注：处分不填结束日期的，按法定期限计算；其他不填的为仍在继续。",),
    )
