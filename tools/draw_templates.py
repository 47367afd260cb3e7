"""Draws the official forms in `templates/` as blank templates: 备案表 (附件4), 名单表 (附件5), 好等次2次以上名单表 (附件6),
公示, 反馈单, and the monthly filing form of one person, 公务员平时（每月）考核备案表.

    python tools/draw_templates.py [DIRECTORY]

After that they can be changed in Excel or WPS like any workbook; running this again overwrites such changes.
The bytes are the same every time.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).parent.parent
MILLIMETRES = 25.4  # in an inch
POINTS = 6.0  # for each unit of a column's width, under the workbook's first font, 宋体 11

SERIF, CHINESE = 1, 134  # what a machine without the font goes by when it chooses another
TITLE_FONT, BODY_FONT, HEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
BODY, SMALL = 14, 12  # points

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


@dataclass(frozen=True)
class Margins:
    """Edges of the page in millimetres."""

    top: float
    bottom: float
    left: float
    right: float


def font(size: float, name: str = BODY_FONT, color: str | None = None) -> Font:
    """A font that other machines replace with a Chinese serif one."""
    return Font(name=name, size=size, family=SERIF, charset=CHINESE, color=color)


def put(
    sheet: Worksheet,
    area: str,
    text: str,
    face: Font,
    align: str = "center",
    *,
    upright: str = "center",
    boxed: bool = True,
    wraps: bool = True,
    indent: int = 0,
) -> None:
    """Write `text` into `area`, merged if it is more than a cell."""
    first = sheet[area.split(":", maxsplit=1)[0]]
    first.value = text
    if ":" in area:
        sheet.merge_cells(area)
    for row in sheet[area] if ":" in area else ((first,),):
        for cell in row:
            cell.font = face
            cell.alignment = Alignment(horizontal=align, vertical=upright, wrap_text=wraps, indent=indent)
            if boxed:
                cell.border = BOX


def page(name: str, widths: list[float], margins: Margins, *, landscape: bool) -> tuple[Workbook, Worksheet]:
    """A blank sheet of A4 with columns as wide as given in points, one page wide and as many high as it takes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    sheet.sheet_view.showGridLines = False
    # Widths are counted in digits of the first font; 宋体 is on every Chinese machine. openpyxl has no public way to set it.
    book._fonts[0] = Font(name="宋体", size=11, charset=CHINESE)  # noqa: SLF001
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = round(width / POINTS, 2)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    edges = sheet.page_margins
    edges.top, edges.bottom = margins.top / MILLIMETRES, margins.bottom / MILLIMETRES
    edges.left, edges.right = margins.left / MILLIMETRES, margins.right / MILLIMETRES
    edges.header = edges.footer = 10 / MILLIMETRES
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.oddFooter.center.font, sheet.oddFooter.center.size = "宋体,常规", 12
    return book, sheet


def heights(sheet: Worksheet, *points: float) -> None:
    """Set the heights of the rows from the first on."""
    for number, height in enumerate(points, 1):
        sheet.row_dimensions[number].height = height


def heading(sheet: Worksheet, last: str, title: str) -> None:
    """The mark, the title and the period, on rows 1 to 3."""
    put(sheet, f"A1:{last}1", "{{ mark }}", font(16, HEAD_FONT, "FFC00000"), "left", boxed=False, wraps=False)
    put(sheet, f"A2:{last}2", title, font(22, TITLE_FONT), boxed=False)
    put(sheet, f"A3:{last}3", "（{{ period_title }}）", font(16, "楷体_GB2312"), boxed=False, wraps=False)


