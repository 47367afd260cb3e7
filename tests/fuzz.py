"""A seeded mutator over the sample's workbooks: whatever happens to a file, it is read right, or it is said where it is wrong.

    python tests/fuzz.py 5000 [seed]

Some mutations change what a cell says (another number, another word): those may be read as what they now say. All others, in headers,
merges, rows, XML and the zip around it, must leave every value as it was, or come with a new problem in this file.
"""

from __future__ import annotations

import io
import random
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []

from appraisal.model import Table  # noqa: E402
from appraisal.notation import label  # noqa: E402
from appraisal.policy.load import load_policy  # noqa: E402
from appraisal.policy.standard import standard_for  # noqa: E402
from appraisal.problems import Problem  # noqa: E402
from appraisal.read import read_book  # noqa: E402
from appraisal.recognise import recognise  # noqa: E402
from appraisal.standard import KINDS, Standard  # noqa: E402
from appraisal.validate import validate  # noqa: E402
from appraisal.validate.seen import with_seen  # noqa: E402

WORKPLACES = (ROOT, ROOT / "examples" / "jining-commerce", ROOT / "examples" / "development-reform")
SEED = 20211008
CHUNK = 25
MEMORY = 1_500_000_000
SHEET = "xl/worksheets/sheet1.xml"
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)

Parts = dict[str, bytes]
Mutation = Callable[[Parts, random.Random], Parts | bytes]


@dataclass(frozen=True)
class Outcome:
    """What a file gave: its values without their places, and its problems."""

    values: tuple[object, ...]
    problems: tuple[Problem, ...]


def outcome(data: bytes, file: str, standard: Standard) -> Outcome:
    """Bytes → values and problems, as a worker of the program does it."""
    book, problems = read_book(data, file)
    sheets, more = recognise(book, standard)
    everything: list[Problem] = [*problems, *more]
    values = []
    for sheet in sheets:
        table, faults = with_seen(sheet, *validate(sheet, standard))
        everything += faults
        values.append(_values(table))
    return Outcome(tuple(values), tuple(everything))


def _values(table: Table) -> object:
    """Who is said to have what; rows without anything but their places are no values."""
    columns = {item: cells for item, cells in sorted(table.columns.items()) if any(cell not in (None, "") for cell in cells)}
    rows = tuple(
        (name, number, department, unit, place in table.spoiled, tuple((item, cells[place]) for item, cells in columns.items()))
        for place, (name, number, department, unit) in enumerate(zip(table.names, table.staff_nos, table.departments, table.units, strict=True))
    )
    return table.kind, str(table.period), rows


# ---- what can happen to a file -----------------------------------------------------------------------------------------


def _cells(parts: Parts) -> list[re.Match[bytes]]:
    return [cell for cell in _CELL.finditer(parts.get(SHEET, b"")) if cell[4]]


def _replaced(parts: Parts, cell: re.Match[bytes], text: bytes) -> Parts:
    xml = parts[SHEET]
    return parts | {SHEET: xml[: cell.start()] + text + xml[cell.end() :]}


@cache
def _known() -> frozenset[str]:
    return frozenset(label(word) for kind in KINDS.values() for column in kind.columns for word in (column.name, *column.aliases) if word != "备注")


def _heading_rows(parts: Parts) -> dict[int, list[tuple[re.Match[bytes], str]]]:
    """The texts of the first rows."""
    texts = [re.sub(r"<[^>]*>", "", text) for text in re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"].decode(), re.DOTALL)]
    rows: dict[int, list[tuple[re.Match[bytes], str]]] = {}
    for cell in _cells(parts):
        if int(cell[2]) < 8 and b't="s"' in cell[3]:
            rows.setdefault(int(cell[2]), []).append((cell, texts[int(re.sub(rb"\D", b"", cell[4]))]))
    return rows


def _header(parts: Parts) -> list[tuple[re.Match[bytes], str]]:
    """The known headings of a list: of the first row that consists mostly of them."""
    for row in _heading_rows(parts).values():
        known = [(cell, text) for cell, text in row if label(text) in _known()]
        if len(known) > 2 and len(known) > 0.6 * len(row):
            return known
    return []


def _headings(parts: Parts) -> list[tuple[re.Match[bytes], str]]:
    """The known headings of a list on all levels of its header."""
    header = _header(parts)
    line = int(header[0][0][2]) if header else 0
    rows = _heading_rows(parts)
    return [(cell, text) for row in (line - 1, line, line + 1) for cell, text in rows.get(row, ()) if header and label(text) in _known()]


def _text(cell: re.Match[bytes], text: str) -> bytes:
    return b'<c r="%s%s" t="inlineStr"><is><t>%s</t></is></c>' % (cell[1], cell[2], text.encode())


def another_value(parts: Parts, chance: random.Random) -> Parts:
    cell = chance.choice(_cells(parts))
    words = ["", "张三", "95分", "９５", "-1", "1e9", "NaN", "=1+1", "{{7*7}}", "\u200b好", "好", "√", "2021-02-30", "无", "x" * 500, "0.1", "&#10;", "TRUE"]
    return _replaced(parts, cell, _text(cell, chance.choice(words)))


def another_number(parts: Parts, chance: random.Random) -> Parts:
    cell = chance.choice(_cells(parts))
    number = chance.choice([b"0", b"-3", b"31", b"1e308", b"0.333333333", b"370801199001010112", b"44000"])
    return _replaced(parts, cell, b'<c r="%s%s"><v>%s</v></c>' % (cell[1], cell[2], number))


def bytes_of_xml(parts: Parts, chance: random.Random) -> Parts:
    name = chance.choice([name for name in parts if name.startswith("xl/") and parts[name]])
    data = bytearray(parts[name])
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] = chance.choice(b'<>/"= 0179aZ&\x00\xff')
    return parts | {name: bytes(data)}


