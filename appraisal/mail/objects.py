"""The address book beside the roster: which unit, department or person each line is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from appraisal.mail.faults import AMBIGUOUS, OTHER_ADDRESS, UNKNOWN_OBJECT
from appraisal.mail.letter import Category, Facts, Place, Recipient, title
from appraisal.model import Person
from appraisal.notation import label, person_name, words
from appraisal.problems import Problem

T = TypeVar("T")


class Addressees:
    """Who is written to for each unit, department and person; `problems` are the lines that fit nobody, or too many."""

    def __init__(self, book: Sequence[Recipient], facts: Facts) -> None:
        self.superiors = tuple(one for one in book if one.category is Category.SUPERIOR)
        self.units: dict[str, Recipient] = {}
        self.departments: dict[Place, Recipient] = {}
        self.people: dict[int, tuple[Person, Recipient]] = {}
        self.problems: list[Problem] = []
        for one in book:
            match one.category:
                case Category.UNIT:
                    units = {unit: unit for unit in facts.units if label(unit) == label(one.name)}
                    if (unit := self._only(one, units)) is not None:
                        self._put(self.units, unit, one)
                case Category.DEPARTMENT:
                    if (place := self._only(one, _departments(one.name, facts.places))) is not None:
                        self._put(self.departments, place, one)
                case Category.PERSON:
                    self._keep(self._only(one, _people(one.name, facts.people)), one)

    def _only(self, one: Recipient, fits: dict[str, T]) -> T | None:
        """The one thing a line fits; `fits` by what tells them apart."""
        if not fits:
            self.problems.append(UNKNOWN_OBJECT.at(one.cell, one.name, category=one.category))
        elif len(fits) > 1:
            self.problems.append(AMBIGUOUS.at(one.cell, one.name, category=one.category, count=len(fits), where="、".join(fits)))
        return next(iter(fits.values())) if len(fits) == 1 else None

    def _put(self, known: dict[T, Recipient], place: T, one: Recipient) -> None:
        """The line of a unit or department; a second one under another spelling leaves the receiver open."""
        if place in known:
            self.problems.append(AMBIGUOUS.at(one.cell, one.name, category=one.category, count=2, where=f"另一行 {known[place].cell}"))
        known[place] = one

    def _keep(self, person: Person | None, one: Recipient) -> None:
        if person is None:
            return
        known = person.mail.strip()
        if known and known.lower() not in [address.lower() for address in one.to]:
            self.problems.append(OTHER_ADDRESS.at(one.cell, one.name, found="、".join(one.to), known=known))
        else:
            self.people[person.index] = person, one


def _departments(name: str, places: Sequence[Place]) -> dict[str, Place]:
    """The departments of a name: with its unit in front, else alone."""
    wanted = label(name)
    whole = {title(place): place for place in places if label("".join(place)) == wanted}
    return whole or {title(place): place for place in places if label(place[1]) == wanted}


def _people(name: str, people: Sequence[Person]) -> dict[str, Person]:
    """The people of a name, a 工号, or a name with unit and department in front."""
    wanted, alone = label(name), person_name(name)

    def fits(person: Person) -> bool:
        full = label(f"{person.unit}{person.department}{person.name}"), label(f"{person.department}{person.name}")
        return person_name(person.name) == alone or bool(person.staff_no and person.staff_no == words(name)) or wanted in full

    found = {person.index: person for person in people if fits(person)}
    return {f"{person.unit}{person.department}{person.name}{person.staff_no}": person for person in found.values()}
