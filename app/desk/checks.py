"""The check: read once, decide, write once."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import uuid_utils

from app.credit.account import Account, Position
from app.credit.commitment import Commitment
from app.credit.decision import Decision, Reservation, decide
from app.credit.judgement import Outcome
from app.credit.order import Order
from app.desk.acting import acting_name, acting_person
from app.desk.calendar import Calendar
from app.desk.directory import Directory
from app.desk.outcomes import commitment_after, hold_entry, reserved_until
from app.desk.shelf import PolicyShelf
from app.desk.turns import Turns
from app.desk.work import Deadline, Work
from app.storage import decisions, positions
from app.storage.database import Connection, StorageUnavailableError
from app.storage.decisions import DecisionEntry
from app.storage.positions import Question, Reading

OPTIMISTIC_ATTEMPTS = 3
"""How often a check is tried without a lock before it takes the account's row."""

LOCKED_ATTEMPTS = 3
"""How often it is tried with the row locked: the customer may have moved in between."""

RETRY_PAUSE_S = 0.002
"""The longest pause before the first retry, in seconds; it doubles with each."""


class Channel(StrEnum):
    """Where the question comes from."""

    ERP = "erp"
    SHOP = "shop"
    DESK = "desk"
    OTHER = "other"


class OrderRevisionConflictError(Exception):
    """This revision of the order was decided already, with other content."""


class OrderRevisionOutdatedError(Exception):
    """A newer revision of the order was decided already."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `fingerprint` is equal for equal questions about the order.

    `entered_by` is who enters the order, where a system asks for a person.
    """

    customer: str
    order: Order
    fingerprint: bytes
    channel: Channel | None = None
    entered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """How a decision is told: the whole answer, and the part of it that a hold keeps."""

    answer: Callable[[Decision], str]
    picture: Callable[[Decision], str]


