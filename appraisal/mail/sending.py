"""Letters → the server, one at a time, each noted before and after, so that nothing goes twice and nothing is lost unseen."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from enum import StrEnum

from msgspec import Struct

from appraisal.mail.faults import BLOCKING
from appraisal.mail.journal import Journal, Standing, Step
from appraisal.mail.left import Left
from appraisal.mail.letter import Kind, Letter, MailError, Reader, sha256
from appraisal.mail.letters import wrong_unit
from appraisal.mail.message import approval, message, written
from appraisal.mail.server import ConnectionLostError, DoubtfulError, RefusedError, connected, transmit
from appraisal.mail.settings import Settings, may_receive
from appraisal.model import State
from appraisal.problems import Problem, visible


class MailRefusedError(MailError):
    """Something about the letters is not right: no mail at all was sent."""


class Outcome(StrEnum):
    """What became of a letter."""

    SENT = "已发出"
    ALREADY = "以前已发出，没有重发"
    ASKED = "等待确认，没有发"
    REFUSED = "没有发出"
    DOUBTFUL = "发送中断，不知道是否已发出"
    WAITING = "还没有发"


class Posted(Struct, frozen=True):
    """A letter, what became of it, and why."""

    letter: Letter
    outcome: Outcome
    why: str = ""

    def __str__(self) -> str:
        why = f"（{self.why}）" if self.why else ""
        return f"【{self.letter.kind}】{visible(self.letter.about)} → {'；'.join(self.letter.recipient.addresses)}：{self.outcome}{why}"


class Sent(Struct, frozen=True):
    """What became of every letter, in their order."""

    posted: tuple[Posted, ...]

    @property
    def complete(self) -> bool:
        """True when every letter has been taken by the server, now or before."""
        return all(one.outcome in (Outcome.SENT, Outcome.ALREADY) for one in self.posted)

    @property
    def only_asked(self) -> bool:
        """True when nothing went wrong but somebody must decide about some letters."""
        return not self.complete and all(one.outcome in (Outcome.SENT, Outcome.ALREADY, Outcome.ASKED) for one in self.posted)

    @property
    def summary(self) -> Iterator[str]:
        """How many of each outcome, and what is to be done about those that did not go."""
        counts = Counter(one.outcome for one in self.posted)
        yield f"共 {len(self.posted)} 封：{'；'.join(f'{outcome} {counts[outcome]} 封' for outcome in Outcome if counts[outcome])}。"
        doubtful = [one for one in self.posted if one.outcome is Outcome.DOUBTFUL or one.why == Standing.DOUBTFUL]
        if doubtful:
            yield "不知道是否已发出的，请先问对方收到没有；确实没有收到的，加 --resend-doubtful 再发一次。"
        if counts[Outcome.ASKED] > sum(one.outcome is Outcome.ASKED for one in doubtful):
            yield "等待确认的，核对附件和地址后，再发一次并逐封回答，或加 --yes 全部发出。"
        if counts[Outcome.REFUSED] or counts[Outcome.WAITING]:
            yield "没有发出的，按括号里的原因处理后，再运行一次 mail --send；已发出的不会重发。"


Confirm = Callable[[Letter, Standing], bool]
"""Asks somebody whether a letter that is CHANGED, MOVED or DOUBTFUL is to be sent."""


def refuse_all(letter: Letter, standing: Standing) -> bool:  # noqa: ARG001 - the signature of Confirm
    """Nobody is there to ask."""
    return False


def _unseen(one: Posted, number: int, total: int) -> None:
    """Nobody watches."""


def send(
    letters: Sequence[Letter],
    chosen: Settings,
    journal: Journal,
    *,
    approved: bytes,
    problems: Sequence[Problem],
    check: Callable[[Letter], str],
    confirm: Confirm = refuse_all,
    progress: Callable[[Posted, int, int], None] = _unseen,
) -> Sent:
    """Sends what has been looked over, and nothing when anything about it has changed since.

    `approved` is the record in output/<PERIOD>/邮件/, `check` says why a letter's files cannot be trusted (see `recheck`).
    Raises MailRefusedError (nothing was sent), ServerError (not connected), JournalError (stopped).
    """
    _gate(letters, chosen, approved, problems, check)
    standings = [journal.standing(letter) for letter in letters]
    wanted = [_wanted(letter, standing, confirm) for letter, standing in zip(letters, standings, strict=True)]
    posted: list[Posted] = []
    with connected(chosen) if any(wanted) else nullcontext() as server:
        lost = ""
        for letter, standing, is_wanted in zip(letters, standings, wanted, strict=True):
            if server is None or not is_wanted:
                one = _kept(letter, standing)
            elif lost:
                one = Posted(letter, Outcome.WAITING, lost)
            else:
                one, lost = _post(letter, chosen, journal, check, server)
            posted.append(one)
            progress(one, len(posted), len(letters))
    return Sent(tuple(posted))


def recheck(letter: Letter, found: Left, read: Reader) -> str:
    """Why a letter must not go: its files are no longer those of the run, or are another unit's; "" when all is well."""
    if found.state is not State.FINAL and letter.kind not in (Kind.RETURNED, Kind.REMINDER):
        return "本期还不是最终结果"
    for one in letter.attachments:
        if not one.path:
            continue
        data, why = found.bytes_of(one.path)
        if why or sha256(data) != one.sha256:
            return f"附件“{one.path}”{why or '与生成邮件时不同'}"
        if letter.unit and (other := wrong_unit(data, one.path, (letter.unit,), read)):
            return f"附件“{one.path}”里的呈报单位是“{other}”，不是“{letter.unit}”"
    return ""


