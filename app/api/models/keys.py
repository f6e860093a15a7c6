"""Callers' keys, as they are asked for and as they are shown."""

from typing import Annotated, Self

from pydantic import Field, PrivateAttr, model_validator

from app.api.models.fields import Answer, Instant, Person, Request, Text, amount_minor, currency_of
from app.api.money import AmountText, CurrencyCode
from app.api.permissions import Scope
from app.api.problems import refused_at
from app.credit.caller import DECIDING, Ceiling, Role, same_person
from app.credit.money import decimal_text
from app.desk.keys import IssuedKey, KeyRequest, StoredKey


class KeyBody(Request):
    """A key for a person, or for a system where `person` is null.

    `release_ceiling` is what the person may release at most; null is no limit of one's own.
    """

    name: Text
    person: Person | None = None
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))] = ()
    scopes: Annotated[tuple[Scope, ...], Field(max_length=len(Scope))] = ()
    release_ceiling: AmountText | None = None
    currency: CurrencyCode | None = None

    _ceiling: Ceiling | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.person is None and DECIDING & set(self.roles):
            message = "Must name a person: in these roles somebody answers for what is decided."
            raise refused_at("person", code="required", message=message)
        if not self.roles and not self.scopes:
            message = "Must have a role or a scope, or it opens nothing."
            raise refused_at("roles", code="required", message=message)
        if (self.release_ceiling is None) != (self.currency is None):
            missing = "currency" if self.currency is None else "release_ceiling"
            message = "A ceiling is an amount and its currency."
            raise refused_at(missing, code="required", message=message)
        if self.release_ceiling is not None and self.currency is not None:
            minor = amount_minor(self.release_ceiling, self.currency, "release_ceiling")
            self._ceiling = Ceiling(minor, self.currency)
        return self

    def request(self) -> KeyRequest:
        """Give it as the desk takes it."""
        return KeyRequest(
            name=self.name,
            person=None if self.person is None else same_person(self.person),
            roles=frozenset(self.roles),
            scopes=frozenset(scope.value for scope in self.scopes),
            ceiling=self._ceiling,
        )


class KeyAnswer(Answer):
    """A key as it is known; the key itself was told once."""

    id: str
    name: str
    person: str | None
    roles: list[str]
    scopes: list[str]
    release_ceiling: str | None
    currency: str | None
    created_at: Instant
    created_by: str
    revoked_at: Instant | None
    revoked_by: str | None

    @classmethod
    def of(cls, stored: StoredKey) -> Self:
        """Describe a stored key."""
        return cls(**_described(stored))


class IssuedKeyAnswer(KeyAnswer):
    """A new key. `key` is told this once, and is kept nowhere."""

    key: str

    @classmethod
    def issued(cls, issued: IssuedKey) -> Self:
        """Describe a new key."""
        return cls(key=issued.key, **_described(issued.stored))


class KeyList(Answer):
    """Keys, oldest first; revoked ones stay, as traces name them."""

    items: list[KeyAnswer]
    next_cursor: str | None


def _described(stored: StoredKey) -> dict[str, object]:
    ceiling_minor, currency = stored.release_ceiling_minor, stored.currency
    ceiling = None
    if ceiling_minor is not None and currency is not None:
        ceiling = decimal_text(ceiling_minor, currency_of(currency))
    return {
        "id": stored.id,
        "name": stored.name,
        "person": stored.person,
        "roles": list(stored.roles),
        "scopes": list(stored.scopes),
        "release_ceiling": ceiling,
        "currency": currency,
        "created_at": stored.created_at,
        "created_by": stored.created_by,
        "revoked_at": stored.revoked_at,
        "revoked_by": stored.revoked_by,
    }
