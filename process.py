"""平时考核 on the command line: options, one call, print, exit code. Everything heavy is imported inside the commands."""

from __future__ import annotations

import difflib
import gc
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from appraisal.intake import Listed
    from appraisal.mail import Left, Letter, Sent
    from appraisal.model import Calendar, Period
    from appraisal.policy.shape import Policy
    from appraisal.problems import Problem
    from appraisal.result import Received, Result, Workplace

MANY_FILES = 60


class Commands(click.Group):
    """The commands; a call that is none of them is answered in Chinese."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _answered():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        with _answered():
            return super().invoke(ctx)


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        _stop(_wrong_call(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("\n已中止。", err=True)
        sys.exit(1)


def _wrong_call(error: click.UsageError) -> str:
    """What click says of a call, in Chinese: the word it does not know or misses, and the nearest one."""
    word = next(iter(re.findall(r"[('](.+?)[)']", error.message)), "")
    what = f"看不懂“{word}”" if word else "命令写得不对"
    known: Iterable[str] = main.commands
    if isinstance(error, click.MissingParameter):
        what = f"缺少 {error.param.human_readable_name if error.param else '参数'}"
    elif error.ctx is not None and isinstance(error, click.NoSuchOption):
        what, word, known = f"没有“{error.option_name}”这个选项", error.option_name, [name for one in error.ctx.command.params for name in one.opts]
    near = difflib.get_close_matches(word, known, 1)
    command = f" {error.ctx.info_name}" if error.ctx is not None and error.ctx.parent is not None else ""
    return f"{what}{f'，是不是“{near[0]}”？' if near else '。'}用法见 python process.py{command} -h"


@click.group(
    cls=Commands,
    help="公务员平时考核：收表、计分、定等次、出备案表和名单表。",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--at", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(__file__).resolve().parent, help="工作文件夹（默认是本程序所在文件夹）"
)
@click.option("--password", is_flag=True, help="询问加密工作簿的打开密码（也可以用环境变量 APPRAISAL_PASSWORD 给出）")
@click.pass_context
def main(context: click.Context, folder: Path, password: bool) -> None:
    """Prepares the terminal: a Windows console that cannot show a character shows ? instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    context.obj = folder
    if password:
        os.environ["APPRAISAL_PASSWORD"] = click.prompt("打开密码", hide_input=True, err=True)


@main.command(help="处理一个考核周期：2021Q4（季度）、2021-10（月）、2021（年度汇总）。不写周期时取 input 里最近的一个季度。")
@click.argument("period", required=False)
@click.option("--quiet", "-q", is_flag=True, help="只说结果，不逐条列问题")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供其他程序使用")
@click.pass_obj
def run(folder: Path, period: str | None, quiet: bool, as_json: bool) -> None:
    """Everything for one period, then the summary."""
    from appraisal.intake import listed
    from appraisal.result import Workplace

    workplace = Workplace(folder)
    with listed(workplace.input) as files:  # the workers that read load their part while the rules are loaded here
        wish = _period(period)
        policy, calendar = _begun(workplace, wish, files)

        from appraisal.held import HeldError, held
        from appraisal.model import Span
        from appraisal.refused import BusyError
        from appraisal.render.template_error import TemplateError

        try:
            with held(workplace.output):
                if wish is not None and wish.span is Span.YEAR:
                    _run_year(workplace, policy, wish.year, files, quiet, as_json)
                _run(workplace, policy, calendar, wish, files, quiet, as_json)
        except HeldError as error:
            _stop(str(error))
        except BusyError as busy:
            click.echo(f"没有写出结果：{busy}。", err=True)
            sys.exit(1)
        except TemplateError as error:  # a text that fits into no cell
            _stop(f"{error}\n没有写出结果。")


