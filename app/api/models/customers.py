"""Master data and limits."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.addresses import MAILBOX_LENGTH_MAX, MAILBOX_PATTERN
from app.api.models.answers import LimitAnswer, PolicyAnswer
from app.api.models.fields import Answer, Day, Flag, Instant, Request, Text, Whole, amount_minor
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.api.refs import Ref
from app.credit.texts import Language
from app.desk.customers import CustomerRecord, LimitRecord

Contact = Annotated[str, Field(max_length=MAILBOX_LENGTH_MAX, pattern=MAILBOX_PATTERN)]
"""An e-mail address."""


class CustomerBody(Request):
    """A customer. Only `name` and `currency` are required; `account` defaults to its own ref."""

    name: Text
    currency: CurrencyCode
    account: Ref | None = None
    policy: Ref = "standard"
    status: Literal["active", "blocked"] = "active"
    payment_terms_days: Annotated[Whole, Field(ge=0, le=3660)] | None = None
    direct_debit: Flag = False
    takes_discount: Flag = False
    dunning_level: Annotated[Whole, Field(ge=0, le=9)] = 0
    language: Language = Language.ENGLISH
    email: Contact | None = None
    sales_contact: Contact | None = None

    def record(self, ref: str) -> CustomerRecord:
        """Give the customer as it is stored."""
        return CustomerRecord(
            account=self.account or ref,
            ref=ref,
            name=self.name,
            currency=self.currency,
            policy=self.policy,
            status=self.status,
            payment_terms_days=self.payment_terms_days,
            direct_debit=self.direct_debit,
            takes_discount=self.takes_discount,
            dunning_level=self.dunning_level,
            language=self.language.value,
            email=self.email,
            sales_contact=self.sales_contact,
        )


class CustomerAnswer(Answer):
    """A customer as it is stored."""

    customer: str
    account: str
    name: str
    currency: str
    policy: str
    status: str
    payment_terms_days: int | None
    direct_debit: bool
    takes_discount: bool
    dunning_level: int
    language: str
    email: str | None
    sales_contact: str | None

    @classmethod
    def of(cls, record: CustomerRecord) -> Self:
        """Describe a stored customer."""
        return cls(
            customer=record.ref,
            account=record.account,
            name=record.name,
            currency=record.currency,
            policy=record.policy,
            status=record.status,
            payment_terms_days=record.payment_terms_days,
            direct_debit=record.direct_debit,
            takes_discount=record.takes_discount,
            dunning_level=record.dunning_level,
            language=record.language,
            email=record.email,
            sales_contact=record.sales_contact,
        )


class LimitBody(Request):
    """A credit limit: an amount, or unlimited. Zero is no credit."""

    amount: AmountText | None = None
    currency: CurrencyCode
    unlimited: Flag = False
    valid_until: Day | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.unlimited and self.amount is not None:
            message = "An unlimited limit has no amount."
            raise refused_at("amount", code="amount_and_unlimited", message=message)
        if not self.unlimited and self.amount is None:
            message = "State an amount, or unlimited: true."
            raise refused_at("amount", code="required", message=message)
        self.record()
        return self

    def record(self) -> LimitRecord:
        """Give the limit as it is stored."""
        minor = None if self.amount is None else amount_minor(self.amount, self.currency, "amount")
        return LimitRecord(minor, self.valid_until, self.reason)


class LimitStated(Answer):
    """The limit now in force, with the account's number after the change."""

    account: str
    limit: LimitAnswer
    reason: str | None
    account_seq: int


class AccountLimit(LimitAnswer):
    """The limit in force, why, and since when."""

    reason: str | None
    set_at: Instant


class AccountExposure(Answer):
    """What the account's customers owe and have ordered; the parts add up to `total`."""

    currency: str
    invoices: str
    credit_notes: str
    payments: str
    open_orders: str
    reservations: str
    ignored_credit: str
    total: str
    overdue: str


class AccountAnswer(Answer):
    """A credit account as it stands now."""

    account: str
    currency: str
    limit: AccountLimit | None
    exposure: AccountExposure
    headroom: str | None
    policy: PolicyAnswer
    customers: list[str]
    seq: int
