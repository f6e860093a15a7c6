"""The address of the mail server holds a password, which nobody is told."""

import pytest

from app.addresses import MAIL_SERVER_FORM, MailServerAddress, mail_server
from app.settings import Settings

SECRETS = ("geheim", "swordfish")
REFUSED = [
    "smtp://user:12/geheim@mail.example.com:25", "smtp://user:geheim#1@mail.example.com:25",
    "smtp://user:geheim?1@mail.example.com:25", "smtp://user:swordfish@mail.example.com:geheim",
    "smtp://user:geheim/swordfish@mail.example.com", "smtp://user:geheim[@mail.example.com",
    "smtp://user:geheim\u2100@mail.example.com", "smtp://user:geheim@mail.example.com:0",
    "smtp://user:geheim@mail.example.com:65536", "smtp://user:geheim@mail.example.com/",
    "smtp://user:geheim@mail.example.com?tls=1", "smtp://user:geheim@mail.example.com#x",
    "smtp://user:geheim\\@mail.example.com", "smtp://user:geheim @mail.example.com",
    "smtp://user:geheim@", "smtp://:geheim@:25", "http://user:geheim@mail.example.com",
    "user:geheim@mail.example.com", "smtp:user:geheim@mail.example.com", "geheim",
    "smtp://user:gehe\nim@mail.example.com", "smtp://user:geheim@mail,example.com",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused_without_a_word_of_it(
    settings: Settings, url: str
) -> None:
    with pytest.raises(ValueError, match="mail server") as refused:
        Settings.model_validate(
            {**settings.model_dump(), "smtp_url": url, "mail_from": "a@example.com"}
        )
    told = str(refused.value)
    assert MAIL_SERVER_FORM in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_user_and_password_are_read_as_they_were_before_they_were_encoded() -> None:
    assert [
        mail_server("smtp://mail.example.com"),
        mail_server("smtps://u%40x:12%2Fgeheim@mail.example.com"),
        mail_server("smtp://user:p@ss@127.0.0.1:2525"),
        mail_server("smtp://[::1]:25"),
    ] == [
        MailServerAddress("mail.example.com", 25, None, None, tls=False),
        MailServerAddress("mail.example.com", 465, "u@x", "12/geheim", tls=True),
        MailServerAddress("127.0.0.1", 2525, "user", "p@ss", tls=False),
        MailServerAddress("::1", 25, None, None, tls=False),
    ]
