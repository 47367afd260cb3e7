"""Writes docs/problems.md: everything that can be wrong with the input, from the declarations and the smallest examples of the tests."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "problems.md"
EXAMPLES = ROOT / "tests" / "problems.yaml"
HEAD = """# 问题一览

表里可能出现的每一种问题：代码、含义、最小的例子、填表人读到的那一行、怎么办。

- **错误**：有关的人（或文件）暂不能评定，其余照常；改正后再运行一次。
- **警告**：照常评定，只是提醒；不影响运行结果。

问题清单.xlsx 的“代码”列就是下面的标题。例子里的名册有张三、李四两人（办公室，一级科员）。

<!-- 本页由 tools/make_problems_page.py 根据 appraisal/problems.py 和 tests/problems.yaml 生成，请不要手改。 -->
"""


def page() -> str:
    """The whole page as Markdown."""
    sys.path.insert(0, str(ROOT))
    from appraisal.problems import FAULTS

    found: list[dict[str, Any]] = YAML(typ="safe").load(EXAMPLES.read_text(encoding="utf-8"))
    examples = {example["code"]: example for example in found}
    parts = [HEAD, *_contents(FAULTS)]
    for code, fault in FAULTS.items():
        parts.append(f"## {code}\n")
        parts.append(f"**{fault.severity}** · {fault.meaning}\n")
        if (example := examples.get(code)) is not None:
            parts += _example(example)
        parts.append(f"怎么办：{re.sub(r'{[a-z]+}', '…', fault.remedy)}。\n")
    return "\n".join(parts)


def _contents(faults: dict[str, Any]) -> Iterator[str]:
    yield "| 代码 | 级别 | 含义 |"
    yield "|---|---|---|"
    for code, fault in faults.items():
        yield f"| [{code}](#{code}) | {fault.severity} | {fault.meaning} |"
    yield ""


def _example(example: dict[str, Any]) -> Iterator[str]:
    """The smallest sheets and the line that the clerk reads."""
    if shows := example.get("shows"):
        yield f"例：{shows}\n"
    for name, drawing in example.get("sheets", {}).items():
        yield f"`{name}`\n"
        yield f"```text\n{drawing.rstrip()}\n```\n"
    yield f"读到：\n\n> {example['reads'].strip()}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}")
