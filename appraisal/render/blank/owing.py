"""Who owes what: everybody who takes part in a period, by department, in the order of the establishment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from appraisal.directory import People
from appraisal.model import Period, Person, Proposal, Status
from appraisal.policy.shape import Policy
from appraisal.render.file_names import safe_name
from appraisal.standard import SheetKind, Use

Propose = Callable[[Person, Period], Proposal]
"""What the rules give a person of whom nothing has been handed in: whether he takes part at all, and whether he is graded."""

LEADERS, OFFICE = "分管领导", "人事部门"
"""Folders of what does not go to the departments."""
_FOR_A_GRADE = (Use.RATING, Use.SCORES)


class Place(Struct, frozen=True):
    """A department that hands in sheets. `name` is what files call it: with its unit where there are several."""

    unit: str
    department: str
    name: str
    folder: tuple[str, ...]


Members = Mapping[Place, Sequence[Person]]


class Owing:
    """Everybody's duty in one period, worked out once."""

    def __init__(self, people: People, policy: Policy, period: Period, propose: Propose) -> None:
        self._people, self._policy = people, policy
        directory = people.directory
        self._results = period.parts(policy.periods.span) or (period,)
        self._proposals = {(person.index, result): propose(person, result) for result in self._results for person in directory.present(result)}
        self._public = {rule.kind for rule in policy.circumstances if rule.effect == "ungraded" and rule.rank_words}
        months = dict.fromkeys(when for entry in policy.inputs for when in entry.periods(period))
        owed = [person for when in months for person in directory.present(when) if self._takes_part(person, when)]
        self.places = _places(owed, policy)

    def members(self, kind: SheetKind, when: Period) -> dict[Place, list[Person]]:
        """Who stands on a sheet of this kind, department by department, in roster order; departments with nobody are left out."""
        found: dict[Place, list[Person]] = {place: [] for place in self.places.values()}
        for person in self._people.directory.present(when):
            if self._takes_part(person, when) and not (kind.use in _FOR_A_GRADE and self._publicly_ungraded(person, when)):
                found[self.places[person.unit, person.department]].append(person)
        return {place: members for place, members in found.items() if members}

    def _takes_part(self, person: Person, when: Period) -> bool:
        """In scope, here in this month or quarter, and not registered as absent or assessed elsewhere."""
        proposal = self._proposal(person, when)
        here = (person.arrived is None or person.arrived <= when.last_day) and (person.left is None or person.left >= when.first_day)
        return here and proposal is not None and proposal.participates

    def _publicly_ungraded(self, person: Person, when: Period) -> bool:
        """True for 试用期, which the roster itself shows. Others without a grade (立案…) stay: a name left out would tell."""
        proposal = self._proposal(person, when)
        known = {circumstance.kind for circumstance in self._people.circumstances.get(person.index, ())}
        return proposal is not None and proposal.outcome is Status.UNGRADED and not self._public.isdisjoint(known)

    def _proposal(self, person: Person, when: Period) -> Proposal | None:
        result = next((result for result in self._results if result.holds(when)), self._results[0])
        return self._proposals.get((person.index, result))


def _places(people: Sequence[Person], policy: Policy) -> dict[tuple[str, str], Place]:
    """The departments of these people: units in the declared order, then as on the roster."""
    first = {unit: place for place, unit in enumerate(policy.units.order)}
    units = sorted(dict.fromkeys(person.unit for person in people), key=lambda unit: first.get(unit, len(first)))
    several = len(units) > 1
    places: dict[tuple[str, str], Place] = {}
    folders: set[str] = {LEADERS, OFFICE}
    for unit in units:
        parent = (safe_name(unit, folders),) if several else ()
        taken = set[str]() if several else folders
        for department in dict.fromkeys(person.department for person in people if person.unit == unit):
            short = department or unit
            name = short if not several or short.startswith(unit) else f"{unit}{short}"
            places[unit, department] = Place(unit, department, name, (*parent, safe_name(short, taken)))
    return places