def error_cell(parts: Parts, chance: random.Random) -> Parts:
    cell = chance.choice(_cells(parts))
    return _replaced(parts, cell, b'<c r="%s%s" t="e"><f>X1</f><v>#REF!</v></c>' % (cell[1], cell[2]))


def uncalculated(parts: Parts, chance: random.Random) -> Parts:
    cell = chance.choice(_cells(parts))
    return _replaced(parts, cell, b'<c r="%s%s"><f>Z9</f></c>' % (cell[1], cell[2]))


def hidden_row(parts: Parts, chance: random.Random) -> Parts:
    row = chance.choice(_cells(parts))[2]
    return parts | {SHEET: parts[SHEET].replace(b'<row r="%s"' % row, b'<row r="%s" hidden="1"' % row)}


def merged(parts: Parts, chance: random.Random) -> Parts:
    first = chance.choice(_cells(parts))
    last = b"%s%d" % (first[1], int(first[2]) + chance.randint(1, 3)) if chance.random() < 0.5 else b"%s%s" % (_after(first[1]), first[2])
    merge, xml = b'<mergeCell ref="%s%s:%s"/>' % (first[1], first[2], last), parts[SHEET]
    if b"</mergeCells>" in xml:
        return parts | {SHEET: xml.replace(b"</mergeCells>", merge + b"</mergeCells>")}
    return parts | {SHEET: xml.replace(b"</sheetData>", b'</sheetData><mergeCells count="1">' + merge + b"</mergeCells>")}


def unmerged(parts: Parts, _: random.Random) -> Parts:
    return parts | {SHEET: re.sub(rb"<mergeCells.*?</mergeCells>", b"", parts[SHEET])}


def header_misspelt(parts: Parts, chance: random.Random) -> Parts:
    cell, text = chance.choice([(cell, text) for cell, text in _headings(parts) if len(label(text)) > 2])
    at = chance.randrange(len(re.split(r"[\s(（]", text)[0]) or 1)
    return _replaced(parts, cell, _text(cell, text[:at] + chance.choice(["", "末", "己"]) + text[at + 1 :]))


def header_doubled(parts: Parts, chance: random.Random) -> Parts:
    (one, _), (other, _) = chance.sample(_header(parts), 2)
    return _replaced(parts, one, b'<c r="%s%s"%s>%s</c>' % (one[1], one[2], other[3], other[4]))


def columns_swapped(parts: Parts, chance: random.Random) -> Parts:
    if any(b"A1:" not in merge for merge in re.findall(rb"<mergeCell [^>]*>", parts[SHEET])):
        raise ValueError
    one, other = (cell[1] for cell, _ in chance.sample(_header(parts), 2))

    def swap(match: re.Match[bytes]) -> bytes:
        column = other if match[2] == one else one if match[2] == other else match[2]
        return match[1] + column + match[3]

    return parts | {SHEET: re.sub(rb'(<c r=")([A-Z]+)(\d+")', swap, parts[SHEET])}


def moved_down(parts: Parts, chance: random.Random) -> Parts:
    down = chance.randint(1, 4)
    xml = re.sub(rb'((?:<c|<row) r="[A-Z]*)(\d+)"', lambda match: b'%s%d"' % (match[1], int(match[2]) + down), parts[SHEET])
    xml = re.sub(rb'(<mergeCell ref=")([A-Z]+)(\d+):([A-Z]+)(\d+)', lambda m: b"%s%s%d:%s%d" % (m[1], m[2], int(m[3]) + down, m[4], int(m[5]) + down), xml)
    return parts | {SHEET: xml}


def row_lost(parts: Parts, chance: random.Random) -> Parts:
    """A row tag that breaks off: what follows is not well-formed."""
    rows = [match.start() for match in re.finditer(rb"<row ", parts[SHEET])]
    at = chance.choice(rows)
    return parts | {SHEET: parts[SHEET][:at] + parts[SHEET][at + 5 :]}


def sheet_cut(parts: Parts, chance: random.Random) -> Parts:
    return parts | {SHEET: parts[SHEET][: chance.randrange(len(parts[SHEET]))]}


def part_lost(parts: Parts, chance: random.Random) -> Parts:
    gone = chance.choice(list(parts))
    return {name: data for name, data in parts.items() if name != gone}


