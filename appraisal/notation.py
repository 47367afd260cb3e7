"""How people write the same thing: names, labels, numbers, days, dates, ticks and periods, each brought to one form.

Every function answers None for what it does not understand; it never guesses.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from appraisal.model import UNIT, Period, Span

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
COMMON = re.compile("[\u4e00-\u9fff]+")
"""Nothing but common characters: nothing to be brought to another form."""
_DOTS = re.compile("[·•‧∙⋅・･．.]")
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_UNIT_NOTE = re.compile(r"[(\[【][^()\[\]【】]*(?:%|分|天|日|次|必填|签字|盖章|可选|选填)[^()\[\]【】]*[)\]】]|\d+%")
_TRADITIONAL = str.maketrans(
    "備註職務評檔領導見處絕單報級類別編製崗離時間電郵優績産產臺實勞權結論壓縮彙匯總價幹週記測賬帳減項紀檢審複覆薦數號曠補調過據說開終對爭內簡業經辦標創學習質勢貫龍張陳劉楊黃趙吳孫馬羅鄭謝許馮鄧蕭葉蔣鍾譚鄒陸賈韋閻萬錢湯賴賀龔顧溫偉麗強軍傑濤濱慶國華東風鵬鳳蘭蓮靜穎瑩瑋麼較無員潔規錄門隊",
    "备注职务评档领导见处绝单报级类别编制岗离时间电邮优绩产产台实劳权结论压缩汇汇总价干周记测账账减项纪检审复复荐数号旷补调过据说开终对争内简业经办标创学习质势贯龙张陈刘杨黄赵吴孙马罗郑谢许冯邓萧叶蒋钟谭邹陆贾韦阎万钱汤赖贺龚顾温伟丽强军杰涛滨庆国华东风鹏凤兰莲静颖莹玮么较无员洁规录门队",
)
"""Traditional characters of the labels and of frequent names."""
_SELECTORS = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""Variation selectors, which phones and fonts put behind a tick or a rare character."""


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """The text with full-width forms made plain (NFKC), invisible characters dropped and blanks trimmed."""
    if text.isascii():
        return text.strip()
    if COMMON.fullmatch(text):
        return text
    normal = unicodedata.normalize("NFKC", text).translate(_SELECTORS)
    return "".join(char for char in normal if unicodedata.category(char) != "Cf").strip()


def simplified(text: str) -> str:
    """The text with traditional characters of labels and frequent names made simplified: 備註 → 备注."""
    return text.translate(_TRADITIONAL)


