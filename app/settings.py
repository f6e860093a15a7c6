"""Everything one may configure, read from the environment and checked at the start."""

from ipaddress import ip_network
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.addresses import is_mailbox, mail_sender, mail_server

API_KEY_LENGTH_MIN = 32
"""An administrator key shorter than this could be guessed."""


class Settings(BaseSettings):
    """The service's settings; each is an environment variable with the prefix CREDITGATE_."""

    model_config = SettingsConfigDict(
        env_prefix="CREDITGATE_",
        frozen=True,
        extra="ignore",
        secrets_dir=None,
        # Among the settings are passwords, and errors end up in logs.
        hide_input_in_errors=True,
    )

    database_url: str = Field(description="postgresql://user:password@host/database")
    api_key: SecretStr = Field(description="the administrator's key, at least 32 characters")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on")
    time_zone: str = Field(
        default="Europe/Berlin", description="business time zone: decides which day it is"
    )
    body_max_bytes: int = Field(default=1_048_576, ge=1_024)
    ledger_body_max_bytes: int = Field(default=1_073_741_824, ge=1_024)
    import_body_max_bytes: int = Field(
        default=1_073_741_824, ge=1_024, description="how large a file may be that is sent here"
    )
    imports_at_once: int = Field(
        default=1, ge=1, le=16, description="how many files are taken at a time; others wait"
    )
    connections_min: int = Field(default=2, ge=0, le=500)
    connections_max: int = Field(default=10, ge=1, le=500)
    connect_timeout_s: float = Field(default=2.0, gt=0, le=60)
    deadline_s: float = Field(
        default=0.8, gt=0, le=60, description="by when a request is answered, or given 503"
    )
    batch_deadline_s: float = Field(
        default=10.0, gt=0, le=3600, description="the same for a batch of checks as a whole"
    )
    bulk_deadline_s: float = Field(
        default=60.0, gt=0, le=3600, description="the same for one account's lines of a bulk body"
    )
    key_bulk_claim_s: float = Field(
        default=90.0, gt=0, le=3600, description="the same for bulk bodies and batches"
    )
    key_claim_s: float = Field(
        default=5.0, gt=0, le=3600, description="how long a request may hold its Idempotency-Key"
    )
    list_items_share: int = Field(
        default=30, ge=0, le=100, description="per cent of items a whole list may clear unasked"
    )
    list_amount_share: int = Field(
        default=50, ge=0, le=100, description="the same of their amounts"
    )
    list_items_unasked: int = Field(
        default=1, ge=0, le=1_000, description="so many it may clear whatever share that is"
    )
    key_keep_s: float = Field(
        default=86_400.0, gt=0, description="how long an answer is kept under its Idempotency-Key"
    )
    reconcile_interval_minutes: int = Field(
        default=60, ge=0, le=525_600, description="how often the worker reconciles, 0 for never"
    )
    behaviour_interval_minutes: int = Field(
        default=1_440, ge=0, le=525_600, description="how often payment behaviour is counted"
    )
    holds_interval_s: float = Field(
        default=1.0, ge=0, le=86_400, description="how often the worker looks for holds to wake"
    )
    cleared_keep_days: int = Field(
        default=730, ge=365, le=36_600, description="how long cleared documents are kept"
    )
    job_deadline_s: float = Field(
        default=900.0, gt=0, le=86_400, description="by when a job has read what it looks at"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="smtp://user:password@host:port, or smtps://; none: no mails"
    )
    mail_from: str | None = Field(
        default=None, validate_default=True, description="whom mails are from"
    )
    credit_mailbox: str | None = Field(
        default=None, description="the address of the credit department"
    )
    credit_language: Literal["de", "en", "nl"] = Field(
        default="en", description="the language of the credit department"
    )
    digest_minutes: int = Field(
        default=0, ge=0, le=1_440, description="one mail for the holds of so long, 0: one for each"
    )
    webhook_networks: str = Field(
        default="", description="private networks that webhooks may go to, such as 10.0.0.0/8"
    )
    delivery_timeout_s: float = Field(
        default=20.0, gt=0, le=300, description="how long one try to tell somebody may take"
    )
    retry_first_s: float = Field(
        default=2.0, gt=0, le=3600, description="the pause after the first try; they grow"
    )
    retry_longest_s: float = Field(
        default=900.0, gt=0, le=86_400, description="the longest pause between two tries"
    )
    give_up_hours: float = Field(
        default=72.0, gt=0, le=8_760, description="after how long a delivery is given up"
    )
    outbox_keep_days: int = Field(
        default=30, ge=1, le=3_660, description="how long deliveries that ended are kept"
    )
    acquire_timeout_s: float = Field(default=0.2, gt=0, le=60)
    statement_timeout_s: float = Field(default=0.5, gt=0, le=600)
    lock_timeout_s: float = Field(default=0.25, gt=0, le=600)

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: str) -> str:
        if not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("the address of a Postgres starts with postgresql://")
        return url

    @field_validator("api_key")
    @classmethod
    def _is_long(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) < API_KEY_LENGTH_MIN:
            raise ValueError(f"a key has at least {API_KEY_LENGTH_MIN} characters")
        return key

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, time_zone: str) -> str:
        if time_zone not in available_timezones():
            raise ValueError("not a time zone of the IANA database, such as Europe/Berlin")
        return time_zone

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            mail_server(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is None and info.data.get("smtp_url") is not None:
            raise ValueError("CREDITGATE_SMTP_URL needs a sender, such as credit@example.com")
        if text is not None:
            mail_sender(text)
        return text

    @field_validator("credit_mailbox")
    @classmethod
    def _is_mailbox(cls, text: str | None) -> str | None:
        if text is not None and not is_mailbox(text):
            raise ValueError("a mailbox is like credit@example.com")
        return text

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for part in filter(None, text.replace(" ", "").split(",")):
            ip_network(part)
        return text