def filing_form() -> Workbook:
    """附件4, landscape: its headings break where they read well, and 14 points stay legible."""
    counts = ["total", "due", "good", "fair", "ordinary", "poor", "ungraded", "absent"]
    heads = ["公务员总数", "应参加考核人数", "好等次人数", "较好等次人数", "一般等次人数", "较差等次人数", "不确定等次人数", "未参加考核人数"]
    breaks = [3, 5, 3, 4, 4, 4, 5, 5]  # characters on the first line of a heading
    widths = [136.0, *(characters * BODY + 11.0 for characters in breaks)]
    book, sheet = page("备案表", widths, Margins(20, 18, 27, 27), landscape=True)
    heading(sheet, "I", "公务员平时考核结果备案表")
    heights(sheet, 20, 32, 24, 22, 40, 26, 26, 26, 120, 20)
    body = font(BODY)
    put(sheet, "A4:A5", "职务职级", body)
    put(sheet, "D4:H4", "考核结果", body)
    for column, head in zip("BCDEFGHI", heads, strict=True):
        put(sheet, f"{column}5" if column in "DEFGH" else f"{column}4:{column}5", head, body)
    put(sheet, "A6", "{% for row in rows %}{{ row.name }}", body)
    put(sheet, "A7", "合计", body)
    for column, name in zip("BCDEFGHI", counts, strict=True):
        ending = "{% endfor %}" if column == "I" else ""
        put(sheet, f"{column}6", f"{{{{ row.{name} }}}}{ending}", body)
        put(sheet, f"{column}7", f"{{{{ sum.{name} }}}}", body)
    put(sheet, "A8", "好等次比例", body)
    put(sheet, "B8:I8", "{{ ratio }}", body)
    put(sheet, "A9", "呈报单位", body)
    put(sheet, "B9:D9", "{{ unit }}\n\n（盖　章）\n\n　　年　　月　　日", font(SMALL))
    put(sheet, "E9", "备注", body)
    put(sheet, "F9:I9", "{{ remark }}", font(SMALL), "left", indent=1)
    put(sheet, "A10:I10", "{{ footnote }}", font(SMALL), "left", boxed=False)
    sheet.print_area = "A1:I10"
    return book


def name_list(sheet_name: str, title: str, title_height: float, columns: list[tuple[str, str, float]]) -> Workbook:
    """附件5 and 附件6, portrait: `columns` are heading, expression and width; the heading repeats on every page."""
    widths = [width for _, _, width in columns]
    book, sheet = page(sheet_name, widths, Margins(30, 25, 22, 22), landscape=False)
    last = chr(ord("A") + len(columns) - 1)
    heading(sheet, last, title)
    heights(sheet, 22, title_height, 26, 30, 32, 28, 28, 24)
    body = font(SMALL)
    put(sheet, "A4:D4", "呈报单位（盖章）：{{ unit }}", font(BODY), "left", boxed=False)
    put(sheet, f"E4:{last}4", "年　　月　　日", font(BODY), "right", boxed=False, indent=1)
    for number, (head, expression, _) in enumerate(columns):
        column = chr(ord("A") + number)
        start = "{% for person in people %}" if number == 0 else ""
        put(sheet, f"{column}5", head, font(BODY))
        put(sheet, f"{column}6", f"{start}{{{{ person.{expression} }}}}", body)
    put(sheet, f"A7:{last}7", "{% else %}无{% endfor %}", body)
    put(sheet, f"A8:{last}8", "{{ footnote }}", body, "left", boxed=False)
    sheet.print_area = f"A1:{last}8"
    sheet.print_title_rows = "5:5"
    sheet.freeze_panes = "A6"
    return book


def notice_form() -> Workbook:
    """公示, portrait: whose results, for how long it hangs, where to object."""
    book, sheet = page("公示", [54.0, 112.0, 168.0, 108.0], Margins(28, 22, 27, 27), landscape=False)
    heights(sheet, 22, 36, 28, 66, 8, 28, 25, 25, 8, 180)
    body, large = font(BODY), font(16)
    put(sheet, "A1:D1", "{{ mark }}", font(16, HEAD_FONT, "FFC00000"), "left", boxed=False, wraps=False)
    put(sheet, "A2:D2", "{{ organisation }}平时考核结果公示", font(22, TITLE_FONT), boxed=False)
    put(sheet, "A3:D3", "（{{ period_title }}）", font(16, "楷体_GB2312"), boxed=False, wraps=False)
    put(sheet, "A4:D4", "{{ opening }}", large, "left", boxed=False)
    start, end = "{% for person in people %}", "{% endfor %}"
    for column, head, name in zip("ABCD", ("序号", "姓名", "科室", "考核等次"), ("number", "name", "department", "grade"), strict=True):
        put(sheet, f"{column}6", head, font(BODY, HEAD_FONT))
        put(sheet, f"{column}7", f"{start if column == 'A' else ''}{{{{ person.{name} }}}}", body)
    put(sheet, "A8:D8", f"{{% else %}}无{end}", body)
    # One row, so that no page break can leave who publishes and the day alone on a page; blanks instead of a column push them to the right.
    blanks = "　" * 24
    signed = f'{{{{ "{blanks}"[organisation|length:] }}}}{{{{ organisation }}}}\n{"　" * 15}{{{{ day }}}}'
    put(sheet, "A10:D10", f"{{{{ term }}}}\n{{{{ objection }}}}\n\n{signed}", large, "left", upright="top", boxed=False)
    sheet.print_area = "A1:D10"
    sheet.print_title_rows = "6:6"
    return book


