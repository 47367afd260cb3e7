"""A second spreadsheet program with hands: LibreOffice in Chinese opens workbooks, types into their cells, and saves them where they are."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook

SOFFICE = shutil.which("soffice")
MISSING = "没有安装 LibreOffice（soffice）"
Typed = Mapping[tuple[str, str], str]
"""What is typed into which cell: (tab, address) → keys."""

_HANDS = """
Sub Work(place As String)
  On Local Error GoTo Failed
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  lines = createUnoService("com.sun.star.io.TextInputStream")
  lines.setInputStream(createUnoService("com.sun.star.ucb.SimpleFileAccess").openFileRead(place))
  lines.setEncoding("UTF-8")
  Do While Not lines.isEOF()
    said = Split(lines.readLine(), Chr(9))
    If UBound(said) > 0 Then
      Select Case said(0)
        Case "open"
          book = StarDesktop.loadComponentFromURL(said(1), "_blank", 0, hidden())
        Case "type"
          book.Sheets.getByName(said(1)).getCellRangeByName(said(2)).FormulaLocal = said(3)
        Case "save"
          book.store()
          book.close(True)
      End Select
    End If
  Loop
Failed:
  If Err <> 0 Then
    number = FreeFile
    Open place & ".failed" For Output As #number
    Print #number, Err & " " & Error & " " & Join(said, " ")
    Close #number
  End If
  StarDesktop.terminate()
End Sub
"""
_CHINA = '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item>'


def type_into(books: Mapping[Path, Typed], scratch: Path) -> None:
    """Opens each workbook, types, and saves it in place; every one must have been saved."""
    profile, orders = scratch / "profile", scratch / "orders.txt"
    if not profile.is_dir():
        _teach(profile)
    orders.write_text("\n".join(_orders(books)), encoding="utf-8")
    before = {book: book.stat().st_mtime_ns for book in books}
    soffice(profile, f'macro:///Standard.Module1.Work("{orders.as_uri()}")')
    failed = Path(f"{orders}.failed")
    assert not failed.exists(), failed.read_text(encoding="utf-8", errors="replace")
    assert not [book.name for book in books if book.stat().st_mtime_ns == before[book]]


def difference(blank: bytes, fill: Callable[[Workbook], object]) -> dict[tuple[str, str], str]:
    """What somebody has typed who has filled in a workbook."""
    old, new = load_workbook(io.BytesIO(blank)), load_workbook(io.BytesIO(blank))
    fill(new)
    return {
        (sheet.title, cell.coordinate): _keys(cell.value)
        for sheet in new.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and cell.value != old[sheet.title][cell.coordinate].value
    }


def _keys(value: object) -> str:
    keys = f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)
    assert keys.isprintable(), f"{keys!r} cannot be typed"
    return keys


def _orders(books: Mapping[Path, Typed]) -> Iterator[str]:
    for book, typed in books.items():
        yield f"open\t{book.as_uri()}"
        yield from (f"type\t{tab}\t{address}\t{keys}" for (tab, address), keys in typed.items())
        yield f"save\t{book.name}"


def soffice(profile: Path, *words: str) -> None:
    """One start of LibreOffice, which must end well."""
    assert SOFFICE is not None, MISSING
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def _teach(profile: Path) -> None:
    """A profile that reads dates and numbers as in China, with the macro in the module that LibreOffice lays out empty."""
    soffice(profile, "--terminate_after_init")
    _replace(profile / "user" / "registrymodifications.xcu", "</oor:items>", f"{_CHINA}</oor:items>")
    _replace(profile / "user" / "basic" / "Standard" / "Module1.xba", "Sub Main\n\nEnd Sub", escape(_HANDS))


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, file
    file.write_text(text.replace(old, new), encoding="utf-8")
