"""What is an address: a mailbox's, a sender's, a mail server's. One judgement for all who ask."""

import re
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

# RFC 5321 allows more: quoted names, comments, address literals, and the question mark. Nobody
# has such a mailbox, and headers are parsed: `=?` begins an encoded word, which would be decoded.
MAILBOX_PATTERN: Final = rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*$"
"""An e-mail address that any mail server takes, and any parser of headers reads as one."""

MAILBOX_LENGTH_MAX: Final = 254

MAIL_SERVER_FORM: Final = (
    "the address of a mail server is smtp://user:password@host:port, or smtps://, with nothing "
    "behind it; what is special in user or password is percent-encoded"
)
_PORTS: Final = {"smtp": 25, "smtps": 465}
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")
_MAILBOX: Final = re.compile(MAILBOX_PATTERN)
_NAMED: Final = re.compile(r'"?(?P<name>[^<>"]*?)"?\s*<(?P<mailbox>[^<>]*)>')


class MailSender(NamedTuple):
    """Who mails: a name, which may be empty, and an address."""

    name: str
    mailbox: str


class MailServerAddress(NamedTuple):
    """Where a mail server is, who logs in there, and whether all of it is under TLS."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool


def is_mailbox(text: str) -> bool:
    """Say whether a text is the address of one mailbox."""
    return len(text) <= MAILBOX_LENGTH_MAX and _MAILBOX.fullmatch(text) is not None


def mail_sender(text: str) -> MailSender:
    """Give who mails: an address, or `Name <address>`; raises `ValueError` for anything else."""
    named = _NAMED.fullmatch(text.strip())
    sender = MailSender("", text.strip()) if named is None else MailSender(*named.group(1, 2))
    if not is_mailbox(sender.mailbox):
        raise ValueError("a sender is like credit@example.com, or Name <credit@example.com>")
    return sender


def mail_server(url: str) -> MailServerAddress:
    """Take the address of a mail server apart; raises `ValueError`, which tells nothing of it.

    A password that is not percent-encoded would move the host: anything that a URL may have
    behind host and port is refused, so that no mail goes to a part of somebody's password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its message has parts of the password
        raise ValueError(MAIL_SERVER_FORM) from None
    if not _is_plain(url, parts) or port == 0:
        raise ValueError(MAIL_SERVER_FORM)
    return MailServerAddress(
        host=parts.hostname or "",
        port=port or _PORTS[parts.scheme],
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        tls=parts.scheme == "smtps",
    )


def _is_plain(url: str, parts: SplitResult) -> bool:
    behind = url.partition("://")[2]
    has_more = bool(set(behind) & set("/?#\\")) or not url.isprintable() or " " in url
    is_host = parts.hostname is not None and _HOST.fullmatch(parts.hostname) is not None
    return parts.scheme in _PORTS and is_host and not has_more
