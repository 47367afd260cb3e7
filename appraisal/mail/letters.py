"""What a run left and the address book → the letters, each with its files read, hashed and looked into."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from pathlib import PurePosixPath

from appraisal.mail.faults import FILE_CHANGED, NO_ADDRESS, NO_OWNER, NOT_FINAL, OTHER_UNIT
from appraisal.mail.inside import returned_file, slips_in, units_in
from appraisal.mail.left import Left
from appraisal.mail.letter import Attachment, Category, Facts, Kind, Letter, Place, Reader, Recipient, title
from appraisal.mail.objects import Addressees
from appraisal.mail.wording import Wording
from appraisal.model import Cell, State
from appraisal.notation import label
from appraisal.problems import Problem, visible

FORMS = ("备案表.xlsx", "名单表.xlsx")
UNITS, RETURNED, SLIPS = "分单位", "退回", "反馈单"


def letters(found: Left, book: Sequence[Recipient], facts: Facts, wording: Wording, read: Reader) -> tuple[tuple[Letter, ...], tuple[Problem, ...]]:
    """Every letter of the period in a stable order, and every reason for which one could not be made. Raises MailTemplateError."""
    maker = _Maker(found, Addressees(book, facts), facts, wording, read)
    made = [*maker.returned_and_reminders()]
    if found.state is State.FINAL:
        made = [*maker.filings(), *maker.results(), *made, *maker.slips()]
    else:
        maker.problems.append(NOT_FINAL.at(Cell(""), period=facts.period))
    return tuple(letter for letter in made if letter.recipient.to), tuple(dict.fromkeys((*maker.book.problems, *maker.problems, *maker.unaddressed())))


class _Maker:
    """The letters of one period, kind by kind."""

    def __init__(self, found: Left, book: Addressees, facts: Facts, wording: Wording, read: Reader) -> None:
        self.found, self.book, self.facts, self._wording, self._read = found, book, facts, wording, read
        self.problems: list[Problem] = []
        self._unknown: dict[tuple[Category, str], list[Kind]] = {}

    def filings(self) -> Iterator[Letter]:
        """The forms of the whole, to the superior."""
        paths = [form for form in FORMS if form in self.found.outputs]
        if not paths:
            return
        if not self.book.superiors:
            self._no_address(Category.SUPERIOR, "上级主管部门", Kind.FILING)
        for one in self.book.superiors:
            allowed = (self.facts.organisation, *self.facts.units)
            if (files := self._forms(paths, allowed, one.name)) is not None:
                yield self._letter(Kind.FILING, one.name, one, files)

    def results(self) -> Iterator[Letter]:
        """Each reporting unit's own forms; the whole where there is one unit only, and it is not the organisation itself."""
        own = self._own_forms()
        for unit, paths in own.items():
            recipient = self.book.units.get(unit)
            if recipient is None:
                self._no_address(Category.UNIT, unit, Kind.RESULTS)
            elif (files := self._forms(paths, (unit,), unit)) is not None:
                yield self._letter(Kind.RESULTS, unit, recipient, files, unit=unit)

    def _own_forms(self) -> dict[str, list[str]]:
        """The forms of each unit, by what the 备案表 itself says: a folder's name proves nothing."""
        folders = dict.fromkeys(str(PurePosixPath(path).parent) for path in self.found.below(UNITS))
        if not folders:
            alone = set(self._named(FORMS[0]) or ()) if FORMS[0] in self.found.outputs else set()
            return {unit: [form for form in FORMS if form in self.found.outputs] for unit in self.book.units if alone == {label(unit)}}
        own: dict[str, list[str]] = {}
        for folder in folders:
            named = self._named(f"{folder}/{FORMS[0]}")
            fits = [unit for unit in self.facts.units if named and {label(name) for name in named} == {label(unit)}]
            if len(fits) == 1 and fits[0] not in own:
                own[fits[0]] = [f"{folder}/{form}" for form in FORMS]
            elif f"{folder}/{FORMS[0]}" in self.found.outputs and named is not None:
                self.problems.append(OTHER_UNIT.at(Cell(""), file=f"{folder}/{FORMS[0]}", found="、".join(named), name=PurePosixPath(folder).name))
        return {unit: own[unit] for unit in self.facts.units if unit in own}

    def _named(self, path: str) -> tuple[str, ...] | None:
        data = self._bytes(path)
        return None if data is None else units_in(data, path, self._read) or ()

    def returned_and_reminders(self) -> Iterator[Letter]:
        """One letter for each department that owes something: with its returned files where there are some, else the reminder alone."""
        files = self._returned()
        for place in dict.fromkeys((*self.facts.reminders, *files)):
            kind, about = Kind.RETURNED if place in files else Kind.REMINDER, title(place)
            recipient = self.book.departments.get(place)
            if recipient is None:
                self._no_address(Category.DEPARTMENT, about, kind)
            else:
                yield self._letter(kind, about, recipient, files.get(place, ()), self.facts.reminders.get(place, ""))

    def _returned(self) -> dict[Place, list[Attachment]]:
        """The return slips of each department; the ones of nobody in particular are named."""
        owners = {visible(file): place for file, place in self.facts.owners.items()}
        files: defaultdict[Place, list[Attachment]] = defaultdict(list)
        for path in self.found.below(RETURNED):
            data = self._bytes(path)
            if data is None:
                continue
            place = owners.get(visible(returned_file(data, path, self._read)))
            if place is None:
                self.problems.append(NO_OWNER.at(Cell(""), file=path))
            else:
                files[place].append(_attached(path, data))
        return dict(files)

    def slips(self) -> Iterator[Letter]:
        """A person with an address of their own gets their own slip; the others' go to the department, to be handed over one by one."""
        served = set()
        for person, recipient in self.book.people.values():
            data = self.facts.slip(person) if self.facts.slip is not None else None
            if data is not None:
                served.add(person.index)
                about = f"{title((person.unit, person.department))} {person.name}{person.staff_no}"
                yield self._letter(Kind.SLIPS, about, recipient, [Attachment.of(f"反馈单（{person.name}）.xlsx", data)], to=person.name)
        for path in self.found.below(SLIPS):
            if (data := self._bytes(path)) is None:
                continue
            departments, people = slips_in(data, path, self._read)
            place = self._place_of(path, departments, people)
            if place is None:
                self.problems.append(NO_OWNER.at(Cell(""), file=path))
            elif set(people) <= self._names(place, served):
                continue
            elif place not in self.book.departments:
                self._no_address(Category.DEPARTMENT, title(place), Kind.SLIPS)
            else:
                yield self._letter(Kind.SLIPS, title(place), self.book.departments[place], [_attached(path, data, "反馈单")])

    def _place_of(self, path: str, named: Sequence[str], people: Sequence[str]) -> Place | None:
        """Whose slips a workbook holds: the one department its forms name, of the unit its folder is called after, if its people are known there.

        Not all of them need be: whoever has moved since the last result has the slip where it was earned.
        """
        folder = PurePosixPath(path).parent.name
        fits = [place for place in self.facts.places if [label(place[1])] == [*named] and (folder == SLIPS or _bare(place[0]) == _bare(folder))]
        return fits[0] if len(fits) == 1 and not self._names(fits[0]).isdisjoint(people) else None

    def _names(self, place: Place, among: Container[int] | None = None) -> set[str]:
        """The names of a department's people (of those `among` them), as `label` compares names."""
        here = (person for person in self.facts.people if (person.unit, person.department) == place)
        return {label(person.name) for person in here if among is None or person.index in among}

    # ---- shared ----------------------------------------------------------------------------------------------------
    def _forms(self, paths: Sequence[str], units: Sequence[str], name: str) -> list[Attachment] | None:
        """The forms as attachments, each tab of which names one of `units`; None with the reason told."""
        files = []
        for path in paths:
            data = self._bytes(path)
            if data is None:
                return None
            if fault := wrong_unit(data, path, units, self._read):
                self.problems.append(OTHER_UNIT.at(Cell(""), file=path, found=fault, name=name))
                return None
            files.append(_attached(path, data, self.facts.period))
        return files

    def _bytes(self, path: str) -> bytes | None:
        data, why = self.found.bytes_of(path)
        if why:
            self.problems.append(FILE_CHANGED.at(Cell(""), file=path, why=why))
        return None if why else data

    def _no_address(self, category: Category, name: str, kind: Kind) -> None:
        self._unknown.setdefault((category, name), []).append(kind)

    def unaddressed(self) -> Iterator[Problem]:
        """Everybody who would get letters and has no address, once."""
        for (category, name), kinds in self._unknown.items():
            yield NO_ADDRESS.at(Cell(""), name, category=category, kind="、".join(dict.fromkeys(kinds)))

    def _letter(self, kind: Kind, about: str, recipient: Recipient, files: Sequence[Attachment], text: str = "", *, unit: str = "", to: str = "") -> Letter:
        """A letter that addresses its receiver as `to`, as `about` when that is not given."""
        facts = self.facts
        values = {
            "organisation": facts.organisation,
            "recipient": to or about,
            "period": facts.period,
            "mark": facts.mark,
            "files": [one.name for one in files],
            "text": text,
        }
        subject, body = self._wording.written(kind, values)
        return Letter(self.found.period, kind, about, recipient, subject, body, tuple(files), unit)


def wrong_unit(data: bytes, path: str, units: Sequence[str], read: Reader) -> str:
    """The units a form names when one of them is not among `units` (or it names none); "" when all are."""
    named = units_in(data, path, read)
    known = {label(unit) for unit in units}
    return "" if named and all(name in known for name in named) else "、".join(named or ()) or "（没有写明）"


def _bare(name: str) -> str:
    """A unit's name and the name of its folder without the characters that folders may not have."""
    return re.sub(r"[\W_]+", "", label(name))


def _attached(path: str, data: bytes, front: str = "") -> Attachment:
    """A file of the run under a name that says what it is outside its folder."""
    place = PurePosixPath(path)
    between = f"{place.parent.name}_" if place.parts[0] == UNITS else ""
    return Attachment.of(f"{front}_{between}{place.name}" if front else place.name, data, path)
