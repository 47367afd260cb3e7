"""run.json: what a run rests on and what it gave, by hash."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

import msgspec

from appraisal import __version__
from appraisal.result import Result, Workplace


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def rules_sha(workplace: Workplace) -> str:
    """The hash of the regulation in force."""
    return sha((workplace.folder / "rules.yaml").read_bytes())


def as_json(about: Mapping[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n"


def manifest(result: Result, workplace: Workplace, outputs: Mapping[str, str]) -> bytes:
    """run.json: what the run rests on and what it gave (each file's sha256); no clock, so the same input gives the same bytes."""
    errors = sum(problem.is_error for problem in result.problems)
    about = {
        "period": str(result.period),
        "state": result.state.value,
        "versions": versions(),
        "rules": rules_sha(workplace),
        "filed": {str(period): number for period, number in result.filings.items()},
        "people": {"roster": result.people, "ledger": len(result.decisions), "periods": len(result.verdicts)},
        "control": {file: {"people": people, "used": used, "refused": people - used} for file, (people, used) in sorted(result.used.items())},
        "problems": {"errors": errors, "warnings": len(result.problems) - errors},
        "inputs": {intake.file: intake.sha256 for intake in result.intakes},
        "outputs": dict(sorted(outputs.items())),
    }
    return as_json(about)


@cache
def versions() -> dict[str, str]:
    """The program's own version and those of the libraries that results or files depend on."""
    libraries = ("pandas", "python-calamine", "xlsxwriter", "jinja2", "chinesecalendar")
    return {"appraisal": __version__, "python": platform.python_version(), **{name: version(name) for name in libraries}}
