"""What may be asked of the worklist."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from app.api.models.customers import Contact
from app.api.models.fields import amount_minor
from app.api.models.holds import HoldState
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.api.refs import Ref
from app.api.routes.pages import Page
from app.credit.rules import ReasonCode
from app.desk.worklist import Sorting

Hours = Annotated[int, Field(ge=0, le=87_840)]


class HoldQuery(Page):
    """Which holds to list, and in which order."""

    state: Annotated[list[HoldState], Field(min_length=1, max_length=9)] | None = None
    customer: Ref | None = None
    reason: ReasonCode | None = None
    order: Ref | None = None
    sales_contact: Contact | None = None
    assignee: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    assigned: bool | None = None
    ready: bool | None = None
    min_age_hours: Hours | None = None
    max_age_hours: Hours | None = None
    currency: CurrencyCode | None = None
    min_amount: AmountText | None = None
    max_amount: AmountText | None = None
    sort: Sorting = Sorting.OLDEST

    @model_validator(mode="after")
    def _says_in_which_currency(self) -> Self:
        for name in ("min_amount", "max_amount"):
            if self.minor(name) is None and getattr(self, name) is not None:
                message = "Amounts are compared in one currency; name it."
                raise refused_at("currency", code="required", message=message)
        return self

    def minor(self, name: str) -> int | None:
        """Give an amount that is asked for, in the currency's minor units."""
        text: str | None = getattr(self, name)
        if text is None or self.currency is None:
            return None
        return amount_minor(text, self.currency, name)
