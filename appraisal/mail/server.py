"""The SMTP server: always over TLS, its certificate checked, and the moment known after which a letter may have gone."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from appraisal.mail.letter import MailError
from appraisal.mail.settings import Settings
from appraisal.problems import visible

_OK, _FORWARDED = 250, 251
_ME = "[127.0.0.1]"
"""What this computer calls itself: a Chinese computer name is none of the server's business, and would not travel."""


class ServerError(MailError):
    """No connection to the server; nothing was sent."""


class RefusedError(Exception):
    """The server refused this letter, for all its receivers."""


class ConnectionLostError(Exception):
    """The connection died before the letter was handed over: it was not sent."""


class DoubtfulError(Exception):
    """The connection died while the letter was handed over: it may have been sent."""


class _HungUpError(smtplib.SMTPException):
    """The server closed the connection while we logged in."""


@contextmanager
def connected(chosen: Settings) -> Iterator[smtplib.SMTP]:
    """A server that has proved who it is, and knows who we are. Raises ServerError."""
    server = _open(chosen)
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _open(chosen: Settings) -> smtplib.SMTP:
    where = f"{chosen.host}:{chosen.port}"
    server: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context(cafile=chosen.cafile or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if chosen.tls == "implicit":
            server = smtplib.SMTP_SSL(chosen.host, chosen.port, _ME, timeout=chosen.timeout, context=context)
        else:
            server = smtplib.SMTP(chosen.host, chosen.port, _ME, timeout=chosen.timeout)
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if chosen.user:
            _log_in(server, chosen)
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        if server is not None:
            server.close()
        raise ServerError(f"{_why(error)}（{where}），一封也没有发") from error
    return server


def _log_in(server: smtplib.SMTP, chosen: Settings) -> None:
    """Some servers hang up on a wrong password instead of refusing it, or refuse it once and hang up on the second way of saying it."""
    try:
        server.login(chosen.user, chosen.password)
    except smtplib.SMTPServerDisconnected as error:
        raise _HungUpError from error


def _why(error: Exception) -> str:
    match error:
        case _HungUpError():
            return "发信服务器在登录时中断了连接：请核对用户名和密码，过一会儿再试"
        case ssl.SSLCertVerificationError():
            return "发信服务器的证书不可信或与名称不符：请核对 host，单位自签证书请在 mail.yaml 里写 cafile"
        case ssl.SSLError():
            return "与发信服务器的加密连接建不起来：请核对 port 和 tls（starttls 或 implicit）"
        case smtplib.SMTPAuthenticationError():
            return "发信服务器不接受用户名或密码"
        case smtplib.SMTPNotSupportedError():
            return "发信服务器不支持加密（STARTTLS）或登录，不加密不发送：请核对 port 和 tls"
        case UnicodeError():
            return "用户名或密码里有服务器不支持的字符"
        case FileNotFoundError():
            return "找不到 cafile 指定的证书文件"
        case _:
            return f"连不上发信服务器：请检查网络、host 和 port（{type(error).__name__}）"


def transmit(server: smtplib.SMTP, sender: str, addresses: Sequence[str], data: bytes) -> None:
    """Hands over one message; all receivers or none. Raises RefusedError, ConnectionLostError or DoubtfulError."""
    try:
        code, said = server.mail(sender)
        _demand(server, code == _OK, sender, code, said)
        for address in addresses:
            code, said = server.rcpt(address)
            _demand(server, code in (_OK, _FORWARDED), address, code, said)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise ConnectionLostError(f"连接中断（{type(error).__name__}），这一封没有发出") from error
    try:
        code, said = server.data(data)
    except smtplib.SMTPDataError as error:
        _reset(server)
        raise RefusedError(_reply(error.smtp_code, error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DoubtfulError(f"连接中断（{type(error).__name__}）") from error
    _demand(server, code == _OK, "", code, said)


def _demand(server: smtplib.SMTP, is_met: bool, address: str, code: int, said: bytes) -> None:
    if code == -1:
        raise smtplib.SMTPServerDisconnected("no reply")
    if not is_met:
        _reset(server)
        raise RefusedError(f"{address}：{_reply(code, said)}" if address else _reply(code, said))


def _reset(server: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        server.rset()


def _reply(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"服务器拒收，答复 {code} {visible(text)}"