def part_emptied(parts: Parts, chance: random.Random) -> Parts:
    return parts | {chance.choice(list(parts)): b""}


def doctype(parts: Parts, chance: random.Random) -> Parts:
    name = chance.choice([name for name in parts if name.endswith(".xml")])
    return parts | {name: parts[name].replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1)}


def other_order(parts: Parts, chance: random.Random) -> Parts:
    return dict(chance.sample(list(parts.items()), len(parts)))


def cut(parts: Parts, chance: random.Random) -> bytes:
    data = packed(parts)
    return data[: chance.randrange(len(data))]


def bits(parts: Parts, chance: random.Random) -> bytes:
    data = bytearray(packed(parts, chance.choice([0, 8])))
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def size_lies(parts: Parts, chance: random.Random) -> bytes:
    data = bytearray(packed(parts))
    entry = chance.choice([match.start() for match in re.finditer(rb"PK\x01\x02", bytes(data))])
    struct.pack_into("<L", data, entry + chance.choice([16, 20, 24, 42]), chance.choice([0, 1, 100, 0x7FFFFFFF, 0xFFFFFFFF]))
    return bytes(data)


def glued(parts: Parts, chance: random.Random) -> bytes:
    data, more = packed(parts), chance.randbytes(chance.randint(1, 60))
    return data + more if chance.random() < 0.5 else data[:4] + more + data[4:]


VALUES: Sequence[Mutation] = (another_value, another_number, bytes_of_xml, unmerged)
STRUCTURE: Sequence[Mutation] = (
    *(error_cell, uncalculated, hidden_row, merged, header_misspelt, header_doubled, columns_swapped, moved_down, row_lost, sheet_cut),
    *(part_lost, part_emptied, doctype, other_order, cut, bits, size_lies, glued),
)


def _after(column: bytes) -> bytes:
    return column[:-1] + bytes([column[-1] + 1]) if column[-1:] != b"Z" else b"AA"


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


# ---- the trial ---------------------------------------------------------------------------------------------------------


@cache
def samples() -> tuple[tuple[Path, Path], ...]:
    """The sample's workbooks, each with its workplace. There must be some."""
    found = [(path, place) for place in WORKPLACES for path in sorted((place / "input").rglob("*.xlsx"))]
    assert found, "no sample to mutate"
    return tuple(found)


@cache
def _standard(place: Path) -> Standard:
    return standard_for(load_policy(place / "rules.yaml"))


@cache
def _whole(path: Path, place: Path) -> tuple[Parts, Outcome]:
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return parts, outcome(data, path.relative_to(place / "input").as_posix(), _standard(place))


def mutant(seed: int, number: int) -> tuple[Path, Path, Mutation, bytes] | None:
    """The number-th mutation: which file, which workplace, what happened, and the bytes. None where it cannot happen to that file."""
    chance = random.Random(f"{seed}-{number}")
    path, place = chance.choice(samples())
    mutation = chance.choice([*VALUES, *STRUCTURE])
    try:
        made = mutation(_whole(path, place)[0], chance)
    except (ValueError, IndexError, KeyError):
        return None
    return path, place, mutation, made if isinstance(made, bytes) else packed(made)


def trial(seed: int, number: int) -> str:
    """Nothing ("") when all is well, else what went wrong."""
    made = mutant(seed, number)
    if made is None:
        return ""
    path, place, mutation, data = made
    _, before = _whole(path, place)
    file = path.relative_to(place / "input").as_posix()
    about = f"{number} {mutation.__name__} {file}"
    try:
        after = outcome(data, file, _standard(place))
    except MemoryError:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return f"{about}: {type(error).__name__}: {error}"
    if any(problem.cell.file != file for problem in after.problems):
        return f"{about}: a problem without a file"
    fresh = set(after.problems) - set(before.problems)
    if mutation in STRUCTURE and after.values != before.values and not fresh:
        return f"{about}: other values without a problem"
    return ""


def _limit() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _trials(seed: int, numbers: Sequence[int]) -> list[str]:
    return [said for number in numbers if (said := trial(seed, number))]


def fuzz(count: int, seed: int = SEED, workers: int = 2) -> Iterator[str]:
    """What went wrong in `count` mutations. A reader that dies costs its file only: that is how the program works."""
    chunks = [range(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]
    lost: list[int] = []
    with ProcessPoolExecutor(workers, initializer=_limit) as pool:
        waiting = [(chunk, pool.submit(_trials, seed, chunk)) for chunk in chunks]
        for chunk, future in waiting:
            try:
                yield from future.result()
            except BrokenProcessPool:
                lost += chunk
    for number in lost:
        with ProcessPoolExecutor(1, initializer=_limit) as pool:
            try:
                yield from pool.submit(_trials, seed, [number]).result()
            except BrokenProcessPool:
                continue


def main() -> int:
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    wrong = list(fuzz(count, seed))
    for said in wrong:
        print(said)  # noqa: T201 - a command
    print(f"{count} mutations, seed {seed}: {len(wrong)} went wrong")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