def words(value: object) -> str:
    """A cell's value as text, on one form: numbers without a needless .0, dates as 2021-10-08."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


@lru_cache(maxsize=16384)
def label(text: str) -> str:
    """A header or form label as it is compared: no blanks, line breaks, units, percents, stars or colons."""
    squeezed = re.sub(r"\s+", "", plain(text))
    bare = _UNIT_NOTE.sub("", squeezed).strip("*:：※★ ")
    return simplified(bare or squeezed)


@lru_cache(maxsize=65536)
def person_name(text: str) -> str:
    """A name as it is compared: 张 三 → 张三, 阿卜杜•热合曼 → 阿卜杜·热合曼; blanks inside other names stay."""
    if COMMON.fullmatch(text):
        return text
    name = _DOTS.sub("·", plain(text))
    if re.fullmatch(rf"[{HAN}·\s]+", name):
        name = re.sub(r"\s+", "", name)
    return re.sub(r"\s+", " ", name)


_STATUSES = re.compile("借调|借出|挂职|抽调|退休|调出|调入|调离|离职|辞职|新进|新增|试用|见习|兼职|主持|病假|产假|事假|援疆|援藏|驻村|编外|聘用|返聘")
"""Words of two characters that people write in brackets after a name."""
_SUFFIX = re.compile(r"(.*?)\s*((?:\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|[*※★☆△▲#]+\s*)+)")
_RARE = re.compile(rf"[(\[【{{][{HAN}]{{2,3}}[)\]】}}]|[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd〓□■▇?]")


def name_and_suffix(text: str) -> tuple[str, str]:
    """张三（借调） → 张三, 借调; *王五 → 王五, *. Brackets that spell one rare character, 李[王争], belong to the name."""
    name = plain(text)
    marks = re.match(r"[*※★☆△▲#]*", name)
    front = marks[0] if marks else ""
    name = name[len(front) :].lstrip()
    if name.startswith(("=", "+", "-", "@")):
        return name, front
    match = _SUFFIX.fullmatch(name)
    if match is None or not match[1]:
        return name, front
    said = "、".join(part for part in re.split(r"[()\[\]【】\s]+", match[2]) if part)
    if len(match[1]) == 1 or (match[2].startswith("[") and re.fullmatch(rf"[{HAN}]{{2}}", said) and not _STATUSES.fullmatch(said)):
        return name, front
    return match[1], "、".join(part for part in (front, said) if part)


def rare_part(name: str) -> str:
    """The part of a name that some computers cannot show: [王争], a private code point, a box; "" when there is none."""
    match = _RARE.search(name)
    return match[0] if match else ""


# ---- numbers -----------------------------------------------------------------------------------------------------------


_TWO_NUMBERS = re.compile(r"\d\s+\d")


def _is_doubtful(text: str) -> bool:
    """True for 5 5, which may be 55, 5.5 or two numbers, and for 5², ⑤ or ½, which mean something else than their digits."""
    return _TWO_NUMBERS.search(text) is not None or any(unicodedata.category(char) == "No" for char in text)


@lru_cache(maxsize=16384)
def _amount_of_text(text: str) -> int | None:
    if _is_doubtful(text):
        return None
    body = plain(text).replace("。", ".").replace(" ", "").removesuffix("分")
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d+)?", body):
        return None
    exact = Fraction(Decimal(body)) * UNIT
    return int(exact) if exact.denominator == 1 else None


def amount(value: object) -> int | None:
    """A number in ten-thousandths: 95, 95.5, "95分", "９５．５"; None when it is not one or has more than four decimals."""
    if isinstance(value, str):
        return _amount_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e9:
        return None
    scaled = round(value * UNIT)
    return scaled if abs(value * UNIT - scaled) < 1e-4 else None


@lru_cache(maxsize=4096)
def days_of_text(text: str) -> int | None:
    """Days in ten-thousandths: 2, 2天, 2.5 日, 半天; None for anything else."""
    if _is_doubtful(text):
        return None
    body = re.sub(r"\s+", "", plain(text))
    if body in ("半天", "半日"):
        return UNIT // 2
    if match := re.fullmatch(r"(\d+)天半", body):
        return int(match[1]) * UNIT + UNIT // 2
    return _amount_of_text(re.sub(r"[天日]$", "", body))


# ---- dates -------------------------------------------------------------------------------------------------------------
_DATE = re.compile(r"(?P<y>\d{4})\s*(?:年|[-./])\s*(?P<m>\d{1,2})\s*(?:月|[-./])\s*(?P<d>\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")


def date(value: object) -> dt.date | None:
    """A full, existing date between 1950 and 2100 in any ordinary notation; None for less than a full date."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value if 1950 <= value.year <= 2100 else None
    text = words(value)
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    try:
        found = dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None
    return found if 1950 <= found.year <= 2100 else None


def some_date_in(text: str) -> bool:
    """True when the text holds something like a date (with or without the year)."""
    return bool(re.search(r"\d{1,4}\s*(?:[-./月])\s*\d{1,2}", plain(text)))


# ---- ticks -------------------------------------------------------------------------------------------------------------
TICKS = frozenset(["√", "✓", "✔", "☑", "■", "●", "1", "是", "Y", "y", "V", "v", "对", "勾", "TRUE", "🗹", "✅", "⬛", "◆", "★", "ü", "þ"])
"""Marks that mean "this one"; ü and þ are what a Wingdings tick looks like without its font."""
BLANKS = frozenset(["", "□", "○", "☐", "0", "否", "FALSE", "-", "—", "/", "\\", "无", "×", "✗", "✕", "N", "n"])
"""Marks that mean "not this one"."""


def ticked(value: object) -> bool | None:
    """True for a tick, False for an empty box, None for a mark nobody can read."""
    text = words(value)
    return True if text in TICKS else False if text in BLANKS else None


NOTHING = frozenset(["", "无", "—", "-", "/", "\\", "、", "空", "暂无", "--", "——"])
"""What people write where nothing is to be said."""
DITTO = frozenset(["同上", "同前", "同左", "〃", "′′", "''", '"', "”", "“", "——〃——", "-〃-"])
"""What people write instead of repeating the cell above; it is never understood, since rows get sorted and cut."""


# ---- periods -----------------------------------------------------------------------------------------------------------
class PeriodHint(NamedTuple):
    """What one place says of the period; any part may be missing."""

    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    half: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year}年" if self.year else "", f"第{self.quarter}季度" if self.quarter else "", f"{self.month}月" if self.month else ""]
        return "".join(parts) + ({1: "上半年", 2: "下半年"}.get(self.half or 0, ""))


