"""The roster as one looks people up in it: by 工号, or by 姓名 within 科室 and 呈报单位; ambiguity is a problem, never a guess."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from appraisal.model import Cell, Circumstance, Period, Person
from appraisal.notation import label, person_name, plain, rare_part, simplified
from appraisal.problems import AMBIGUOUS_PERSON, NOT_ON_ROSTER, RARE_CHARACTER, WRONG_STAFF_NO, Problem


class Directory:
    """Everybody on the roster. A person who moved has several postings (rows) under one index."""

    def __init__(self, postings: tuple[Person, ...]) -> None:
        self.postings = postings
        self._by_name: dict[str, dict[int, list[Person]]] = {}
        self._by_number: dict[str, Person] = {}
        for person in postings:
            if (known := self._by_name.get(name := person_name(person.name))) is None:
                self._by_name[name] = {person.index: [person]}
            else:
                known.setdefault(person.index, []).append(person)
            if person.staff_no:
                self._by_number[_number(person.staff_no)] = person
        self._numbers: dict[str, list[Person]] = {}
        """By 工号 without leading zeros: a sheet that keeps 001 as a number says 1. Filled when a number is first not found."""
        pairs = {(label(unit), label(department)) for unit, department in {(person.unit, person.department) for person in postings}}
        self._places = {place for pair in pairs for place in pair}
        self._joined = {unit + department for unit, department in pairs}
        """Unit and department in one, as some sheets write them."""
        self.exact = {(number, person_name(person.name)): person.index for number, person in self._by_number.items()}
        """By 工号 and 姓名: with both right there is no doubt about a row, whatever else it says. Nearly every row is such a one."""
        self._unique = {name: next(iter(found)) for name, found in self._by_name.items() if len(found) == 1}
        self._alike: dict[str, list[str]] = {}
        """Names by what one slip leaves of them; filled when somebody is first not found."""

    def find(self, name: str, staff_no: str, department: str, unit: str, around: str, cell: Cell) -> int | Problem:
        """The index of the person a row is about. `around` is what title, tab and file name say, to tell namesakes apart."""
        if not (staff_no or department or unit) and name in self._unique:
            return self._unique[name]
        candidates = self._by_name.get(name)
        if staff_no and (holder := self._holder(staff_no)) is not None:
            if person_name(holder.name) == name:
                return holder.index
            return WRONG_STAFF_NO.at(cell, name, number=staff_no, other=holder.name, found=name)
        if not candidates:
            return self._unknown(name, label(f"{unit} {department} {around}"), cell)
        if staff_no:
            candidates = {index: rows for index, rows in candidates.items() if not any(row.staff_no for row in rows)}
            if not candidates:
                return NOT_ON_ROSTER.at(cell, name, found=f"{name}（{staff_no}）", hint=self._same_name(name))
        said = [label(text) for text in (department, unit) if text]
        fits = {index for index, rows in candidates.items() if any(all(_fits(row, text) for text in said) for row in rows)}
        if not fits and any(text in self._places for text in said):
            return NOT_ON_ROSTER.at(cell, name, found=f"{department or unit}{name}", hint=self._same_name(name))
        chosen = fits or set(candidates)
        if len(chosen) == 1:
            return next(iter(chosen))
        return self._told_apart(name, [row for index in chosen for row in candidates[index]], label(around), cell)

    def stranger(self, department: str, unit: str) -> str:
        """Which of the places a row names is nowhere on the roster; empty when it names none, or places that are."""
        return next((text for text in (department, unit) if text and not self._is_known(text)), "")

    def _is_known(self, text: str) -> bool:
        return label(text) in self._places or label(text) in self._joined

    def person(self, index: int) -> Person:
        """Any posting of a person."""
        return next(person for person in self.postings if person.index == index)

    def _told_apart(self, name: str, rows: list[Person], around: str, cell: Cell) -> int | Problem:
        """Namesakes told apart by the place that title, tab or file names; only when exactly one fits best."""
        marks = {row.index: (label(row.department) in around) * 2 + (label(row.unit) in around) for row in rows}
        best = max(marks.values())
        winners = [index for index, mark in marks.items() if mark == best]
        if best and len(winners) == 1:
            return winners[0]
        where = "、".join(f"{row.unit}{row.department}{f' {row.staff_no}' if row.staff_no else ''}" for row in rows)
        return AMBIGUOUS_PERSON.at(cell, name, count=len(marks), found=name, where=where)

    def _holder(self, staff_no: str) -> Person | None:
        """Whose number it is: as written, else the only one that differs by leading zeros."""
        number = _number(staff_no)
        if (holder := self._by_number.get(number)) is not None:
            return holder
        if not self._numbers:
            for person in self.postings:
                if person.staff_no:
                    self._numbers.setdefault(_number(person.staff_no).lstrip("0"), []).append(person)
        padded = self._numbers.get(number.lstrip("0"), [])
        return padded[0] if len({person.index for person in padded}) == 1 else None

    def _unknown(self, name: str, around: str, cell: Cell) -> Problem:
        """Nobody has this name: the nearest on the roster, with their cells. A suggestion, never a match."""
        near = self._near(name, around)
        shown = "、".join(f"{person.department}的“{person.name}”（{person.cell}）" for person in near)
        if part := rare_part(name):
            code = "".join(f"（U+{ord(char):04X}）" for char in part if not char.isprintable())
            return RARE_CHARACTER.at(cell, name, found=name, part=part, code=code, hint=f"；名册里相近的有{shown}" if near else "")
        pairs = [(name[:cut], name[cut:]) for cut in range(2, len(name) - 1) if name[:cut] in self._by_name and name[cut:] in self._by_name]
        hint = f"；像是“{pairs[0][0]}”和“{pairs[0][1]}”两个人写在一起" if pairs else f"，是不是{shown}？" if near else ""
        return NOT_ON_ROSTER.at(cell, name, found=name, hint=hint)

    def _near(self, name: str, around: str) -> list[Person]:
        """Up to three people whose name is one slip away; those of the place the sheet names come first, and then alone."""
        if not self._alike:
            self._alike = defaultdict(list)
            for known in self._by_name:
                for slip in set(_slips(known)):
                    self._alike[slip].append(known)
        names: Iterable[str] = dict.fromkeys(known for slip in _slips(name) for known in self._alike.get(slip, ()))
        if not names:
            names = [known for cut in range(2, len(name)) for known in (name[:cut], name[cut:]) if len(known) > 1 and known in self._by_name]
        if not names and len(name) > 3:
            names = difflib.get_close_matches(name, [known for known in self._by_name if len(known) > 3], 1, 0.6)
        people = [next(iter(self._by_name[known].values()))[0] for known in names]
        here = [person for person in people if person.department and label(person.department) in around]
        return (here or people)[:3]

    def _same_name(self, name: str) -> str:
        rows = [row for found in self._by_name[name].values() for row in found]
        return "，名册里的" + "、".join(f"“{row.name}”在{row.unit}{row.department}{f'，工号 {row.staff_no}' if row.staff_no else ''}" for row in rows)

    def present(self, period: Period) -> tuple[Person, ...]:
        """One posting for each person in a period: the one served on its last day, else the latest begun; roster order."""
        chosen: dict[int, Person] = {}
        for person in self.postings:
            other = chosen.get(person.index)
            if other is None or _suits(person, period) > _suits(other, period):
                chosen[person.index] = person
        return tuple(chosen[index] for index in sorted(chosen))


def _suits(person: Person, period: Period) -> tuple[bool, bool, int]:
    return person.serves(period.last_day), person.arrived is None or person.arrived <= period.last_day, person.arrived.toordinal() if person.arrived else 0


def _number(staff_no: str) -> str:
    return plain(staff_no).upper()


def _slips(name: str) -> Iterator[str]:
    """What is left of a name after one slip: another script, characters exchanged, one wrong, missing or too many."""
    part = rare_part(name)
    plain = simplified(name)
    yield f"={plain}"
    yield f"~{''.join(sorted(plain))}"
    if part:
        yield name.replace(part, "?", 1)
    for place in range(len(plain)):
        yield f"{plain[:place]}?{plain[place + 1 :]}"
        if len(plain) > 2:
            yield f"-{plain[:place]}{plain[place + 1 :]}"
    yield f"-{plain}"


def _fits(person: Person, place: str) -> bool:
    department, unit = label(person.department), label(person.unit)
    return place in (department, unit, unit + department)


class People(Struct, frozen=True):
    """The roster, the circumstances by person index, and the cells that withhold a person whatever else is known."""

    directory: Directory
    circumstances: Mapping[int, tuple[Circumstance, ...]]
    faults: Mapping[int, tuple[Cell, ...]]