def _run(workplace: Workplace, policy: Policy, calendar: Calendar | None, wish: Period | None, files: Listed, quiet: bool, as_json: bool) -> NoReturn:
    from appraisal import summary
    from appraisal.pipeline import write
    from appraisal.repair import recover

    recover(workplace)
    result = _appraised(workplace, policy, calendar, wish, files)
    try:
        folder, complaint = write(result, workplace)
    finally:  # only now: a reader that has seen enough (| head, | more) must not cost the result
        if not (quiet or as_json):
            _show(summary.problem_lines(result))
    exit_code = 1 if complaint else result.exit_code
    if as_json:
        click.echo(summary.as_json(result, folder, exit_code))
    else:
        _show(["", *summary.summary_lines(result), f"结果在：{folder}", *filter(None, [summary.next_step(result)])])
    if complaint:
        click.echo(f"结果没有存档：{complaint}", err=True)
    sys.exit(exit_code)


def _run_year(workplace: Workplace, policy: Policy, year: int, files: Listed, quiet: bool, as_json: bool) -> NoReturn:
    """The year from the archive: results side by side, 附件6, what the regulation says of the annual grade."""
    from appraisal import summary
    from appraisal.archive import ArchiveError
    from appraisal.repair import recover
    from appraisal.yearly import run_year

    recover(workplace)
    try:
        result, folder = run_year(workplace, policy, year, files)
    except ArchiveError as error:
        click.echo(f"没有写出结果：{error}。", err=True)
        sys.exit(1)
    exit_code = 1 if result.is_draft else 0
    if as_json:
        click.echo(summary.year_json(result, folder, exit_code))
    else:
        _show([] if quiet else summary.doubt_lines(result))
        _show([*summary.year_lines(result, policy.regulation.organisation), f"结果在：{folder}"])
    sys.exit(exit_code)