_NUMBER = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_IN_YEAR = "(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_YEAR_MONTH = re.compile(rf"(?<!\d)(20\d\d)\s*(?:年度?|[-./_])\s*{_IN_YEAR}(?:月份?|(?![\d年季月]|\s*[-./]\s*\d))(?!\s*\d{{1,2}}\s*日)")
_COMPACT_MONTH = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")
_YEAR_QUARTER = re.compile(r"(?<!\d)(20\d\d)\s*(?:年度?)?\s*[-_]?\s*(?:[Qq]([1-4])|第?\s*([1-4一二三四])\s*季)")
_QUARTER = re.compile(r"第?\s*([1-4一二三四])\s*季度|(?<![A-Za-z\d])[Qq]([1-4])(?!\d)")
_MONTH = re.compile(r"(?<![\d年])(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月(?!\s*\d{1,2}\s*日)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=\s*(?:年|$|\D))(?![-./]\d)")
_MONTHS = re.compile(r"(?<![\d])(1[0-2]|0?[1-9])\s*月?\s*[-—~–至到]\s*(1[0-2]|0?[1-9])\s*月份?(?!\s*\d{1,2}\s*日)")
_HALF = re.compile(r"(上|下)半年|(?<=\d)[Hh]([12])(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d\s*年\s*(?:\d{1,2}|元)\s*月\s*\d{1,2}\s*[日号]")
"""A full date says when something was written or signed, never which period it is about."""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER[text]


def _whole(first: int, last: int) -> tuple[int | None, int | None]:
    """The quarter or half-year that a range of months is: 10-12月 → 4; a range that is neither says nothing."""
    quarter = (last + 2) // 3 if last % 3 == 0 and last - first == 2 else None
    return quarter, last // 6 if last % 6 == 0 and last - first == 5 else None


@lru_cache(maxsize=4096)
def period_hint(text: str) -> PeriodHint:
    """What a title, tab, file or folder name says of the period: 2021-10, 2021年10月, （10）月份, 2021Q4, 第（4）季度…"""
    body = re.sub(r"(?<=第)\s*\(\s*([1-4一二三四])\s*\)(?=\s*季)|(?:^|(?<=[年:\s]))\(\s*(\d{1,2})\s*\)(?=\s*月)", r"\1\2", plain(text))
    body = _DAY.sub(" ", re.sub(r"\(\s*(20\d\d)\s*\)(?=\s*年)", r"\1", body))
    year = quarter = month = half = None
    if match := _MONTHS.search(body):
        quarter, half = _whole(int(match[1]), int(match[2]))
        body = body[: match.start()] + "月" + body[match.end() :]
    if match := _YEAR_QUARTER.search(body):
        year, quarter = int(match[1]), _number(match[2] or match[3])
        body = body[: match.start()] + body[match.end() :]
    if match := _YEAR_MONTH.search(body) or _COMPACT_MONTH.search(body):
        year, month = int(match[1]), _number(match[2])
    elif match := _MONTH.search(body):
        month = _number(match[1])
    if quarter is None and (match := _QUARTER.search(body)):
        quarter = _number(match[1] or match[2])
    if match := _HALF.search(body):
        half = {"上": 1, "下": 2}[match[1]] if match[1] else int(match[2])
    if year is None and (match := _YEAR.search(body)):
        year = int(match[1])
    return PeriodHint(year, quarter, month, half)


def agreed(hints: Iterable[PeriodHint]) -> PeriodHint | None:
    """All hints as one, or None when two of them disagree."""
    found: list[int | None] = [None, None, None, None]
    for hint in hints:
        for place, value in enumerate(hint):
            if value is not None:
                if found[place] not in (None, value):
                    return None
                found[place] = value
    year, quarter, month, half = found
    if month is not None and ((quarter is not None and quarter != (month + 2) // 3) or (half is not None and half != (month + 5) // 6)):
        return None
    return PeriodHint(year, quarter, month, half)


def as_period(hint: PeriodHint, span: Span) -> Period | None:
    """The period of length `span` that a hint names; None when it does not say enough."""
    number = {Span.MONTH: hint.month, Span.QUARTER: hint.quarter, Span.HALF: hint.half, Span.YEAR: 1}[span]
    return Period(hint.year, span, number) if hint.year is not None and number is not None else None


def parse_period(text: str) -> Period | None:
    """A period as typed on the command line: 2021-10, 2021Q4, 2021, and the Chinese ways of writing them."""
    hint = period_hint(text)
    for span in (Span.MONTH, Span.QUARTER, Span.HALF):
        if (period := as_period(hint, span)) is not None:
            return period
    return Period(int(text), Span.YEAR) if re.fullmatch(r"20\d\d", text.strip()) else None