def slip_form() -> Workbook:
    """反馈单, portrait, one page: one person's results, what follows from them, how to object, and where to sign."""
    book, sheet = page("反馈单", [88.0, 92.0, 62.0, 200.0], Margins(28, 20, 27, 27), landscape=False)
    sheet.page_setup.fitToHeight = 1
    sheet.oddFooter.center.text = None
    heights(sheet, 22, 36, 26, 36, 32, 42, 46, 110, 110, 52, 46)
    head, body, small = font(BODY, HEAD_FONT), font(BODY), font(SMALL)
    put(sheet, "A1:D1", "{{ mark }}", font(16, HEAD_FONT, "FFC00000"), "left", boxed=False, wraps=False)
    put(sheet, "A2:D2", "平时考核结果反馈单", font(22, TITLE_FONT), boxed=False)
    put(sheet, "A3:D3", "（{{ organisation }}　{{ period_title }}）", font(BODY, "楷体_GB2312"), boxed=False)
    for column, text, face in zip("ABCD", ("姓　　名", "{{ name }}", "科　　室", "{{ department }}"), (head, body, head, body), strict=True):
        put(sheet, f"{column}4", text, face)
    for area, text in (("A5", "考核周期"), ("B5", "考核等次"), ("C5:D5", "结果运用")):
        put(sheet, area, text, head)
    put(sheet, "A6", "{% for result in results %}{{ result.period }}", small)
    put(sheet, "B6", "{{ result.grade }}", font(16, HEAD_FONT))
    put(sheet, "C6:D6", "{{ result.follows }}{% endfor %}", small, "left", indent=1)
    put(sheet, "A7", "{% for text in objections %}异议和复核", head)
    put(sheet, "B7:D7", "{{ text }}{% endfor %}", small, "left", indent=1)
    for row, text in ((8, "谈话反馈\n（肯定成绩、\n指出不足、\n改进要求）"), (9, "本人意见")):
        put(sheet, f"A{row}", text, head if row == 9 else small)
        put(sheet, f"B{row}:D{row}", "", small, "left", indent=1)
    for row, text in ((10, "反馈人（签字）：　　　　　　　　　　　年　　月　　日"), (11, "本人（签字）：　　　　　　　　　　　年　　月　　日")):
        put(sheet, f"A{row}:D{row}", text, body, "right", boxed=False, upright="bottom", indent=1, wraps=False)
    sheet.print_area = "A1:D11"
    return book


def part_of_box(sheet: Worksheet, area: str, *, top: bool, bottom: bool) -> None:
    """Box an area drawn without lines, leaving out its upper or lower edge."""
    rows = sheet[area]
    for row in rows:
        for cell in row:
            cell.border = Border(
                left=LINE if cell is row[0] else None,
                right=LINE if cell is row[-1] else None,
                top=LINE if top and row is rows[0] else None,
                bottom=LINE if bottom and row is rows[-1] else None,
            )


