"""What a seller does next: each deed is a request or a few of them, on some order of its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from prove import bulk, masters, sales
from prove.client import Client, in_euro, minor
from prove.history import Operation
from prove.sales import Sale

MIX: dict[str, float] = {
    "ask": 40, "ask_again": 8, "ask_twice_at_once": 4, "revise": 12, "confirm": 10,
    "confirm_out_of_order": 3, "confirm_while_asking": 3, "grow": 3, "shrink": 4, "invoice": 8,
    "owe": 4, "settle": 14, "cancel": 16, "cancel_while_asking": 2, "give_back": 6,
    "give_back_twice": 1, "set_limit": 1, "just_over": 3, "change_policy": 0.1,
    "ask_in_batch": 2, "preview": 3, "preview_in_batch": 0.5, "confirm_in_bulk": 2,
}  # fmt: skip
"""How often which deed is done, in proportion."""

PREPAID_SHARE = 0.05
KEYED_SHARE = 0.1
ABANDON_HELD_SHARE = 0.5
RESEND_SHARE = 0.2
FORGET_SHARE = 0.9
KNOWN_SHARE = 0.5
IN_ONE_MAX = 4


@dataclass(slots=True)
class Seller:
    """A client with its orders and the open items that it has stated."""

    client: Client
    pick: Callable[[random.Random], tuple[str, str]]
    book: list[Sale] = field(default_factory=list)
    items: list[tuple[Sale, str, int]] = field(default_factory=list)

    def _new_sale(self) -> Sale:
        account, customer = self.pick(self.client.chance)
        amount_minor = self.client.chance.randint(1_000, 30_000)
        return Sale(account, customer, self.client.next_name("SO"), amount_minor)

    def _some_sale(self) -> Sale | None:
        return self.client.chance.choice(self.book) if self.book else None

    async def ask(self) -> None:
        sale = self._new_sale()
        await self._check(sale)
        self.book.append(sale)
        if sale.held and self.client.chance.random() < ABANDON_HELD_SHARE:
            await self._end(sale)

    async def _check(self, sale: Sale) -> None:
        chance = self.client.chance
        prepaid_minor = sale.amount_minor // 3 if chance.random() < PREPAID_SHARE else 0
        asked = sales.check(
            self.client,
            sale,
            prepaid_minor=prepaid_minor,
            keyed=chance.random() < KEYED_SHARE,
        )
        self._note(sale, (await self._counted(asked))[0])

    async def _counted(self, *operations: Operation) -> list[dict[str, object]]:
        answers = await self.client.at_once(*operations)
        self.client.counts["checks"] += len({o.id for o in operations if o.kind == "check"})
        return [answer.document for answer in answers]

    def _note(self, sale: Sale, document: dict[str, object]) -> None:
        sale.check_id = str(document.get("id", sale.check_id))
        sale.held = document.get("outcome") == "hold"

    async def ask_again(self) -> None:
        sale = self._some_sale()
        if sale is not None and sale.last_check is not None:
            await self.client.at_once(sale.last_check)

    async def ask_twice_at_once(self) -> None:
        sale = self._new_sale()
        asked = sales.check(self.client, sale)
        self._note(sale, (await self._counted(asked, asked))[0])
        self.book.append(sale)

    async def ask_in_batch(self) -> None:
        new = [self._new_sale() for _ in range(self.client.chance.randint(2, IN_ONE_MAX))]
        asked = [sales.check(self.client, sale) for sale in new]
        answers = await self.client.perform_as(bulk.batch(asked), asked)
        self.client.counts["checks"] += len(asked)
        for sale, answer in zip(new, answers, strict=True):
            self._note(sale, answer.document)
            self.book.append(sale)

    async def preview(self) -> None:
        await self.client.perform(sales.preview(self.client, self._previewed()))

    def _previewed(self) -> Sale:
        known = self._some_sale() if self.client.chance.random() < KNOWN_SHARE else None
        return known or self._new_sale()

    async def preview_in_batch(self) -> None:
        asked = [sales.preview(self.client, self._previewed()) for _ in range(IN_ONE_MAX)]
        await self.client.perform_as(bulk.batch(asked), asked)

    async def confirm_in_bulk(self) -> None:
        """State orders together: of each account one, as an entry is for one document."""
        chosen = list({sale.account: sale for sale in self.book}.values())[:IN_ONE_MAX]
        if chosen:
            stated = [
                sales.confirm(self.client, sale, sale.amount_minor, sale.next_version())
                for sale in chosen
            ]
            await self.client.perform_as(bulk.ledger(stated), stated)
        for sale in chosen:
            sale.stated = True

    async def revise(self) -> None:
        sale = self._some_sale()
        if sale is None:
            return await self.ask()
        sale.revision += 1
        factor = self.client.chance.choice([0.5, 0.9, 1.0, 1.2, 1.6])
        sale.amount_minor = max(1, int(sale.amount_minor * factor))
        return await self._check(sale)

    async def confirm(self) -> None:
        sale = self._some_sale()
        if sale is not None:
            amount_minor, version = sale.amount_minor, sale.next_version()
            await self.client.perform(sales.confirm(self.client, sale, amount_minor, version))
            sale.stated = True

    async def confirm_out_of_order(self) -> None:
        sale = self._some_sale()
        if sale is None:
            return
        earlier, later = sale.next_version(), sale.next_version()
        amount_minor = sale.amount_minor
        await self.client.perform(sales.confirm(self.client, sale, amount_minor, later))
        await self.client.perform(sales.confirm(self.client, sale, amount_minor + 500, earlier))
        sale.stated = True

    async def confirm_while_asking(self) -> None:
        sale = self._new_sale()
        asked = sales.check(self.client, sale)
        stated = sales.confirm(self.client, sale, sale.amount_minor, sale.next_version())
        both = [asked, stated]
        self.client.chance.shuffle(both)
        documents = await self._counted(*both)
        self._note(sale, documents[both.index(asked)])
        sale.stated = True
        self.book.append(sale)

    async def grow(self) -> None:
        sale = self._some_sale()
        if sale is not None:
            grown_minor, version = sale.amount_minor + 2_500, sale.next_version()
            await self.client.perform(sales.confirm(self.client, sale, grown_minor, version))
            sale.stated = True

    async def shrink(self) -> None:
        sale = self._some_sale()
        if sale is not None:
            half_minor, version = sale.amount_minor // 2, sale.next_version()
            await self.client.perform(sales.confirm(self.client, sale, half_minor, version))
            sale.stated = True

    async def invoice(self) -> None:
        sale = self._some_sale()
        if sale is None:
            return
        share = self.client.chance.choice([0.3, 0.5, 1.0])
        amount_minor = max(1, int(sale.amount_minor * share))
        due_on = f"2026-12-{self.client.chance.randint(1, 28):02d}"
        body = in_euro(amount_minor, kind="invoice", order=sale.ref, due_on=due_on)
        ref = self.client.next_name("RE")
        await self.client.perform(sales.state_item(self.client, sale, ref, 1, **body))
        self.items.append((sale, ref, 1))

    async def owe(self) -> None:
        sale = self._new_sale()
        kind = self.client.chance.choice(["invoice", "invoice", "credit_note", "payment"])
        body = in_euro(sale.amount_minor // 2, kind=kind)
        ref = self.client.next_name("IT")
        await self.client.perform(sales.state_item(self.client, sale, ref, 1, **body))
        self.items.append((sale, ref, 1))

    async def settle(self) -> None:
        if self.items:
            index = self.client.chance.randrange(len(self.items))
            sale, ref, version = self.items.pop(index)
            cleared = sales.clear_item(self.client, sale, ref, version + 1)
            await self.client.perform(cleared)

    async def cancel(self) -> None:
        sale = self._some_sale()
        if sale is not None:
            await self._end(sale)

    async def _end(self, sale: Sale) -> None:
        await self.client.perform(sales.cancel(self.client, sale))
        if sale in self.book and self.client.chance.random() < FORGET_SHARE:
            self.book.remove(sale)

    async def tidy(self, most: int) -> None:
        """Cancel the oldest orders that count for good; reservations lapse by themselves."""
        while len(self.book) > most:
            sale = self.book.pop(0)
            if sale.stated:
                await self.client.perform(sales.cancel(self.client, sale))

    async def cancel_while_asking(self) -> None:
        sale = self._some_sale()
        if sale is not None:
            sale.revision += 1
            both = [sales.check(self.client, sale), sales.cancel(self.client, sale)]
            self._note(sale, (await self._counted(*both))[0])

    async def give_back(self) -> None:
        sale = self._some_sale()
        if sale is not None and sale.check_id:
            given = sales.give_back(self.client, sale)
            sale.check_id = ""
            await self.client.perform(given)
            if self.client.chance.random() < RESEND_SHARE:
                await self.client.perform(given)

    async def give_back_twice(self) -> None:
        sale = self._some_sale()
        if sale is not None and sale.check_id:
            given = sales.give_back(self.client, sale)
            sale.check_id = ""
            await self.client.at_once(given, given)

    async def set_limit(self) -> None:
        account, _ = self.pick(self.client.chance)
        usual_minor = 500_000 if account == "HOT" else 100_000
        minor = int(usual_minor * self.client.chance.choice([0.7, 0.9, 1.0, 1.0, 1.1]))
        await self.client.perform(masters.limit(self.client, account, minor))

    async def just_over(self) -> None:
        """Ask for too much, then for exactly what is left or a little more."""
        sale = self._new_sale()
        sale.amount_minor = 10_000_000
        (document,) = await self._counted(sales.check(self.client, sale))
        left_minor = minor(str(document["headroom"])) if document.get("headroom") else 0
        sale.revision += 1
        sale.amount_minor = max(1, left_minor + self.client.chance.choice([0, 0, 1, 50]))
        await self._check(sale)
        if sale.held:
            await self._end(sale)
        else:
            self.book.append(sale)

    async def change_policy(self) -> None:
        document = masters.policy_document(self.client.chance)
        await self.client.perform(masters.policy(self.client, document))
