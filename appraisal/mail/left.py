"""What a run left in output/<PERIOD>/, and whether it is still what the run wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from appraisal.mail.letter import MailError, sha256
from appraisal.model import State

FOLDER = "邮件"
"""Where drafts go; never itself sent."""


class Left(Struct, frozen=True):
    """The folder of a period, its run.json, and the hashes that stand there."""

    folder: Path
    period: str
    state: State
    outputs: Mapping[str, str]
    inputs: Mapping[str, str]
    rules: str
    sha256: str
    """Of run.json itself, as the archive knows it."""
    filed: bool = False
    """True when the run was filed in the archive."""

    def bytes_of(self, path: str) -> tuple[bytes, str]:
        """A file of the run and "", or nothing and why it cannot be trusted."""
        if path not in self.outputs:
            return b"", "不是这次运行写出的文件"
        try:
            data = self.folder.joinpath(*PurePosixPath(path).parts).read_bytes()
        except FileNotFoundError:
            return b"", "已被删除或改名"
        except OSError as error:
            return b"", f"打不开（{error.strerror}）"
        return (data, "") if sha256(data) == self.outputs[path] else (b"", "在运行之后被改动过")

    def below(self, folder: str) -> tuple[str, ...]:
        """The files of the run in a folder, sorted."""
        return tuple(sorted(path for path in self.outputs if path.startswith(f"{folder}/")))


def left(output: Path, period: str) -> Left:
    """Reads run.json. Raises MailError when the period has not been run."""
    place = output / period / "run.json"
    try:
        data = place.read_bytes()
        about = json.loads(data)
        outputs, inputs = _hashes(about["outputs"]), _hashes(about.get("inputs", {}))
        return Left(
            place.parent, str(about["period"]), State(about["state"]), outputs, inputs, str(about.get("rules", "")), sha256(data), bool(about.get("filed"))
        )
    except FileNotFoundError:
        raise MailError(f"{period} 还没有运行过，没有可以发送的文件。请先运行 run {period}") from None
    except OSError as error:
        raise MailError(f"{place.name} 打不开（{error.strerror}）") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MailError(f"{place.name} 内容已损坏。请重新运行 run {period}") from error


def _hashes(said: Mapping[str, object]) -> dict[str, str]:
    return {str(path): str(digest) for path, digest in said.items()}


def stale(found: Left, inputs: Mapping[str, str], rules: str) -> str:
    """Why what is in the folder no longer answers to what is in input/; "" when it does."""
    if found.rules != rules:
        return f"rules.yaml 在上次运行之后改过。请先运行 run {found.period}"
    changed = sorted(name for name in {*found.inputs, *inputs} if found.inputs.get(name) != inputs.get(name))
    if changed:
        more = f"等 {len(changed)} 个文件" if len(changed) > 1 else ""
        return f"input 里的材料在上次运行之后变过（{changed[0]}{more}）。请先运行 run {found.period}"
    return ""