@main.command(help="只读取和检查，不写考核结果：哪些材料到了、每个问题在哪个单元格；同时检查 rules.yaml 和模板。")
@click.argument("period", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供其他程序使用")
@click.pass_obj
def check(folder: Path, period: str | None, as_json: bool) -> None:
    """The matrix of what has arrived and every problem."""
    from appraisal import summary
    from appraisal.pipeline import write_check
    from appraisal.refused import BusyError
    from appraisal.result import Workplace

    workplace = Workplace(folder)
    result = _read_and_appraised(workplace, _period(period))
    place: Path | None = None
    try:
        place = write_check(result, workplace)
    except BusyError as busy:
        click.echo(f"没有写出问题清单：{busy}。", err=True)
    exit_code = 1 if place is None or any(problem.is_error for problem in result.problems) else 0
    if as_json:
        click.echo(summary.as_json(result, place, exit_code))
    else:
        where = [f"问题清单在：{place}"] if place else []
        _show([*summary.matrix_lines(result), *summary.problem_lines(result), *where, summary.count_line(result)])
    sys.exit(exit_code)


@main.command(help="用中文说明现行规则；--schema 输出 rules.yaml 的 JSON Schema（供编辑器使用）。")
@click.option("--schema", is_flag=True, help="输出 JSON Schema")
@click.pass_obj
def rules(folder: Path, schema: bool) -> None:
    """The policy in force, said back."""
    from appraisal.policy import load
    from appraisal.result import Workplace

    if schema:
        click.echo(load.schema(), nl=False)
        return
    from appraisal.policy.say import sentences

    for line in sentences(_policy(Workplace(folder))):
        click.echo(line)


@main.command(help="生成发给各科室填写的空白表：按名册预填，带下拉选项和填表说明。PERIOD 是季度或月。")
@click.argument("period")
@click.option("--forms", is_flag=True, help="可以报汇总表也可以报个人表的材料，改发个人表")
@click.pass_obj
def blank(folder: Path, period: str, forms: bool) -> None:
    """The blank sheets to send out."""
    from appraisal.held import HeldError, held
    from appraisal.model import Span
    from appraisal.policy.load import PolicyError
    from appraisal.refused import BusyError
    from appraisal.result import Workplace
    from appraisal.sendout import write_blanks

    wish = _period(period)
    if wish is None or wish.span not in (Span.MONTH, Span.QUARTER):
        _stop("空白表按月或按季度生成，请写成 2021Q4 或 2021-10。")
    workplace = Workplace(folder)
    policy = _policy(workplace)
    try:
        with held(workplace.output):
            place, count, problems = write_blanks(workplace, policy, wish, forms=forms)
    except (PolicyError, HeldError) as error:
        _stop(f"{error}。")
    except BusyError as busy:
        click.echo(f"没有写出空白表：{busy}。", err=True)
        sys.exit(1)
    _show(map(str, problems))
    if not count:
        click.echo("没有可以发的空白表：请先把人员名册放进 input 文件夹。", err=True)
        sys.exit(1)
    click.echo(f"{wish.chinese}空白表 {count} 个，在：{place}")
    if any(problem.is_error for problem in problems):
        click.echo("名册或特殊情形表有错误，空白表上的人员可能不全。请改正后重新生成，再发给科室。")
        sys.exit(1)


@main.command(help="说明某人某期为什么是这个等次：收到了什么、得分怎么来、哪条规则起作用、名额怎样、谁审定。")
@click.argument("name")
@click.argument("period", required=False)
@click.option("--department", "-d", default="", help="同名时写明科室或呈报单位（也可以直接用工号代替姓名）")
@click.pass_obj
def explain(folder: Path, name: str, period: str | None, department: str) -> None:
    """The whole argument about one person on one screen."""
    from appraisal.explain import arguments, named, received_lines
    from appraisal.result import Workplace

    workplace = Workplace(folder)
    result = _read_and_appraised(workplace, _period(period))
    people = named([decision.person for decision in result.decisions], name, department)
    found = list(dict.fromkeys(person.index for person in people))
    if len(found) != 1:
        here = "、".join(dict.fromkeys(f"{person.unit}{person.department}{f'（工号 {person.staff_no}）' if person.staff_no else ''}" for person in people))
        _stop(f"名册里有 {len(found)} 个“{name}”：{here}。请用工号代替姓名，或加 --department 科室。" if found else f"名册里没有“{name}”。请核对姓名或工号。")
    received = received_lines(result.merged, set(found)) if result.merged is not None else {}
    for verdict in result.verdicts:
        argument = next(argument for argument in arguments(verdict, received) if argument.decision.person.index == found[0])
        person = argument.decision.person
        click.echo(
            f"{person.name}　{person.unit}{person.department}　{person.rank or argument.decision.proposal.band}　{verdict.period.chinese} [{person.cell}]"
        )
        click.echo(f"建议等次：{argument.decision.proposed or '（空）'}　考核等次：{argument.decision.result or '（空）'}")
        for title, lines in argument.sections:
            click.echo(f"◆ {title}")
            for line in lines:
                click.echo(f"  {line}")
    for problem in (problem for problem in result.problems if problem.name and name in problem.name.split("、")):
        click.echo(str(problem))
    sys.exit(0)


@main.command(
    short_help="新建一个工作文件夹。",
    help="新建一个工作文件夹：DIR 是新文件夹，--like 选样板（wenzhou、jining-commerce、development-reform 或一个现成的工作文件夹）。",
)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--like", "example", default="wenzhou", show_default=True, help="照哪个样板")
def new(directory: Path, example: str) -> None:
    """A fresh workplace."""
    from appraisal.fresh import NoExampleError, OccupiedError, fresh
    from appraisal.fresh import example as example_of
    from appraisal.policy.load import PolicyError

    try:
        fresh(directory, example_of(example))
    except (NoExampleError, OccupiedError, PolicyError, OSError) as error:
        _stop(str(error))
    click.echo(f"已建好：{directory}。请先填写 input 里的人员名册，再放入各科室的表。")


@main.command(help="生成要发的邮件（.eml 草稿和发送清单）；核对后加 --send 逐封发出。")
@click.argument("period", required=False)
@click.option("--send", "sending", is_flag=True, help="按核对过的发送清单发出（发信服务器见 mail.yaml，密码用环境变量 APPRAISAL_SMTP_PASSWORD 或按提示输入）")
@click.option("--yes", is_flag=True, help="附件、正文或地址与上次不同的，不再逐封询问")
@click.option("--resend-doubtful", is_flag=True, help="上次中断、不知道是否发出的，再发一次")
@click.option("--encrypt", is_flag=True, help="给附件加打开密码（退回的表除外；密码请另行告知对方）")
@click.pass_obj
def mail(folder: Path, period: str | None, sending: bool, yes: bool, resend_doubtful: bool, encrypt: bool) -> None:
    """Drafts and a list; what has been looked over is sent."""
    from appraisal import mail as post
    from appraisal.archive import ArchiveError
    from appraisal.deliver import deliver
    from appraisal.held import HeldError, held
    from appraisal.model import Span
    from appraisal.outbox import letters_of
    from appraisal.refused import BusyError
    from appraisal.result import Workplace

    workplace, wish = Workplace(folder), _period(period)
    if wish is not None and wish.span not in (Span.MONTH, Span.QUARTER):
        _stop("邮件按月或按季度发送，请写成 2021Q4 或 2021-10。")
    result = _read_and_appraised(workplace, wish)
    sent: post.Sent | None = None
    try:
        with held(workplace.output):
            found, letters, problems = letters_of(result, workplace)
            if encrypt:
                secret = os.environ.get("APPRAISAL_MAIL_PASSWORD") or click.prompt("附件的打开密码", hide_input=True, confirmation_prompt=True)
                letters = post.sealed(letters, secret)
            if sending:
                _show(map(str, problems))
                sent = _send(workplace, found, letters, problems, yes, resend_doubtful)
            else:
                place = deliver(post.drafts(letters), found.folder, post.FOLDER)
                _show([*map(str, problems), *post.listing(letters)])
                click.echo(f"共 {len(letters)} 封，草稿和发送清单在：{place}。核对无误后，可以逐封打开发送，或加 --send 由程序发送。")
    except (post.MailError, ArchiveError, HeldError, BusyError) as error:
        _stop(f"{error}。")
    if sent is not None:
        _show(sent.summary)
    if sent is not None and not sent.complete:
        sys.exit(3 if sent.only_asked else 1)
    sys.exit(1 if any(problem.is_error for problem in problems) else 0)


def _send(workplace: Workplace, found: Left, letters: Sequence[Letter], problems: Sequence[Problem], yes: bool, resend_doubtful: bool) -> Sent:
    from functools import partial

    from appraisal import mail as post
    from appraisal.read import read_book

    record = found.folder / post.FOLDER / post.APPROVAL
    if not record.is_file():
        raise post.MailRefusedError("还没有核对过的发送清单，一封也没有发。请先不带 --send 运行一次 mail，核对清单后再发送")
    typed = click.prompt("发信服务器的密码", hide_input=True) if post.needs_password(workplace.folder, os.environ) else ""
    chosen = post.settings(workplace.folder, os.environ, typed)

    def confirm(letter: Letter, standing: post.Standing) -> bool:
        if standing is post.Standing.DOUBTFUL:
            return resend_doubtful
        return yes or (sys.stdin.isatty() and click.confirm(f"【{letter.kind}】{letter.about}：{standing}。要发吗？"))

    with post.journal(workplace.folder / post.JOURNAL) as journal:
        return post.send(
            letters,
            chosen,
            journal,
            approved=record.read_bytes(),
            problems=problems,
            check=partial(post.recheck, found=found, read=read_book),
            confirm=confirm,
            progress=lambda one, number, total: click.echo(f"{number}/{total} {one}"),
        )


# ---- shared by the commands --------------------------------------------------------------------------------------------


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)