def month_record_form() -> Workbook:
    """附件2 of 济宁, portrait, one page: the person, the tasks of the month, comment, opinion of the committee."""
    book, sheet = page("备案表", [102.0, 34.0, 196.0, 78.0, 78.0], Margins(20, 15, 20, 18), landscape=False)
    sheet.page_setup.fitToHeight = 1
    sheet.oddFooter.center.text = None
    heights(sheet, 18, 34, 24, 30, 30, 56, 50, 26, 26, 84, 28, 56, 28, 56)
    body = font(SMALL)
    put(sheet, "A1:E1", "{{ mark }}", font(14, HEAD_FONT, "FFC00000"), "left", boxed=False, wraps=False)
    put(sheet, "A2:E2", "公务员平时（每月）考核备案表", font(22, TITLE_FONT), boxed=False)
    put(sheet, "A3:E3", "（{{ period_title }}）", font(BODY, "楷体_GB2312"), boxed=False, wraps=False)
    for row, (left, value, right, other) in enumerate([("科　　室", "department", "姓　　名", "name"), ("职　　务", "post", "任现职时间", "since")], 4):
        put(sheet, f"A{row}", left, body)
        put(sheet, f"B{row}:C{row}", f"{{{{ {value} }}}}", body)
        put(sheet, f"D{row}", right, body)
        put(sheet, f"E{row}", f"{{{{ {other} }}}}", body)
    put(sheet, "A6", "科室业务责任目标\n暨亮点工作", body)
    put(sheet, "B6:E6", "{{ goals }}", body, "left", indent=1)
    put(sheet, "A7", "个人岗位职责\n暨承担业务", body)
    put(sheet, "B7:E7", "{{ duties }}", body, "left", indent=1)
    put(sheet, "A8:A9", "工作任务完成情况\n（本月主要任务）", body)
    heads = (("B", "序号", "number"), ("C", "工作任务进度", "progress"), ("D", "完结情况", "state"), ("E", "完结时间", "finished"))
    for column, head, name in heads:
        start, end = "{% for task in tasks %}" if column == "B" else "", "{% endfor %}" if column == "E" else ""
        put(sheet, f"{column}8", head, body)
        put(sheet, f"{column}9", f"{start}{{{{ task.{name} }}}}{end}", font(11), "left" if column == "C" else "center", indent=int(column == "C"))
    put(sheet, "A10:A11", "分管领导或\n内设机构负责人\n评语及考核等次\n建议", body)
    put(sheet, "B10:E10", "{{ comment }}", body, "left", boxed=False, indent=1)
    put(sheet, "B11:E11", "签名：　　　　　　　　　　年　　月　　日", body, "right", boxed=False, indent=1, wraps=False)
    put(sheet, "A12:A13", "考核委员会\n意　　见", body)
    put(sheet, "B12:E12", "{{ opinion }}", body, "left", boxed=False, indent=1)
    put(sheet, "B13:E13", "年　　月　　日", body, "right", boxed=False, indent=1, wraps=False)
    for upper, lower in (("B10:E10", "B11:E11"), ("B12:E12", "B13:E13")):
        part_of_box(sheet, upper, top=True, bottom=False)
        part_of_box(sheet, lower, top=False, bottom=True)
    put(sheet, "A14", "未确定等次或不参加\n考核情况说明", body)
    put(sheet, "B14:E14", "{{ explanation }}", body, "left", indent=1)
    sheet.print_area = "A1:E14"
    return book


def templates() -> dict[str, Workbook]:
    """All forms by file name."""
    person = [("序号", "number", 40.0), ("姓名", "name", 62.0), ("所在处（科）", "department", 96.0), ("职务职级", "rank", 97.0)]
    return {
        "备案表.xlsx": filing_form(),
        "名单表.xlsx": name_list(
            "名单表",
            "公务员平时考核好、一般、较差、不确定等次、未参加考核人员名单表",
            66,
            [*person, ("考核等次", "grade", 70.0), ("备注", "note", 107.0)],
        ),
        "好等次2次以上名单表.xlsx": name_list(
            "好等次2次以上名单表",
            "公务员平时考核好等次2次以上人员名单表",
            40,
            [*person, ("“好”次数", "count", 76.0), ("备注", "note", 101.0)],
        ),
        "公示.xlsx": notice_form(),
        "反馈单.xlsx": slip_form(),
        "每月考核备案表.xlsx": month_record_form(),
    }


def fixed_bytes(book: Workbook) -> bytes:
    """The workbook as a file that says nothing of when and where it was written."""
    book.properties.creator = "平时考核"
    written, fixed = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", data)
            item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            item.compress_type, item.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(item, data)
    return fixed.getvalue()


def main() -> None:
    """Draw all forms."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "templates"
    directory.mkdir(parents=True, exist_ok=True)
    for name, book in templates().items():
        (directory / name).write_bytes(fixed_bytes(book))
        print(directory / name)


if __name__ == "__main__":
    main()
