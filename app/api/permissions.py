"""Who may call what: each route needs one scope, and roles stand for sets of scopes.

What somebody may do with a hold in its state says `app.credit.hold`; here it is only whether
they may come near holds at all.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from app.credit.caller import Role


class Scope(StrEnum):
    """What a key lets its holder do. Codes are part of the contract."""

    CHECKS_ASK = "checks:ask"
    CHECKS_READ = "checks:read"
    CHECKS_SHOP = "checks:shop"
    MASTER_READ = "master:read"
    MASTER_WRITE = "master:write"
    LIMITS_WRITE = "limits:write"
    LEDGER_READ = "ledger:read"
    LEDGER_WRITE = "ledger:write"
    PROMISES_WRITE = "promises:write"
    ORDERS_WRITE = "orders:write"
    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    HOLDS_READ = "holds:read"
    HOLDS_ACT = "holds:act"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    OUTBOX_READ = "outbox:read"
    OUTBOX_WRITE = "outbox:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"


NEEDED: Final[Mapping[str, Scope]] = {
    "check_order": Scope.CHECKS_ASK,
    "preview_order": Scope.CHECKS_ASK,
    "check_orders": Scope.CHECKS_ASK,
    "give_back_reservation": Scope.CHECKS_ASK,
    "list_checks": Scope.CHECKS_READ,
    "read_check": Scope.CHECKS_READ,
    "put_customer": Scope.MASTER_WRITE,
    "read_customer": Scope.MASTER_READ,
    "read_payment_behaviour": Scope.MASTER_READ,
    "put_limit": Scope.LIMITS_WRITE,
    "read_account": Scope.MASTER_READ,
    "put_open_item": Scope.LEDGER_WRITE,
    "put_open_items": Scope.LEDGER_WRITE,
    "clear_open_item": Scope.LEDGER_WRITE,
    "list_open_items": Scope.LEDGER_READ,
    "put_order": Scope.ORDERS_WRITE,
    "put_orders": Scope.LEDGER_WRITE,
    "cancel_order": Scope.ORDERS_WRITE,
    "list_orders": Scope.LEDGER_READ,
    "put_expected_payment": Scope.PROMISES_WRITE,
    "drop_expected_payment": Scope.PROMISES_WRITE,
    "read_expected_payment": Scope.LEDGER_READ,
    "list_expected_payments": Scope.LEDGER_READ,
    "post_ledger": Scope.LEDGER_WRITE,
    "post_import": Scope.LEDGER_WRITE,
    "list_imports": Scope.LEDGER_READ,
    "read_import": Scope.LEDGER_READ,
    "list_sources": Scope.LEDGER_READ,
    "read_source": Scope.LEDGER_READ,
    "put_source": Scope.LEDGER_WRITE,
    "put_policy": Scope.POLICIES_WRITE,
    "read_policy": Scope.POLICIES_READ,
    "list_policy_versions": Scope.POLICIES_READ,
    "list_holds": Scope.HOLDS_READ,
    "read_hold": Scope.HOLDS_READ,
    "release_hold": Scope.HOLDS_ACT,
    "refuse_hold": Scope.HOLDS_ACT,
    "escalate_hold": Scope.HOLDS_ACT,
    "decide_hold": Scope.HOLDS_ACT,
    "assign_hold": Scope.HOLDS_ACT,
    "comment_hold": Scope.HOLDS_ACT,
    "recheck_hold": Scope.HOLDS_ACT,
    "cancel_hold": Scope.HOLDS_ACT,
    "act_on_holds": Scope.HOLDS_ACT,
    "list_webhooks": Scope.WEBHOOKS_READ,
    "read_webhook": Scope.WEBHOOKS_READ,
    "list_deliveries": Scope.OUTBOX_READ,
    "read_delivery": Scope.OUTBOX_READ,
    "add_webhook": Scope.WEBHOOKS_WRITE,
    "put_webhook": Scope.WEBHOOKS_WRITE,
    "delete_webhook": Scope.WEBHOOKS_WRITE,
    "rotate_webhook_secret": Scope.WEBHOOKS_WRITE,
    "redeliver": Scope.OUTBOX_WRITE,
    "redeliver_dead": Scope.OUTBOX_WRITE,
    "issue_key": Scope.KEYS_WRITE,
    "revoke_key": Scope.KEYS_WRITE,
    "list_keys": Scope.KEYS_READ,
}
"""By operation, the scope that it needs; with a route that is not here nothing starts."""

_READING: Final = frozenset(
    {
        Scope.CHECKS_READ, Scope.MASTER_READ, Scope.LEDGER_READ, Scope.POLICIES_READ,
        Scope.HOLDS_READ,
    }
)  # fmt: skip
_ASKING: Final = _READING | {Scope.CHECKS_ASK, Scope.HOLDS_ACT}
_DECIDING: Final = _ASKING | {Scope.LIMITS_WRITE, Scope.PROMISES_WRITE}
_COMMITTEE: Final = _READING | {Scope.HOLDS_ACT}

SCOPES_OF: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.ORDER_ENTRY: _ASKING | {Scope.ORDERS_WRITE},
    Role.SALES: _ASKING | {Scope.PROMISES_WRITE},
    Role.CREDIT: _DECIDING,
    # Who answers for the desk sees whom its mails did not reach, and sends them again.
    Role.CREDIT_LEAD: _DECIDING | {Scope.OUTBOX_READ, Scope.OUTBOX_WRITE},
    Role.COMMITTEE_FINANCE: _COMMITTEE,
    Role.COMMITTEE_SALES: _COMMITTEE,
    Role.LEDGER: frozenset(
        {
            Scope.MASTER_READ, Scope.MASTER_WRITE, Scope.LIMITS_WRITE, Scope.LEDGER_READ,
            Scope.LEDGER_WRITE, Scope.ORDERS_WRITE, Scope.PROMISES_WRITE,
        }
    ),
    Role.SHOP: frozenset({Scope.CHECKS_SHOP}),
    # Who gives out keys does not decide: the matrix of holds has no cell for this role.
    Role.ADMIN: frozenset(Scope),
    Role.AUDITOR: _READING | {Scope.KEYS_READ, Scope.WEBHOOKS_READ, Scope.OUTBOX_READ},
}  # fmt: skip
"""What each role stands for."""


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Give all that these roles stand for."""
    return frozenset[str]().union(*(SCOPES_OF[role] for role in roles))


def roles_with(scope: Scope) -> list[Role]:
    """Give the roles that have this scope."""
    return [role for role in Role if scope in SCOPES_OF[role]]


class UnmappedRouteError(Exception):
    """A route says nowhere who may call it."""


def require_mapped(operations: Iterable[str]) -> None:
    """Raise `UnmappedRouteError` unless each operation has the scope that it needs."""
    unmapped = sorted(set(operations) - set(NEEDED))
    if unmapped:
        raise UnmappedRouteError(f"Nobody may call {', '.join(unmapped)}: not in NEEDED.")
