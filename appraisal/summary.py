"""What a run says at its end, as lines of Chinese text and as JSON for other programs. Nothing here prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from appraisal.model import Grade, State, Status, Verdict, percent
from appraisal.result import Result
from appraisal.terminal import table
from appraisal.year import YearResult

SHOWN_PROBLEMS = 200
STATES = {State.FINAL: "最终结果", State.DRAFT: "草稿（材料有问题，改正后再运行）", State.AWAITING: "草稿（等待领导研判或审定）"}


def problem_lines(result: Result) -> Iterator[str]:
    """Every problem on a line, up to a screenful too many."""
    yield from map(str, result.problems[:SHOWN_PROBLEMS])
    if len(result.problems) > SHOWN_PROBLEMS:
        yield f"……共 {len(result.problems)} 个问题，其余见问题清单.xlsx。"


def matrix_lines(result: Result) -> Iterator[str]:
    """The matrix 科室 × 材料 of what has arrived: 已报, 缺报, 缺n人, 退回 or 迟报."""
    from appraisal.render.reminders import arrived

    matrix = result.matrix
    if matrix is None or not matrix.departments:
        return
    states = {tuple(row[:4]): row[4] for row in arrived(result)}
    head = ["呈报单位", "科室", *(f"{material} {period.chinese.partition('年')[2]}" for material, period in matrix.columns)]
    rows = [[*place, *(states.get((*place, material, period.chinese), "—") for material, period in matrix.columns)] for place in matrix.departments]
    yield from table([head, *rows])


def summary_lines(result: Result) -> Iterator[str]:
    """People, grades, ratios, dates, what is to be graded afterwards, what changed, and the control totals."""
    amended = f"　{result.mark}" if result.state is State.FINAL and result.mark else ""
    yield f"{result.period.chinese}　{result.policy.regulation.organisation}　{STATES[result.state]}{amended}"
    counts = "，".join(f"{outcome} {count}" for outcome in (*Grade, *Status) if (count := result.count(outcome)))
    yield f"名册 {result.people} 人：{counts or '没有结果'}"
    for verdict in result.verdicts:
        prefix = "  " if len(result.verdicts) == 1 else f"  {verdict.period.chinese} "
        yield from (f"{prefix}{line}" for line in _seats(verdict))
    for due in result.dues:
        yield f"  {due.matter}（{due.about}）：{f'{due.first_day} 至 ' if due.first_day else ''}{due.last_day or due.note or '日历未公布'}"
    for recall in result.recalls:
        yield f"  {recall.what}：{recall.person.name} {'、'.join(period.chinese for period in recall.periods)}（{recall.why}）。请逐期运行 run。"
    for change in result.changes:
        yield f"  变更：{change.period.chinese} {change.person.name} {change.before} → {change.after}"
    used, refused = _control(result)
    errors, warnings = _counts(result)
    yield f"材料 {len(result.intakes)} 个文件，{used + refused} 行人员记录：采用 {used}，未采用 {refused}。错误 {errors} 个，警告 {warnings} 个。"


def _seats(verdict: Verdict) -> Iterator[str]:
    """The ratio of each group in a sentence."""
    for group in verdict.groups:
        outside = f"，另有不占比例 {group.good_outside} 人" if group.good_outside else ""
        over = "，超出" if group.over else ""
        yield f"{group.name}：{group.base} 人，名额 {group.seats}，好 {group.good_inside} 人（{percent(group.share)}）{outside}{over}"


def _control(result: Result) -> tuple[int, int]:
    used = sum(used for _, used in result.used.values())
    return used, sum(people for people, _ in result.used.values()) - used


def _counts(result: Result) -> tuple[int, int]:
    errors = sum(problem.is_error for problem in result.problems)
    return errors, len(result.problems) - errors


def next_step(result: Result) -> str:
    """What to do now; empty when all is done."""
    if result.state is State.AWAITING:
        return "下一步：请领导在审定表.xlsx 上审定（待研判的必须明确选择），填写批准人和批准日期，放回 input 文件夹，再运行一次。"
    return "下一步：按问题清单.xlsx 逐项改正，把改好的表放回 input 文件夹，再运行一次。" if result.state is State.DRAFT else ""


def count_line(result: Result) -> str:
    errors, warnings = _counts(result)
    return f"{result.period.chinese}：错误 {errors} 个，警告 {warnings} 个。"


def doubt_lines(result: YearResult) -> Iterator[str]:
    """People of a year who may be one person counted as two, a line each."""
    yield from (f"【警告】{doubt}。" for doubt in result.doubts)


def year_lines(result: YearResult, organisation: str) -> Iterator[str]:
    """What the run of a year says."""
    yield f"{result.period.chinese}　{organisation}　{'草稿' if result.is_draft else '年度汇总'}"
    yield f"存档 {len(result.periods) - len(result.missing)} 期，{len(result.people)} 人；好等次达到次数的 {len(result.listed)} 人。"
    if result.missing:
        yield f"缺少或没有定稿的周期：{'、'.join(period.chinese for period in result.missing)}。请补齐后再运行。"


def year_json(result: YearResult, folder: Path, exit_code: int) -> str:
    """The same for other programs."""
    about = {
        "period": str(result.period),
        "state": (State.DRAFT if result.is_draft else State.FINAL).value,
        "exit": exit_code,
        "people": len(result.people),
        "listed": len(result.listed),
        "periods": [str(period) for period in result.periods],
        "missing": [str(period) for period in result.missing],
        "doubts": list(result.doubts),
        "folder": str(folder),
    }
    return json.dumps(about, ensure_ascii=False, indent=1)


def as_json(result: Result, folder: Path | None, exit_code: int) -> str:
    """The same for other programs: state, counts, problems and where the files are, if any. `exit_code` is what the command ends with."""
    errors, warnings = _counts(result)
    about = {
        "period": str(result.period),
        "state": result.state.value,
        "exit": exit_code,
        "people": result.people,
        "results": {str(outcome): count for outcome in (*Grade, *Status) if (count := result.count(outcome))},
        "errors": errors,
        "warnings": warnings,
        "problems": [
            {
                "severity": problem.severity.value,
                "code": problem.code,
                "place": str(problem.cell),
                "name": problem.name,
                "text": problem.text,
                "remedy": problem.remedy,
            }
            for problem in result.problems
        ],
        "folder": str(folder) if folder else None,
    }
    return json.dumps(about, ensure_ascii=False, indent=1)
