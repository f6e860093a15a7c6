"""Any history of statements, checks and moves: the service and a plain model agree all along."""

import os
from copy import deepcopy
from dataclasses import replace
from typing import Any

from flows.plain_model import Key, Model
from flows.world import (
    OWN,
    STEP_MIN,
    STEPS,
    Statement,
    World,
    a_world,
    amounts,
    customers,
    keys,
    line_of,
    money,
    order_amounts,
    statements,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.service import Service, asked
from support.tables import require_sound

from app.settings import Settings

DEPTH = int(os.environ.get("CREDITGATE_TEST_DEPTH", "1"))
"""How many times as deep as in the normal run; 50 is a good hour."""


class History(RuleBasedStateMachine):
    """One random history; after each step everything that can be seen is compared."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.model = Model(home=dict(OWN))
        self.moment = 0
        self.answers: dict[tuple[str, str, int], bytes] = {}
        world.run(world.start_anew())
        self.seqs = world.run(world.seqs())
        self.changed: set[str] = set()
        self.perhaps: set[str] = set()

    @property
    def service(self) -> Service:
        return self.world.services[self.moment]

    @rule(statement=statements)
    def state(self, statement: Statement) -> None:
        what, (customer, ref), _ = statement
        [(effect, account)] = self._stated_in_the_model([statement])
        line = line_of(statement)
        kind = "open-items" if what in {"item", "clear"} else "orders"
        path = f"/v1/customers/{customer}/{kind}/{ref}"
        body = {k: v for k, v in line.items() if k not in {"put", "delete", "customer", "ref"}}
        if "put" in line:
            response = self.world.run(self.service.client.put(path, json=body))
        else:
            query = {k: v for k, v in body.items() if v is not None}
            response = self.world.run(self.service.client.delete(path, params=query))
        if effect == "unknown":
            assert response.status_code == 404
            return
        assert response.json()["applied"] == (effect != "outdated")
        self._expect_change(account, effect)

    @rule(lines=st.lists(statements, min_size=2, max_size=6))
    def post_a_ledger(self, lines: list[Statement]) -> None:
        effects = self._stated_in_the_model(lines)
        answer = self.world.run(self.service.ledger(*map(line_of, lines)))
        told = [effect for effect, _ in effects]
        assert {name: answer[name] for name in ("applied", "unchanged", "outdated")} == {
            "applied": told.count("applied"),
            "unchanged": told.count("unchanged"),
            "outdated": told.count("outdated"),
        }
        assert answer["refused"] == told.count("unknown")
        for effect, account in effects:
            self._expect_change(account, effect)

    def _stated_in_the_model(self, lines: list[Statement]) -> list[tuple[str, str]]:
        """Give effect and account of each; orders that outgrew their grant are judged last."""
        effects: list[tuple[str, str]] = []
        outgrown: dict[Key, None] = {}
        for what, key, drawn in lines:
            value = deepcopy(drawn)
            match what:
                case "item":
                    effect = self.model.state_item(key, value)
                case "clear":
                    effect = self.model.clear_item(key, value)
                case "cancel":
                    effect = self.model.cancel_order(key, value)
                case _:
                    effect = self.model.state_order(key, *value)
                    if effect == "outgrown":
                        outgrown[key] = None
                    elif effect == "applied":
                        outgrown.pop(key, None)
            told = "applied" if effect == "outgrown" else effect
            effects.append((told, self.model.home[key[0]]))
        for key in outgrown:
            self.model.judge(key)
        return effects

    @rule(key=keys, revision=st.sampled_from([1, 2, 3]), amount=order_amounts)
    def check(self, key: Key, revision: int, amount: int) -> None:
        preview = self.world.run(self.service.preview(*key, money(amount), revision=revision))
        account = self.model.home[key[0]]
        expected = self.model.outcome(key, amount)
        effect = self.model.check(key, revision, amount)
        assert preview["outcome"] == expected
        body = asked(*key, money(amount), revision=revision)
        response = self.world.run(self.service.client.post("/v1/checks", json=body))
        if effect in {"conflict", "outdated"}:
            assert response.json()["code"] == f"order_revision_{effect}"
        elif effect == "replayed":
            assert response.content == self.answers[*key, revision]
        else:
            self.answers[*key, revision] = response.content
            self._is_as_previewed(response.json(), preview)
            self._expect_change(account, "applied")

    @rule(key=keys, amount=order_amounts)
    def check_the_next_revision(self, key: Key, amount: int) -> None:
        known = self.model.orders.get(key)
        self.check(key, 1 + ((known and known.revision) or 0), amount)

    @rule(key=keys, amount=amounts)
    def state_what_is_left_of_an_item(self, key: Key, amount: int) -> None:
        known = self.model.items.get(key)
        if known is not None and known.content is not None:
            stated = replace(known.content, amount=amount, version=known.version)
            self.state(("item", key, stated))

    def _is_as_previewed(self, answer: dict[str, Any], preview: dict[str, Any]) -> None:
        told = {"id", "account_seq", "reservation", "hold", "data"}
        assert {k: v for k, v in answer.items() if k not in told} == {
            k: v for k, v in preview.items() if k not in told
        }
        assert answer["account_seq"] == preview["account_seq"] + 1
        cents = {
            k: round(float(v) * 100) for k, v in answer["exposure"].items() if k != "currency"
        }
        parts = ("invoices", "credit_notes", "payments", "open_orders", "reservations")
        assert sum(cents[part] for part in parts) == cents["before"]
        assert cents["before"] + cents["this_order"] == cents["after"]

    @rule(
        account=st.sampled_from(["A", "GROUP"]),
        amount=st.sampled_from([0, 50_00, 100_00, 150_00, None]),
    )
    def set_limit(self, account: str, amount: int | None) -> None:
        said = {"unlimited": True} if amount is None else {"amount": money(amount)}
        body = {"currency": "EUR"} | said
        path = f"/v1/accounts/{account}/limit"
        response = self.world.run(self.service.client.put(path, json=body))
        if account not in self.model.home.values():
            assert response.status_code == 404
            return
        assert response.status_code == 200
        is_new = self.model.limits.get(account, "none yet") != amount
        self.model.limits[account] = amount
        self._expect_change(account, "applied" if is_new else "unchanged")

    @rule(customer=customers, account=st.sampled_from(["A", "GROUP"]))
    def move(self, customer: str, account: str) -> None:
        left = self.model.home[customer]
        self.world.run(self.service.customer(customer, account=account, limit=None))
        self.model.home[customer] = account
        effect = "unchanged" if account == left else "applied"
        self._expect_change(left, effect)
        self._expect_change(account, effect)

    @rule()
    def pass_time(self) -> None:
        if self.moment < STEPS - 1:
            self.moment += 1
            self.model.pass_time(STEP_MIN)

    def _expect_change(self, account: str, effect: str) -> None:
        """Expect a new number; what comes late may tell something of what was before."""
        if effect == "applied":
            self.changed.add(account)
        elif effect == "outdated":
            self.perhaps.add(account)

    @invariant()
    def the_totals_are_the_sums_of_the_details(self) -> None:
        self.world.run(require_sound(self.world.connection))

    @invariant()
    def an_account_gets_a_number_for_each_change_and_for_nothing_else(self) -> None:
        seqs = self.world.run(self.world.seqs())
        raised = {a for a, seq in seqs.items() if seq > self.seqs.get(a, -1)}
        assert self.changed <= raised <= self.changed | self.perhaps
        assert all(seq >= self.seqs.get(a, 0) for a, seq in seqs.items())
        self.seqs, self.changed, self.perhaps = seqs, set(), set()

    @invariant()
    def accounts_are_as_in_the_model(self) -> None:
        for account in sorted(set(self.model.home.values())):
            answer = self.world.run(self.service.account(account))
            total, limit = self.model.total(account), self.model.limits.get(account)
            parts = self.model.exposure(account) | {"total": total, "ignored_credit": 0}
            expected = {name: money(cents) for name, cents in parts.items()}
            assert answer["exposure"] == {"currency": "EUR"} | expected
            assert answer["headroom"] == (None if limit is None else money(limit - total))

    @invariant()
    def orders_are_as_in_the_model(self) -> None:
        for customer in OWN:
            found = self.world.run(self.service.get(f"/v1/customers/{customer}/orders"))["items"]
            told = {
                o["ref"]: (o["state"], o["counted"], o["reserved"], o["hold"] is not None)
                for o in found
            }
            expected = {
                ref: (order.state, money(order.counted), money(order.reserved), order.held)
                for (whose, ref), order in self.model.orders.items()
                if whose == customer and order.state != "unknown"
            }
            assert told == expected


def test_any_history_ends_as_the_model_says(service_settings: Settings) -> None:
    depth = settings(
        max_examples=40 * DEPTH,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with a_world(service_settings) as world:

        class InThisWorld(History):
            def __init__(self) -> None:
                super().__init__(world)

        run_state_machine_as_test(InThisWorld, settings=depth)
