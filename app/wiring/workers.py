"""What works beside the service, put together from settings: jobs, watches, telling others."""

from datetime import timedelta

from app.credit.texts import Language
from app.desk.chores import Housekeeping, Intervals, jobs_of, watches_of
from app.desk.desk import Desk
from app.desk.worker import Worker
from app.notices.addressing import Addressing
from app.notices.dispatcher import Dispatcher
from app.notices.mails import Mails, Post, Sender
from app.notices.smtp import SmtpServer, smtp_server
from app.notices.webhooks import WebhookSender
from app.settings import Settings

MAIL_FROM_OF_NONE = "creditgate@localhost"
"""Whom mails are from that are only shown."""


def wired_worker(settings: Settings, desk: Desk) -> Worker:
    """Give what runs jobs at intervals and wakes holds, on a desk's database."""
    housekeeping = Housekeeping(desk.deliveries, timedelta(days=settings.outbox_keep_days))
    every = Intervals(
        reconcile=timedelta(minutes=settings.reconcile_interval_minutes),
        behaviours=timedelta(minutes=settings.behaviour_interval_minutes),
        holds_s=settings.holds_interval_s,
    )
    jobs = jobs_of(desk.reconcile, desk.behaviours, housekeeping, every)
    return Worker(desk.work, jobs, watches_of(desk.waking, every))


def wired_dispatcher(settings: Settings, desk: Desk, *, outlet: Post | None = None) -> Dispatcher:
    """Give what tells others, on a desk's database.

    Mails go to the settings' mail server, or without one to the `outlet`; with neither it leaves
    them to other workers.
    """
    mail_from = settings.mail_from or MAIL_FROM_OF_NONE
    outlet = _mail_server(settings) or outlet
    sender = Sender(mail_from, settings.credit_mailbox, Language(settings.credit_language))
    return Dispatcher(
        deliveries=desk.deliveries,
        addressing=Addressing(
            credit_mailbox=settings.credit_mailbox,
            digests=settings.digest_minutes > 0,
        ),
        mail=None if outlet is None else Mails(sender, outlet),
        webhooks=WebhookSender(desk.webhooks.egress, settings.delivery_timeout_s),
        digest_every=timedelta(minutes=settings.digest_minutes or 1),
    )


def _mail_server(settings: Settings) -> SmtpServer | None:
    if settings.smtp_url is None:
        return None
    url = settings.smtp_url.get_secret_value()
    return smtp_server(url, timeout_s=settings.delivery_timeout_s)
