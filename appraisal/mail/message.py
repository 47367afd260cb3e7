"""Letters as messages: MIME that Outlook and Foxmail read, drafts, the list that is looked over, and its record."""

from __future__ import annotations

import base64
import datetime as dt
import email.policy
import json
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.utils import format_datetime
from typing import cast

from appraisal.mail.letter import Attachment, Letter, sha256
from appraisal.problems import visible

APPROVAL = "发送清单.json"
LISTING = "发送清单.txt"
_POLICY = email.policy.SMTP.clone(refold_source="none")
_SHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD_BYTES = 42
"""So many bytes of UTF-8 fit into one encoded word of 75 characters."""
_LONGEST_NAME = 60


def message(letter: Letter, sender: str = "", now: dt.datetime | None = None) -> EmailMessage:
    """The letter as a message. Without a sender it is a draft, which the mail program opens for writing and never sends by itself."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = letter.subject
    if sender:
        mail["From"] = sender
        mail["Date"] = format_datetime(now or dt.datetime.now(dt.UTC).astimezone())
        mail["Message-ID"] = message_id(letter, sender)
    else:
        mail["X-Unsent"] = "1"
    mail["To"] = ", ".join(letter.recipient.to)
    if letter.recipient.copies:
        mail["Cc"] = ", ".join(letter.recipient.copies)
    mail.set_content(letter.body, charset="utf-8", cte="base64")
    if letter.attachments:
        mail.make_mixed(boundary=f"=_{letter.identity}")
    for one in letter.attachments:
        mail.attach(cast("EmailMessage", _part(one)))
    return mail


def message_id(letter: Letter, sender: str) -> str:
    """The same for the same letter however often it is made."""
    return f"<{letter.identity}@{sender.rpartition('@')[2]}>"


def written(mail: EmailMessage) -> bytes:
    """The message as it travels."""
    return mail.as_bytes(policy=_POLICY)


def _part(one: Attachment) -> MIMEBase:
    """An attachment with its name twice: RFC 2231 for the standard, encoded words for older Outlook and Foxmail."""
    name = file_name(one.name)
    part = MIMEBase("application", _SHEET if name.lower().endswith(".xlsx") else "octet-stream", name=_encoded(name))
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    part.add_header("Content-Transfer-Encoding", "base64")
    part.set_payload(base64.encodebytes(one.data).decode("ascii").replace("\n", "\r\n"))
    return part


def file_name(wish: str) -> str:
    """A file name that is safe in a header and legal on Windows, its ending kept."""
    clean = "".join("_" if char in '<>:"/\\|?*;' or not char.isprintable() else char for char in wish).strip(" .") or "附件"
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending}" if dot and len(ending) <= 5 else clean[:_LONGEST_NAME]


def _encoded(name: str) -> str:
    """RFC 2047 words; each holds whole characters."""
    if name.isascii():
        return name
    pieces, piece = [], ""
    for char in name:
        if len((piece + char).encode("utf-8", "replace")) > _WORD_BYTES:
            pieces.append(piece)
            piece = ""
        piece += char
    return " ".join(f"=?utf-8?B?{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}?=" for text in (*pieces, piece))


# ---- before sending ----------------------------------------------------------------------------------------------------
def drafts(letters: Sequence[Letter]) -> dict[str, bytes]:
    """File name → content, of everything in output/<PERIOD>/邮件/: a draft for each letter, the list to look over, and its record."""
    files: dict[str, bytes] = {}
    for number, letter in enumerate(letters, 1):
        name = file_name(f"{number:03}_{letter.kind}_{letter.about}.eml")
        files[name] = written(message(letter))
    text = "\r\n".join([*listing(letters), ""])
    return files | {LISTING: text.encode("utf-8-sig", "replace"), APPROVAL: approval(letters)}


def listing(letters: Iterable[Letter]) -> Iterator[str]:
    """Who would get what: receiver → addresses → files with the beginning of their hashes."""
    for letter in letters:
        copies = f"，抄送 {'；'.join(letter.recipient.copies)}" if letter.recipient.copies else ""
        yield f"【{letter.kind}】{visible(letter.about)} → {'；'.join(letter.recipient.to)}{copies}"
        yield f"    主题：{letter.subject}"
        for one in letter.attachments:
            yield f"    附件：{visible(one.name)}（{len(one.data) / 1024:.0f} KB，{one.sha256[:8]}{'，已加打开密码' if one.sealed else ''}）"


def approval(letters: Iterable[Letter]) -> bytes:
    """What somebody has looked over, exactly: `send` refuses anything else."""
    about = [
        {
            "kind": letter.kind.value,
            "about": letter.about,
            "to": letter.recipient.to,
            "copies": letter.recipient.copies,
            "subject": letter.subject,
            "text": sha256(letter.body.encode("utf-8", "backslashreplace")),
            "files": {one.name: one.sha256 for one in letter.attachments},
            "sealed": [one.name for one in letter.attachments if one.sealed],
            "identity": letter.identity,
        }
        for letter in letters
    ]
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
