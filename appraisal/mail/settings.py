"""How mail leaves the house: mail.yaml in the workplace and the environment; the password from the environment or a prompt only."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from appraisal.mail.addresses import allowed, fault_of
from appraisal.mail.letter import MailError

FILE = "mail.yaml"
_WORDS = ("host", "port", "user", "from", "tls", "domains", "cafile", "timeout")
_PREFIX = "APPRAISAL_SMTP_"
PASSWORD = f"{_PREFIX}PASSWORD"
_TLS = {"starttls": 587, "implicit": 465}
"""Kinds of TLS and their usual ports; there is no sending without."""


class SettingsError(MailError):
    """mail.yaml or the environment cannot be used for sending."""


class Settings(Struct, frozen=True):
    """The server, who writes, and to which domains."""

    host: str
    port: int
    sender: str
    domains: tuple[str, ...]
    tls: str = "starttls"
    user: str = ""
    password: str = ""
    cafile: str = ""
    timeout: float = 60.0

    def __repr__(self) -> str:
        """Without the password."""
        return f"Settings({self.user}@{self.host}:{self.port}, {self.tls}, {self.sender}, {self.domains})"


def settings(folder: Path, environment: Mapping[str, str], password: str = "") -> Settings:
    """The settings for sending. `password` was typed by somebody; the environment's is used when it is empty. Raises SettingsError."""
    said = _file(folder / FILE)
    for word in ("host", "port", "user", "from", "tls", "cafile", "timeout"):
        if value := environment.get(f"{_PREFIX}{word.upper()}", "").strip():
            said[word] = value
    tls = str(said.get("tls", "starttls")).lower()
    if tls not in _TLS:
        raise SettingsError(f"tls 写的是“{tls}”，只能是 starttls 或 implicit（不加密的发送不支持）")
    host, sender, domains = str(said.get("host", "")).strip(), str(said.get("from", "")).strip(), _domains(said.get("domains"))
    if not host:
        raise SettingsError(f"没有写明发信服务器：请在 {FILE} 里写 host，或设环境变量 {_PREFIX}HOST")
    if why := fault_of(sender):
        raise SettingsError(f"发信地址 from “{sender}”{why}：请在 {FILE} 里写 from，或设环境变量 {_PREFIX}FROM")
    if not domains:
        raise SettingsError(f"{FILE} 里没有写允许的收件域名 domains，例如 domains: [example.gov.cn]，因此一封也不发")
    user = str(said.get("user", "")).strip()
    secret = password or environment.get(PASSWORD, "")
    if user and not secret:
        raise SettingsError(f"没有密码：请设环境变量 {PASSWORD}，或在提示时输入")
    port, timeout = _number(said, "port", _TLS[tls], 65_535), _number(said, "timeout", 60, 600)
    cafile = str(said.get("cafile", ""))
    return Settings(host, port, sender, domains, tls, user, secret, str(folder / cafile) if cafile else "", float(timeout))


def allowed_domains(folder: Path) -> tuple[str, ...]:
    """The domains of mail.yaml, () where it says nothing: drafts can be made without. Raises SettingsError."""
    return _domains(_file(folder / FILE).get("domains"))


def needs_password(folder: Path, environment: Mapping[str, str]) -> bool:
    """True when a user is named and the environment has no password: somebody must be asked. Raises SettingsError."""
    user = environment.get(f"{_PREFIX}USER", "") or _file(folder / FILE).get("user")
    return bool(user) and not environment.get(PASSWORD)


def may_receive(address: str, chosen: Settings) -> bool:
    """True for a plain address in an allowed domain."""
    return not fault_of(address) and allowed(address, chosen.domains)


def _file(path: Path) -> dict[str, object]:
    """The words of mail.yaml; a password in it is refused, as is a word nobody knows."""
    try:
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE} 打不开（应为 UTF-8 文本）") from error
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"{FILE}{f' 第 {mark.line + 1} 行' if mark else ''}写法有误。请检查缩进、冒号和重复的词") from error
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise SettingsError(f"{FILE} 应当是“词: 值”的形式")
    for word in map(str, said):
        if word.lower() in ("password", "passwd", "pass", "pwd", "密码", "口令", "secret"):
            raise SettingsError(f"{FILE} 里不能写密码（“{word}”）。请删去这一行，改用环境变量 {PASSWORD} 或在提示时输入")
        if word not in _WORDS:
            near = difflib.get_close_matches(word, _WORDS, 1, 0.5)
            raise SettingsError(f"{FILE} 里的“{word}”不认识{f'，是不是“{near[0]}”？' if near else '，可以用的有：' + '、'.join(_WORDS)}")
    return {str(word): value for word, value in said.items()}


def _domains(said: object) -> tuple[str, ...]:
    names = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    found = tuple(str(name).strip().lower().removeprefix("@") for name in names)
    for name in found:
        if fault_of(f"a@{name.removeprefix('.')}"):
            raise SettingsError(f"{FILE} 的 domains 里的“{name}”不是一个域名，例如 example.gov.cn")
    return found


def _number(said: Mapping[str, object], word: str, usual: int, most: int) -> int:
    text = str(said.get(word, usual)).strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise SettingsError(f"{word} 写的是“{text}”，应当是 1 到 {most} 的整数")
    return int(text)