def _gate(letters: Sequence[Letter], chosen: Settings, approved: bytes, problems: Sequence[Problem], check: Callable[[Letter], str]) -> None:
    """All or nothing: every address, every file, and that it is what was looked over."""
    if wrong := [problem for problem in problems if problem.code in BLOCKING]:
        raise MailRefusedError("\n".join(["通讯录有错误，一封也没有发：", *map(str, wrong)]).removesuffix("。"))
    for letter in letters:
        for address in letter.recipient.addresses:
            if not may_receive(address, chosen):
                raise MailRefusedError(
                    f"{visible(letter.about)}的地址“{visible(address)}”写法不对，或不在允许的域名之内（{'、'.join(chosen.domains)}），一封也没有发"
                )
    if twice := [letter for letter in letters if Counter(other.identity for other in letters)[letter.identity] > 1]:
        raise MailRefusedError(f"有两封完全相同的邮件（{visible(twice[0].about)}），一封也没有发")
    if approval(letters) != approved:
        raise MailRefusedError(
            "邮件与“邮件”文件夹里核对过的发送清单不一致（通讯录、附件、正文或加密变过），一封也没有发。"
            "请不带 --send 运行一次 mail，核对清单后再发送；附件要加密的，两次都加 --encrypt"
        )
    for letter in letters:
        if why := check(letter):
            raise MailRefusedError(f"{visible(letter.about)}的邮件不能发：{why}。一封也没有发，请重新运行 run 和 mail")


def _wanted(letter: Letter, standing: Standing, confirm: Confirm) -> bool:
    return standing is Standing.NEW or (standing is not Standing.SENT and confirm(letter, standing))


def _kept(letter: Letter, standing: Standing) -> Posted:
    return Posted(letter, Outcome.ALREADY) if standing is Standing.SENT else Posted(letter, Outcome.ASKED, standing.value)


def _post(letter: Letter, chosen: Settings, journal: Journal, check: Callable[[Letter], str], server: smtplib.SMTP) -> tuple[Posted, str]:
    """One letter; the second is why no further one can follow on this connection."""
    if why := check(letter):
        return Posted(letter, Outcome.REFUSED, why), f"前面一封的附件有变（{why}）"
    data = written(message(letter, chosen.sender))
    journal.note(letter, Step.ABOUT)
    try:
        transmit(server, chosen.sender, letter.recipient.addresses, data)
    except RefusedError as error:
        journal.note(letter, Step.REFUSED, str(error))
        return Posted(letter, Outcome.REFUSED, str(error)), ""
    except ConnectionLostError as error:
        journal.note(letter, Step.REFUSED, str(error))
        return Posted(letter, Outcome.REFUSED, str(error)), "与服务器的连接已中断"
    except DoubtfulError as error:
        return Posted(letter, Outcome.DOUBTFUL, str(error)), "与服务器的连接已中断"
    journal.note(letter, Step.ACCEPTED)
    return Posted(letter, Outcome.SENT), ""
