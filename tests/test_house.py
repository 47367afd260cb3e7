"""The house rules, kept by programs: style, types, who may import whom."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from drawn import ROOT

TOOLS = Path(sys.executable).parent
DECLARATIONS = {"model.py", "standard.py", "problems.py", "policy/shape.py"}


def clean(*command: str) -> None:
    """Fails with everything the tool said when it is not content."""
    program = shutil.which(command[0], path=str(TOOLS)) or command[0]
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_is_content() -> None:
    clean("ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_mypy_strict_is_content() -> None:
    clean("mypy", "appraisal", "process.py")


def test_imports_keep_the_contracts() -> None:
    clean("lint-imports", "--no-cache")


def test_the_ci_script_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    clean("bash", "-n", str(script))


@pytest.mark.parametrize("path", sorted((ROOT / "appraisal").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_stage_outgrows_its_screen_and_no_module_is_a_drawer(path: Path) -> None:
    """About 250 lines, then a package of the same name. Declarations may be longer: they stand in one file on purpose."""
    assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "core", "common", "misc"}
    if path.relative_to(ROOT / "appraisal").as_posix() not in DECLARATIONS:
        assert path.read_text(encoding="utf-8").count("\n") <= 350


def test_identifiers_are_english() -> None:
    """English inside, Chinese at every surface: the glossary is the only bridge."""
    for path in [*sorted((ROOT / "appraisal").rglob("*.py")), ROOT / "process.py"]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if (found := re.match(r"\s*(?:def|class)\s+(\w+)", line)) is not None:
                assert found[1].isascii(), f"{path.name}:{number}"
