"""Small histories made by hand, with the database that belongs to them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from prove.client import money
from prove.evidence import TABLES, Evidence, Row
from prove.history import Answer, Attempt, Operation, Story

ACCOUNT = "A"
LIMIT_MINOR = 10_000
MINUTE_US = 60_000_000
SECOND_US = 1_000_000
POLICY = {
    "reservation_minutes": 1,
    "rules": {
        "limit": {"mode": "hard", "tolerance_percent": "0", "boundary": "exceeded"},
        "limit_near": {"mode": "off", "at_percent": "90"},
    },
}


@dataclass(slots=True)
class Tale:
    """An account with a limit of 100.00, told step by step; a step takes one second."""

    stories: dict[str, Story] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    seq: int = 0
    now: int = 0

    @classmethod
    def begun(cls) -> "Tale":
        tale = cls()
        policy = {"name": "proof", "version": 1, "created_at": 0, "document": POLICY}
        tale.tables["policy"].append(policy)
        tale.tables["credit_account"].append({"ref": ACCOUNT, "seq": 0, "trifle_minor": 0})
        facts = {"amount_minor": LIMIT_MINOR, "reason": "limit-1"}
        tale.journal("limit", facts, {"body": {"amount": money(LIMIT_MINOR)}, "ref": "limit-1"})
        return tale

    def _next(self) -> int:
        self.seq += 1
        self.now += SECOND_US
        self.tables["credit_account"][0]["seq"] = self.seq
        return self.seq

    def told(self, kind: str, answer: Answer, **operation: Any) -> Story:
        """Have a client ask and be answered, within this step's second."""
        named: dict[str, Any] = {
            "customer": ACCOUNT,
            "ref": "",
            "number": 0,
            "method": "",
            "path": "",
        }
        named |= {"id": f"op-{len(self.stories) + 1}", "kind": kind, "account": ACCOUNT}
        asked = Operation(**(named | operation))
        started_ns = self.now * 1000
        story = Story(asked, [Attempt(started_ns, started_ns + 1000, answer)])
        self.stories[asked.id] = story
        return story

    def journal(self, kind: str, facts: Row, operation: dict[str, Any]) -> Story:
        """Add an entry that somebody asked for."""
        seq = self._next()
        self.tables["journal"].append(
            {"account": ACCOUNT, "seq": seq, "kind": kind, "facts": facts, "recorded_at": self.now}
        )
        body = json.dumps({"account_seq": seq, "applied": True})
        return self.told(operation.pop("kind", kind), Answer(200, body), **operation)

    def decide(self, name: str, amount: int, before: int, outcome: str) -> Story:
        """Add a decision as the service would write it; SO-1/2 is revision 2 of SO-1."""
        seq = self._next()
        ref, _, revision = name.partition("/")
        answer = self._answer(seq, ref, (amount, before), outcome)
        answer["order"]["revision"] = number = int(revision or 1)
        text = json.dumps(answer)
        self.tables["decision"].append(
            {"account": ACCOUNT, "seq": seq, "id": f"chk_{seq}", "customer": ACCOUNT,
             "order_ref": ref, "revision": number, "outcome": outcome, "answer": text,
             "decided_at": self.now}
        )  # fmt: skip
        self._line(seq, ref, amount, outcome)
        asked = {"ref": ref, "number": number, "body": {"order": answer["order"]}}
        return self.told("check", Answer(200, text), **asked)

    def state(self, ref: str, amount: int) -> Story:
        """Add the ERP's word for an order that was granted at least as much."""
        (line,) = (line for line in self.tables["sales_order"] if line["ref"] == ref)
        line |= {"stated_minor": amount, "admitted_minor": amount, "counted_minor": amount}
        line |= {"reserved_minor": 0, "reserved_until": None, "version": 1}
        facts = {"items": [], "orders": [line | {"cancelled": False}]}
        stated = {"kind": "order", "ref": ref, "number": 1, "body": {"amount": money(amount)}}
        return self.journal("posting", facts, stated)

    def owe(self, ref: str, amount: int, due_on: str) -> tuple[Row, Row]:
        """Add an invoice; gives it as it is stored, and as it is in the journal."""
        item = {"customer": ACCOUNT, "ref": ref, "kind": "invoice", "amount_minor": amount,
                "order_ref": None, "due_on": due_on, "version": 1}  # fmt: skip
        facts = item | {"cleared": False}
        row = item | {"account": ACCOUNT, "cleared_at": None}
        self.tables["open_item"].append(row)
        for grain, starts_on in (("day", due_on), ("month", f"{due_on[:7]}-01")):
            total = {"account": ACCOUNT, "series": "due", "grain": grain, "starts_on": starts_on}
            self.tables["calendar_total"].append(total | {"amount_minor": amount, "documents": 1})
        body = {"kind": "invoice", "amount": money(amount), "due_on": due_on}
        stated = {"kind": "item", "ref": ref, "number": 1, "body": body}
        self.journal("posting", {"items": [facts], "orders": []}, stated)
        return row, facts

    def previewed(self, ref: str, amount: int, before: int, outcome: str) -> Row:
        """Give what a preview answers at the present number."""
        answer = self._answer(self.seq, ref, (amount, before), outcome)
        return answer | dict.fromkeys(("id", "reservation", "hold"))

    def _answer(self, seq: int, ref: str, figures: tuple[int, int], outcome: str) -> Row:
        amount, before = figures
        held = outcome == "hold"
        over = max(0, before + amount - LIMIT_MINOR) if held else 0
        parts = dict.fromkeys(("invoices", "credit_notes", "payments", "open_orders"), "0.00")
        codes = ["limit_exceeded" if held else "release_applied"]
        after = {"this_order": money(amount), "after": money(before + amount)}
        expires_at = _text(self.now + MINUTE_US)
        return {
            "id": f"chk_{seq}", "outcome": outcome, "account_seq": seq,
            "decided_at": _text(self.now), "policy": {"name": "proof", "version": 1},
            "order": {"ref": ref, "revision": 1, "amount": money(amount)},
            "limit": {"amount": money(LIMIT_MINOR)}, "may_ship": not held,
            "headroom": signed(LIMIT_MINOR - before),
            "shippable_amount": money(amount - min(over, amount)),
            "required_prepayment": money(min(over, amount)),
            "exposure": parts | after | {"reservations": money(before), "before": money(before)},
            "reasons": [{"code": code} for code in codes if before + amount > LIMIT_MINOR],
            "reservation": None if held else {"amount": money(amount), "expires_at": expires_at},
            "hold": {"id": f"hld_{seq}"} if held else None,
        }  # fmt: skip

    def _line(self, seq: int, ref: str, amount: int, outcome: str) -> None:
        held = outcome == "hold"
        granted = 0 if held else amount
        self.tables["sales_order"].append(
            {"account": ACCOUNT, "customer": ACCOUNT, "ref": ref, "revision": 1,
             "check_id": f"chk_{seq}", "hold_id": f"hld_{seq}" if held else None,
             "granted_minor": granted, "granted_credit_minor": granted, "reserved_minor": granted,
             "reserved_until": None if held else self.now + MINUTE_US, "stated_minor": None,
             "admitted_minor": 0, "invoiced_minor": 0, "invoiced_before_minor": 0,
             "ship_date": None, "version": None, "counted_minor": 0, "cancelled_at": None}
        )  # fmt: skip
        if held:
            hold = {"account": ACCOUNT, "id": f"hld_{seq}", "check_id": f"chk_{seq}"}
            self.tables["hold"].append(hold | {"state": "open"})

    def alter(self, story: Story, *, exposure: dict[str, str]) -> None:
        """Let a decision show other parts of the exposure."""
        (row,) = (r for r in self.tables["decision"] if r["order_ref"] == story.operation.ref)
        answer = json.loads(row["answer"])
        answer["exposure"] |= exposure
        row["answer"] = json.dumps(answer)
        story.attempts[0].answer = Answer(200, row["answer"])

    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND_US

    def evidence(self) -> Evidence:
        """Give what the checker gets, the account's totals added up."""
        reserved = sum(line["reserved_minor"] for line in self.tables["sales_order"])
        owed = sum(item["amount_minor"] for item in self.tables["open_item"])
        totals = dict.fromkeys(("credit_notes_minor", "payments_minor"), 0)
        totals["invoices_minor"] = owed
        ordered = sum(line["counted_minor"] for line in self.tables["sales_order"])
        totals |= {"orders_minor": ordered, "reservations_minor": reserved}
        account = self.tables["credit_account"][0]
        self.tables["credit_account"][0] = totals | account
        return Evidence(self.stories, self.tables)


def signed(minor: int) -> str:
    """Give cents, below zero too."""
    return money(minor) if minor >= 0 else f"-{money(-minor)}"


def _text(microseconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="milliseconds")