@dataclass(frozen=True, slots=True)
class Answered:
    """The stored answer; `replayed` when it had been given before."""

    answer: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A question on its way: how its answer is worded, and by when it is due."""

    ask: Ask
    wording: Wording
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Checks:
    """Decides orders. What is answered is what is stored, and it is stored before it is sent."""

    work: Work
    shelf: PolicyShelf
    directory: Directory
    calendar: Calendar
    turns: Turns

    async def preview(self, ask: Ask) -> Decision:
        """Decide without writing anything."""
        return await self.work.reading(lambda connection: self._preview(connection, ask))

    async def _preview(self, connection: Connection, ask: Ask) -> Decision:
        reading = await self._read(connection, ask)
        position = await self._position(connection, ask, reading)
        seq = position.account.seq
        order = _as_invoiced(ask.order, reading)
        return Decision(ask.customer, order, position, decide(order, position), seq)

    async def check(self, ask: Ask, wording: Wording) -> Answered:
        """Decide, and record the decision with its reservation or hold.

        Optimistic at first: written only if the account is still as it was read. An account on
        which that fails a few times is locked, so that its checks queue up fairly.
        """
        return await self.work.tried(lambda deadline: self._in_turn(Task(ask, wording, deadline)))

    async def _in_turn(self, task: Task) -> Answered:
        async with self.turns.taken(self.directory.guess(task.ask.customer)):
            for attempt in range(OPTIMISTIC_ATTEMPTS):
                async with self.work.database.connection() as connection:
                    answered = await self._attempt(connection, task)
                if answered is not None:
                    return answered
                await asyncio.sleep(random.uniform(0, RETRY_PAUSE_S * 2**attempt))  # noqa: S311
            return await self._check_locked(task)

    async def _check_locked(self, task: Task) -> Answered:
        customer = task.ask.customer
        for _ in range(LOCKED_ATTEMPTS):
            async with self.work.database.transaction() as connection:
                account = await self.directory.look_up(connection, customer) or customer
                await decisions.lock_account(connection, account)
                answered = await self._attempt(connection, task)
            if answered is not None:
                return answered
        raise StorageUnavailableError("the account kept changing")

    async def _attempt(self, connection: Connection, task: Task) -> Answered | None:
        """Try once; `None` when the account moved on between the reading and the writing."""
        ask = task.ask
        reading = await self._read(connection, ask)
        if reading.earlier is not None:
            if reading.earlier.fingerprint != ask.fingerprint:
                raise OrderRevisionConflictError(ask.order.ref)
            return Answered(reading.earlier.answer, replayed=True)
        if _is_outdated(ask.order, reading.stored):
            raise OrderRevisionOutdatedError(ask.order.ref)
        position = await self._position(connection, ask, reading)
        if reading.account is None:
            await self._open_account(connection, position)
            return None
        entry = _entry(task, position, reading)
        written = await decisions.record(connection, entry)
        return Answered(entry.answer, replayed=False) if written else None

    async def _read(self, connection: Connection, ask: Ask) -> Reading:
        """Read where the customer is thought to be; if it is not there, look it up."""
        guess = self.directory.guess(ask.customer)
        reading = await positions.read(connection, self._question(ask, guess))
        if reading.customer is not None:
            return reading
        account = await self.directory.look_up(connection, ask.customer) or ask.customer
        return await positions.read(connection, self._question(ask, account))

    def _question(self, ask: Ask, account: str) -> Question:
        return Question(
            account=account,
            customer=ask.customer,
            order_ref=ask.order.ref,
            revision=ask.order.revision,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )

    async def _position(self, connection: Connection, ask: Ask, reading: Reading) -> Position:
        policy = await self.shelf.rules(connection, reading.policy_key)
        return reading.position(policy, _account_asked(ask, reading))

    async def _open_account(self, connection: Connection, position: Position) -> None:
        account = position.account
        await decisions.open_account(
            connection,
            account.ref,
            currency=account.currency.code,
            exponent=account.currency.exponent,
            policy=position.policy.name,
        )


def _account_asked(ask: Ask, reading: Reading) -> Account:
    """Give the account; an unknown customer's is empty, whoever else's ref it may share."""
    if reading.account is None:
        return Account(ask.customer, 0, ask.order.currency)
    if reading.customer is None:
        return Account(reading.account.ref, reading.account.seq, reading.account.currency)
    return reading.account


def _is_outdated(order: Order, known: Commitment | None) -> bool:
    return known is not None and known.revision is not None and order.revision < known.revision


def _entry(task: Task, position: Position, reading: Reading) -> DecisionEntry:
    """Work out everything that the check writes."""
    ask, wording = task.ask, task.wording
    decision = _decision(ask, position, reading)
    entered_by = acting_person() or ask.entered_by
    assert decision.id is not None, "a recorded decision has an id"
    commitment = commitment_after(decision, reading.commitment)
    reserved_before_minor = 0 if reading.stored is None else reading.stored.reserved_minor
    judgement = decision.verdict.judgement
    return DecisionEntry(
        id=decision.id,
        account=position.account.ref,
        seq=position.account.seq,
        revision=ask.order.revision,
        outcome=judgement.outcome.value,
        answer=wording.answer(decision),
        fingerprint=ask.fingerprint,
        channel=ask.channel,
        decided_at=position.now,
        due_by=task.deadline.by_clock(reading.clock),
        amount_minor=ask.order.amount_minor,
        currency=ask.order.currency.code,
        commitment=commitment,
        reservations_change_minor=(
            commitment.reserved_minor - reserved_before_minor - reading.lapsed_minor
        ),
        hold=(
            None if decision.hold_id is None else hold_entry(decision, wording.picture(decision))
        ),
        entered_by=entered_by,
        by=entered_by or acting_name(),
    )


def _as_invoiced(order: Order, reading: Reading) -> Order:
    """Give the order as far as its invoices are known: they count among the open items."""
    known = reading.commitment
    if known is None:
        return order
    return replace(order, invoiced_minor=known.invoiced_in(order.currency.code))


def _decision(ask: Ask, position: Position, reading: Reading) -> Decision:
    order, known = _as_invoiced(ask.order, reading), reading.commitment
    verdict = decide(order, position)
    decision = Decision(
        customer=ask.customer,
        order=order,
        position=position,
        verdict=verdict,
        account_seq=position.account.seq + 1,
        id=f"chk_{uuid_utils.uuid7().hex}",
    )
    if verdict.judgement.outcome is Outcome.HOLD:
        return replace(decision, hold_id=f"hld_{uuid_utils.uuid7().hex}")
    amount_minor = verdict.judgement.exposure.this_order_minor
    return replace(
        decision, reservation=Reservation(amount_minor, reserved_until(decision, known))
    )
