"""A mail server on this machine, over TLS, and the box with what it has taken."""

from __future__ import annotations

import email
import email.policy
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from appraisal import mail
from appraisal.model import Cell

DOMAIN = "example.gov.cn"
SENDER = f"renshi@{DOMAIN}"


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


@dataclass
class Box:
    """A server on this machine and what it has taken; `refuse` and `die` are addresses for which it says no, or hangs up in the middle."""

    settings: mail.Settings
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    die: set[str] = field(default_factory=set)
    die_after: set[str] = field(default_factory=set)
    slams: bool = False
    """Hangs up on a wrong password instead of saying so."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd's names
        if address in self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd's names
        if self.die & set(envelope.rcpt_tos):
            server.transport.abort()
            return "421 gone"
        self.mails.append(parsed(envelope.content))
        self.receivers.append(envelope.rcpt_tos)
        if self.die_after & set(envelope.rcpt_tos):
            server.transport.abort()
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.mails]

    def files(self, to: str, subject: str = "") -> dict[str, bytes]:
        """Attachments by name of the one letter to an address, with these words in its subject where there are several."""
        (found,) = (one for one in self.mails if to in str(one["To"]) and subject in str(one["Subject"]))
        return {str(part.get_filename()): part.get_content() for part in found.iter_attachments()}

    def write_settings(self, folder: Path) -> None:
        """mail.yaml of a workplace that sends here."""
        words = {
            "host": self.settings.host,
            "port": self.settings.port,
            "tls": self.settings.tls,
            "from": SENDER,
            "cafile": self.settings.cafile,
            "domains": [DOMAIN],
        }
        if self.settings.user:
            words["user"] = self.settings.user
        (folder / "mail.yaml").write_text("".join(f"{word}: {value}\n" for word, value in words.items()), encoding="utf-8")


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for this machine, good for two days."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, made = folder / "key.pem", folder / "cert.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(["openssl", *words, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    return key, made


@contextmanager
def serving(certificate: tuple[Path, Path], tls: str = "starttls", login: tuple[str, str] | None = None) -> Iterator[Box]:
    """The server on whatever port is free; with `login` it takes mail only from who knows user and password."""
    controller = pytest.importorskip("aiosmtpd.controller", reason="needs aiosmtpd").Controller
    answer = pytest.importorskip("aiosmtpd.smtp").AuthResult

    class Anywhere(controller):  # type: ignore[misc, valid-type]
        """Listens on whatever port is free."""

        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    way: dict[str, Any] = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    user = login[0] if login else ""
    made = Box(mail.Settings("127.0.0.1", 0, SENDER, (DOMAIN,), tls, user, cafile=str(certificate[1]), timeout=10))

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> Any:  # noqa: ARG001 - aiosmtpd's names
        made.logins.append((said.login.decode(), said.password.decode()))
        known = made.logins[-1] == login
        if not known and made.slams:
            server.transport.abort()
        return answer(success=known, handled=False)

    if login:
        way |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": tls == "starttls"}
    running = Anywhere(made, hostname="127.0.0.1", port=0, **way)
    running.start()
    made.settings = replace(made.settings, port=running.port)
    try:
        yield made
    finally:
        running.stop()


def ten_letters() -> tuple[mail.Letter, ...]:
    return tuple(
        mail.Letter(
            *("2021Q4", mail.Kind.SLIPS, f"科室{number}"),
            mail.Recipient(mail.Category.DEPARTMENT, f"科室{number}", (f"k{number}@{DOMAIN}",), (), Cell("通讯录.xlsx")),
            *("反馈", "请查收。\n", (mail.Attachment.of("反馈单.xlsx", f"{number}".encode()),)),
        )
        for number in range(10)
    )
