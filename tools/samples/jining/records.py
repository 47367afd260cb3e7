"""The paper forms 附件1 and 附件2, with their merges: a week or a person per tab."""

from collections.abc import Mapping, Sequence
from datetime import date

from samples.draw import Book, Sheet
from samples.jining.people import MONTHS, PEOPLE, RATERS, SIGNED, Person, scored
from samples.jining.prose import DUTIES, GOALS, WEEKS, Task, tasks, ungraded, week

WIDTHS = (19, 8, 44, 16, 18)
WEEK_ROWS, MONTH_ROWS = 12, 10
GRADES = ((85, "好"), (75, "较好"), (60, "一般"))
MAY = tuple(WEEKS["曾凡敏"])


def files() -> dict[str, bytes]:
    """Every paper form by path."""
    found = {f"2020年5月/局机关/人事科每周工作记实/第{number}周.xlsx": _week(days) for number, days in enumerate(MAY, start=2)}
    found["2020年4月/局机关/财务科每周工作记实/韩雪.xlsx"] = _weeks("韩雪")
    for month in MONTHS:
        found |= {
            f"2020年{month}月/局机关/人事科考核备案表.xlsx": _filings("人事科", month),
            f"2020Q2/市贸促会/市贸促会综合科{month}月备案表.xlsx": _filings("市贸促会综合科", month),
        }
    return found


def _week(days: tuple[date, date]) -> bytes:
    """One week of a department, one person per tab."""
    book = Book()
    for person in scored("人事科", days[0].month):
        draw_week(book, person.name, person, days)
    return book.content()


def _weeks(name: str) -> bytes:
    """One person's weeks, one per tab."""
    book = Book()
    person = next(each for each in PEOPLE if each.name == name)
    for number, days in enumerate(WEEKS[name], start=3):
        draw_week(book, f"第{number}周", person, days)
    return book.content()


def _filings(department: str, month: int) -> bytes:
    book = Book()
    for person in scored(department, month):
        draw_month(book, person, month)
    return book.content()


def draw_week(book: Book, tab: str, person: Person, days: tuple[date, date]) -> None:
    """附件1 公务员每周工作记实: twelve ruled rows, as many filled as there was work."""
    sheet = book.sheet(tab, WIDTHS)
    sheet.put("A1:E1", "公务员每周工作记实", "title")
    first, last = (f"{day.year}年{day.month}月{day.day}日" for day in days)
    sheet.put("A2:E2", f"（{first}---{last}）", "period")
    _identity(sheet, person)
    end = _tasks(sheet, 5, "工作任务完成情况", week(person.name, days), WEEK_ROWS)
    sheet.put(f"A{end}:E{end}", "备注：此表每月底交局人事科存档", "note")
    _heights(sheet, {1: 32, 2: 22, end: 22})


def draw_month(book: Book, person: Person, month: int) -> None:
    """附件2 公务员平时（每月）考核备案表: the leader has commented, the committee not yet."""
    sheet = book.sheet(person.name, WIDTHS)
    sheet.put("A1:E1", "公务员平时（每月）考核备案表", "title")
    sheet.put("A2:E2", f"（2020年{month}月）", "period")
    _identity(sheet, person)
    sheet.put("A5", "科室业务责任目标\n暨亮点工作", "label")
    sheet.put("B5:E5", f"{GOALS[person.department]}。", "text")
    sheet.put("A6", "个人岗位职责\n暨承担业务", "label")
    sheet.put("B6:E6", f"{DUTIES[person.name]}。", "text")
    done = tasks(person, month)
    end = _tasks(sheet, 7, "工作任务完成情况\n（本月主要任务）", done, MONTH_ROWS)
    blocks = (
        ("分管领导或\n内设机构负责人评语及考核等次\n建议", _comment(person, month)),
        ("考核委员会\n意　见", "\n\n                                   年    月    日"),
        ("未确定等次或不参加考核情况说明", ungraded(person, month) or None),
    )
    for row, (label, text) in enumerate(blocks, start=end):
        sheet.put(f"A{row}", label, "label")
        sheet.put(f"B{row}:E{row}", text, "text")
    _heights(sheet, {1: 32, 2: 22, 5: 56, 6: 44, end: 90, end + 1: 66, end + 2: 50})


def _comment(person: Person, month: int) -> str:
    """A comment, a suggested grade, a signature: 科长 for the staff, 分管领导 for 科长."""
    grade = "建议不确定等次" if ungraded(person, month) else f"建议等次：{_grade(person, month)}"
    head = scored(person.department, month)[0]
    signer = RATERS[person.department][0] if person is head else head.name
    return f"该同志能够认真履行岗位职责，较好完成本月工作任务。{grade}。\n\n                    签名：{signer}\n                              {SIGNED[month]}"


def _grade(person: Person, month: int) -> str:
    total = person.given(month)[0]
    return next((grade for floor, grade in GRADES if total >= floor), "较差")


def _identity(sheet: Sheet, person: Person) -> None:
    since = f"{person.since.year}年{person.since.month}月" if person.since else None
    pairs = (
        ("科　室", person.department, "姓　名", person.name),
        ("职　务", person.post or None, "任现职时间", since),
    )
    for row, (left, value, right, other) in enumerate(pairs, start=3):
        sheet.put(f"A{row}", left, "label")
        sheet.put(f"B{row}:C{row}", value)
        sheet.put(f"D{row}", right, "label")
        sheet.put(f"E{row}", other)
    _heights(sheet, {3: 26, 4: 26})


def _tasks(sheet: Sheet, top: int, label: str, done: Sequence[Task], ruled: int) -> int:
    """A header and so many ruled rows beside a merged label; the first row below them."""
    sheet.put(f"A{top}:A{top + ruled}", label, "label")
    for letter, head in zip("BCDE", ("序号", "工作任务进度", "完结情况", "完结时间"), strict=True):
        sheet.put(f"{letter}{top}", head, "label")
    for index in range(ruled):
        row = top + 1 + index
        sheet.put(f"B{row}", index + 1)
        texts: Sequence[str | None] = (None, None, None)
        if index < len(done):
            each = done[index]
            texts = (each.progress, each.state, each.finished or None)
        for letter, text in zip("CDE", texts, strict=True):
            sheet.put(f"{letter}{row}", text, "text" if letter == "C" else "centre")
    _heights(sheet, {top: 24} | {top + 1 + index: 28 for index in range(ruled)})
    return top + 1 + ruled


def _heights(sheet: Sheet, points: Mapping[int, float]) -> None:
    for row, height in points.items():
        sheet.height(row, height)
