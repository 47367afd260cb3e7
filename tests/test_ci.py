"""What .ci/equip does where programs are missing: fetches them if it may, says what is left out, and never fails the checks."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from drawn import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt" or shutil.which("timeout") is None, reason="needs bash and timeout")
EVERYTHING = ["libreoffice-calc", "poppler-utils", "chromium", "openssl", "fonts-noto-cjk"]


def equip(folder: Path, apt: str = "", sudo: str = "") -> tuple[int, str, list[str]]:
    """Runs it on a bare machine with these for apt-get and sudo: how it ended, what it said, which packages it asked for."""
    folder.mkdir()
    log = folder / "log"
    log.write_text("")
    for tool in ("bash", "env", "timeout"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    for name, script in {"apt-get": apt, "sudo": sudo}.items():
        if script:
            (folder / name).write_text(f"#!{shutil.which('sh')}\n{script.replace('LOG', str(log))}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
    done = subprocess.run([str(shutil.which("bash")), str(ROOT / ".ci" / "equip")], env={"PATH": str(folder)}, capture_output=True, text=True, timeout=60)
    asked = [line.split()[-1] for line in log.read_text(encoding="utf-8").splitlines() if " install " in line]
    return done.returncode, done.stdout + done.stderr, asked


def test_nothing_can_be_fetched_where_there_is_no_apt(tmp_path: Path) -> None:
    code, said, asked = equip(tmp_path / "bin")
    assert (code, asked) == (0, [])
    assert said == f"Without {' '.join(EVERYTHING)}: there is no apt-get here. The tests that look through them are skipped.\n"


ASKED = 'echo "$@" >> LOG'
AS_ROOT = 'shift; [ "$1" = true ] && exit 0; exec "$@"'


def test_each_package_is_fetched_alone_so_that_one_cannot_cost_the_others(tmp_path: Path) -> None:
    code, said, asked = equip(tmp_path / "bin", f'{ASKED}; case "$*" in *update*|*chromium*) exit 100;; esac', AS_ROOT)
    assert (code, asked) == (0, EVERYTHING)
    assert said.splitlines()[-1].startswith("Without chromium: apt-get could not install them")
    assert equip(tmp_path / "all", ASKED, AS_ROOT)[1] == f"Fetching {' '.join(EVERYTHING)} …\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root asks nobody")
def test_who_may_not_install_is_told_so(tmp_path: Path) -> None:
    code, said, asked = equip(tmp_path / "bin", ASKED, "exit 1")
    assert (code, asked) == (0, [])
    assert "we may not install packages here" in said