def _policy(workplace: Workplace) -> Policy:
    """The rules, with forms that can be filled."""
    policy = _rules(workplace)
    _check_forms(workplace, policy)
    return policy


def _rules(workplace: Workplace) -> Policy:
    from appraisal.pipeline import rules_of
    from appraisal.policy.load import PolicyError

    try:
        return rules_of(workplace)
    except PolicyError as error:
        _stop(f"{error}\n以上问题改正之前没有读取任何材料，也没有写任何文件。")


def _check_forms(workplace: Workplace, policy: Policy) -> None:
    from appraisal.pipeline import check_forms
    from appraisal.render.template_error import TemplateError

    try:
        check_forms(workplace, policy)
    except TemplateError as error:
        _stop(f"{error}\n以上问题改正之前没有写任何文件。")


def _period(wish: str | None) -> Period | None:
    """The period typed on the command line; None when none was."""
    from appraisal.notation import parse_period

    period = parse_period(wish) if wish else None
    if wish and period is None:
        _stop(f"看不懂考核周期“{wish}”。请写成 2021Q4（季度）、2021-10（月）或 2021（年度）。")
    return period


def _read_and_appraised(workplace: Workplace, period: Period | None) -> Result:
    from appraisal.intake import listed

    with listed(workplace.input) as files:
        return _appraised(workplace, *_begun(workplace, period, files), period, files)


