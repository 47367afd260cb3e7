"""Draws the pictures of the manual from real runs: `python tools/make_pictures.py [NAME …]`.

Forms are printed by LibreOffice, tables and the report are shown by Chromium. Both must be installed, and pdftoppm.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from story import Story, tell
from window import Page, window

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Printed:
    """A page of a workbook as it prints."""

    workbook: Path
    page: int = 1
    dots: int = 72
    """For each inch."""

    def draw(self, target: Path, scratch: Path) -> None:
        """LibreOffice makes a PDF of it, pdftoppm a picture of the page."""
        _run("soffice", f"-env:UserInstallation={(scratch / 'profile').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", scratch, self.workbook)
        pdf = scratch / f"{self.workbook.stem}.pdf"
        _run("pdftoppm", "-png", "-r", self.dots, "-f", self.page, "-l", self.page, "-singlefile", pdf, target.with_suffix(""))


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a sheet as it looks on the screen."""

    workbook: Path
    tab: str
    part: str
    opened: str = ""

    def draw(self, target: Path, scratch: Path) -> None:
        """The sheet as HTML, shown by Chromium."""
        photograph(window(self.workbook, self.tab, self.part, self.opened), target, scratch)


@dataclass(frozen=True, slots=True)
class Opened:
    """The upper part of an HTML page."""

    page: Path
    width: int
    height: int

    def draw(self, target: Path, scratch: Path) -> None:
        """As a desktop browser shows it."""
        photograph(Page(self.page.read_text(encoding="utf-8"), self.width, self.height), target, scratch)


Picture = Printed | Shown | Opened


def pictures(story: Story) -> Mapping[str, Picture]:
    """Name → what it shows."""
    first, faulty, contested, scored, year = (story[name] for name in ("first", "faulty", "contested", "scored", "year"))
    quarter = first.output / "2021Q4"
    blank = first.output / "空白表 2021Q4" / "机关" / "归集管理处" / "2021Q4 平时考核用表 机关归集管理处.xlsx"
    returned = faulty.folder / "draft" / "退回" / "2021-12_机关_归集管理处出勤汇总表.xlsx"
    return {
        "roster": Shown(first.input / "人员名册.xlsx", "人员名册", "A1:M9"),
        "blank": Shown(blank, "季度评价", "A1:H9", opened="G5"),
        "problem-list": Shown(faulty.folder / "draft" / "问题清单.xlsx", "问题清单", "A1:H7"),
        "returned": Shown(returned, "出勤", "A1:J7", opened="D6"),
        "filing-form": Printed(quarter / "备案表.xlsx", dots=80),
        "name-list": Printed(quarter / "名单表.xlsx"),
        "sitting": Shown(contested.folder / "draft" / "审定表.xlsx", "审定表", "A1:N10", opened="I5"),
        "notice": Printed(scored.output / "2020Q2" / "公示.xlsx"),
        "slip": Printed(quarter / "反馈单" / "机关" / "归集管理处.xlsx", page=3),
        "report": Opened(quarter / "报告.html", 1000, 1130),
        "year": Shown(year.output / "2021" / "年度考核挂钩表.xlsx", "年度考核挂钩表", "A1:R7"),
    }


def photograph(page: Page, target: Path, scratch: Path) -> None:
    """What Chromium shows of a page, from its upper left corner."""
    html = scratch / "page.html"
    html.write_text(page.html, encoding="utf-8")
    size = f"--window-size={page.width},{page.height}"
    quiet = ("--no-first-run", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--hide-scrollbars")
    _run("chromium", "--headless", "--no-sandbox", *quiet, f"--user-data-dir={scratch / 'browser'}", size, f"--screenshot={target}", html.as_uri())


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)  # noqa: S603 - known programs and our own files


def main(arguments: Sequence[str], say: Callable[[str], object] = print) -> int:
    """Draws the named pictures, or all; 1 when one is too large."""
    with tempfile.TemporaryDirectory() as folder:
        found = pictures(tell(Path(folder) / "story"))
        for name in arguments or found:
            target = IMAGES / f"{name}.png"
            with tempfile.TemporaryDirectory() as scratch:
                found[name].draw(target, Path(scratch))
            say(f"{target.name} {target.stat().st_size // 1000} kB")
    return int(any(path.stat().st_size > MOST_BYTES for path in IMAGES.glob("*.png")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
