"""What is an address: of a person's mailbox, and of who mails. One judgement for all who ask."""

import re
from typing import Final, NamedTuple

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

# RFC 5321 allows more: quoted names, comments, address literals, and the question mark. Nobody
# has such a mailbox, and headers are parsed: `=?` begins an encoded word, which would be decoded.
MAILBOX_PATTERN: Final = rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*$"
"""An e-mail address that any mail server takes, and any parser of headers reads as one."""

MAILBOX_LENGTH_MAX: Final = 254

_MAILBOX: Final = re.compile(MAILBOX_PATTERN)
_NAMED: Final = re.compile(r'"?(?P<name>[^<>"]*?)"?\s*<(?P<mailbox>[^<>]*)>')


class MailSender(NamedTuple):
    """Who mails: a name, which may be empty, and an address."""

    name: str
    mailbox: str


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