def _begun(workplace: Workplace, period: Period | None, files: Listed) -> tuple[Policy, Calendar | None]:
    """The rules and the calendar of the period (None where it is yet to be found), the forms checked, while the workers read by them already."""
    from appraisal.model import Span
    from appraisal.pipeline import calendar_of, reading_standard
    from appraisal.policy.load import PolicyError

    policy = _rules(workplace)
    files.begin(reading_standard(policy))
    _check_forms(workplace, policy)
    try:
        return policy, calendar_of(policy, period) if period is not None and period.span is not Span.YEAR else None
    except PolicyError as error:
        _stop(f"{error}。")


def _appraised(workplace: Workplace, policy: Policy, calendar: Calendar | None, period: Period | None, files: Listed) -> Result:
    from appraisal.archive import ArchiveError
    from appraisal.pipeline import appraise, calendar_of, latest_quarter, receive, remembered
    from appraisal.policy.load import PolicyError
    from appraisal.result import Memory

    try:
        received = receive(workplace, policy, _progress, files)
        if period is None:
            period = _latest(received, policy, latest_quarter)
        if calendar is None:
            calendar = calendar_of(policy, period)
    except PolicyError as error:
        _stop(f"{error}。")
    try:
        memory = remembered(workplace, policy, period)
    except ArchiveError as error:
        click.echo(f"存档读不出来，本次没有和以前的结果对照：{error}", err=True)
        memory = Memory(trouble=str(error))
    return appraise(received, policy, calendar, period, memory)


def _latest(received: Received, policy: Policy, find: Callable[[Received, Policy], Period | None]) -> Period:
    period = find(received, policy)
    if period is None:
        _stop("input 文件夹里没有找到写明考核周期的材料。请放入材料，或在命令后写明周期，例如 run 2021Q4。")
    return period


def _progress(total: int) -> Callable[[int], None]:
    """A progress bar on a terminal when there is much to read."""
    if total < MANY_FILES or not sys.stderr.isatty():
        return lambda _: None
    bar = click.progressbar(length=total, label="读取材料", file=sys.stderr)
    bar.render_progress()

    def advance(count: int) -> None:
        bar.update(count)
        if bar.finished:
            bar.render_finish()

    return advance


def _show(lines: Iterable[str]) -> None:
    """Lines on the terminal; problems in colour where there is colour (NO_COLOR and pipes have none)."""
    colours = {"【错误】": "red", "【警告】": "yellow"}
    plain = bool(os.environ.get("NO_COLOR"))
    shown = [click.style(line, fg=colour) if not plain and (colour := colours.get(line[:4])) else line for line in lines]
    if shown:
        click.echo("\n".join(shown))


def _with_streams() -> None:
    """A program started without a console, or with its output closed, has somewhere to write to all the same."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open as long as the program runs


def start() -> None:
    """The command line as a program of its own: what the system refuses where nobody foresaw it is said in Chinese."""
    _with_streams()
    try:
        main()
    except OSError as error:
        from appraisal.refused import reason

        click.echo(f"程序中止：{error.filename or '屏幕信息或临时文件写不出去'}，{reason(error)}。", err=True)
        sys.exit(1)


if __name__ == "__main__":
    gc.disable()  # a run is over before garbage in circles could fill the memory; looking for it would take a tenth of a small run
    try:
        start()
    except SystemExit as end:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)  # all is written: clearing the memory away would take a fifth of a small run
