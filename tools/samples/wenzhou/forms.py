"""The paper forms 附件1, 附件2 and 附件3, one person per tab, with their merges."""

from collections.abc import Sequence
from decimal import Decimal

from samples.draw import Book, Cell, Sheet
from samples.wenzhou.people import CARRIED, MONTHS, OFFICE, Person, leave
from samples.wenzhou.prose import ACHIEVEMENTS, DUTIES, PLANS, SHORTCOMINGS, TASKS, Note

GRADES = ("好", "较好", "一般", "较差")
BLANKS = ("病假", "事假", "年休", "法定假", "加班补休")
CARRIED_KINDS = ("病假", "事假", "年休")
NOTE_HEADER = ("序号", "日期", "事项", "完成时限", "完成情况", "备注")
NOTE_ROWS = 15

Mark = str | int


def draw_week(book: Book, person: Person, when: str, notes: Sequence[Note]) -> None:
    """附件1 干部日常考评一周小记表: fifteen ruled rows, as many filled as there were tasks."""
    sheet = book.sheet(person.name, (6, 13, 42, 13, 24, 16), landscape=True)
    sheet.put("A1:F1", "干部日常考评一周小记表", "title")
    sheet.height(1, 30)
    where = f"{person.unit}{person.department} {person.post}"
    sheet.put("A2:F2", f"姓名：{person.name}    单位及职务：{where}    时间：{when}", "line")
    for letter, head in zip("ABCDEF", NOTE_HEADER, strict=True):
        sheet.put(f"{letter}3", head, "header")
    for index in range(NOTE_ROWS):
        row = index + 4
        cells: Sequence[Cell] = (None,) * 6
        if index < len(notes):
            note = notes[index]
            cells = (index + 1, note.received, note.matter, note.due, note.state, note.remark)
        for letter, value in zip("ABCDEF", cells, strict=True):
            sheet.put(f"{letter}{row}", value, "text" if letter == "C" else "centre")
        sheet.height(row, 32)


def draw_month(book: Book, person: Person, month: int, period: str, chief: str) -> None:
    """附件2 干部日常考评月度小结表, its one blank for leave taken apart into one per kind."""
    sheet = book.sheet(person.name, (11, 16, 12, 12, 12, 12, 12))
    sheet.put("A1:G1", "干部日常考评月度小结表", "title")
    sheet.put("A2:G2", period, "period")
    _identity(sheet, person, last="G")
    sheet.put("A5:A8", "个人小结", "label")
    blocks = (
        ("日常工作\n（简要）", f"{DUTIES[person.department]}。"),
        ("重要任务项目", f"{TASKS[month]}。"),
        ("存在的问题", f"{SHORTCOMINGS[person.post]}。"),
        ("下步打算", f"{PLANS[month]}。"),
    )
    for row, (label, text) in enumerate(blocks, start=5):
        sheet.put(f"B{row}", label, "label")
        sheet.put(f"C{row}:G{row}", text, "text")
        sheet.height(row, 84)
    _attendance(sheet, person, month)
    sheet.put("A12:B12", "直管领导审定", "label")
    sheet.put("C12:G12", f"情况属实。                    签字：{chief}", "text")
    for row, points in {1: 32, 2: 22, 3: 34, 4: 26, 9: 24, 10: 24, 11: 24, 12: 60}.items():
        sheet.height(row, points)


def _attendance(sheet: Sheet, person: Person, month: int) -> None:
    """The 出勤情况 block: a line for the month, a line for the year so far."""
    sheet.put("A9:A11", "出勤情况\n（天）", "label")
    sheet.put("B9", None, "label")
    sheet.put("B10", "本月", "label")
    sheet.put("B11", "全年累计", "label")
    taken, so_far = leave(person, month), _so_far(person, month)
    for letter, kind in zip("CDEFG", BLANKS, strict=True):
        sheet.put(f"{letter}9", kind, "label")
        sheet.put(f"{letter}10", taken.get(kind, 0))
        sheet.put(f"{letter}11", so_far.get(kind))


def _so_far(person: Person, month: int) -> dict[str, Decimal]:
    """Days of 病假, 事假 and 年休 from January to the end of `month`."""
    carried = dict(zip(CARRIED_KINDS, CARRIED.get(person.number, (0, 0, 0)), strict=True))
    months = [each for each in MONTHS if each <= month]
    return {kind: sum((leave(person, each).get(kind, Decimal(0)) for each in months), Decimal(before)) for kind, before in carried.items()}


def draw_quarter(book: Book, person: Person, period: str, mark: Mark, chief: str) -> None:
    """附件3 干部日常考评季度评价表: two rows of four boxes, one ticked in each."""
    sheet = book.sheet(person.name, (11, 13, 15, 15, 15, 15))
    sheet.put("A1:F1", "干部日常考评季度评价表", "title")
    sheet.put("A2:F2", period, "period")
    _identity(sheet, person, last="F")
    sheet.put("A5:A8", "个人自评", "label")
    sheet.put("B5", "主要工作\n亮点及成效", "label")
    sheet.put("C5:F5", f"{ACHIEVEMENTS[person.department]}。", "text")
    sheet.put("B6", "存在的不足和改进措施", "label")
    sheet.put("C6:F6", f"{SHORTCOMINGS[person.post]}，下季度逐项改进。", "text")
    _boxes(sheet, 7, "自评\n档次", person.own, mark)
    sheet.put("A9:A11", "领导评价", "label")
    _boxes(sheet, 9, "领导\n评价\n档次", person.leader, mark)
    sheet.put("B11", "领导\n意见栏", "label")
    signed = f"（处室或分支机构负责人）签字：{chief}"
    sheet.put("C11:F11", f"{person.opinion}\n\n{signed}" if person.opinion else signed, "text")
    footnote = "注：存在直接确定为“好”、“较差”情形或出勤未达标的应在意见栏进行说明。"
    sheet.put("A12:F12", footnote, "note")
    for row, points in {1: 32, 2: 22, 3: 34, 4: 26, 5: 130, 6: 100, 11: 100, 12: 24}.items():
        sheet.height(row, points)


def _boxes(sheet: Sheet, row: int, label: str, grade: str, mark: Mark) -> None:
    """Four grades with their boxes below; a `ü` is a tick only in the font Wingdings."""
    sheet.put(f"B{row}:B{row + 1}", label, "label")
    for letter, name in zip("CDEF", GRADES, strict=True):
        sheet.put(f"{letter}{row}", name, "label")
        ticked = name == grade
        style = "wingdings" if ticked and mark == "ü" else "centre"
        sheet.put(f"{letter}{row + 1}", mark if ticked else None, style)
    sheet.height(row, 24)
    sheet.height(row + 1, 28)


def _identity(sheet: Sheet, person: Person, last: str) -> None:
    """Rows 3 and 4: who it is. 机关 people name their 处室 and have no 科室 below it."""
    office = person.unit == OFFICE
    half = chr(ord(last) - 2)
    pairs = (
        ("姓名", person.name, "所属处室/\n分支机构", person.department if office else person.unit),
        ("科室", None if office else person.department, "职务", person.post),
    )
    for row, (left, value, right, other) in enumerate(pairs, start=3):
        sheet.put(f"A{row}", left, "label")
        sheet.put(f"B{row}:{chr(ord(half) - 1)}{row}", value)
        sheet.put(f"{half}{row}", right, "label")
        sheet.put(f"{chr(ord(half) + 1)}{row}:{last}{row}", other)
