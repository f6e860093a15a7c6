import json

from api.ledger_lines import counts, customer, delete, item, limit, order, problems
from support.service import Service, refusal
from support.tables import Connection, dump, require_sound


async def test_a_whole_customer_comes_in_one_body(
    service: Service, connection: Connection
) -> None:
    answer = await service.ledger(
        customer("C1"),
        limit("C1", "500.00", reason="annual review", valid_until="2999-12-31"),
        order("C1", "SO-1", "150.00"),
        item("C1", "I1", "100.00", due_on="2020-01-01", order="SO-1"),
        item("C1", "I2", "30.00"),
        delete("open_item", "C1", "I2"),
    )
    assert answer == {
        "lines": 6,
        "applied": 6,
        "unchanged": 0,
        "outdated": 0,
        "refused": 0,
        "problems": [],
    }
    account = await service.account("C1")
    assert (account["exposure"]["total"], account["headroom"]) == ("150.00", "350.00")
    assert account["limit"]["reason"] == "annual review"
    await require_sound(connection)


async def test_lines_are_counted_by_what_they_did(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00", version=5)
    await service.order("C1", "SO-1", "10.00", version=5)
    answer = await service.ledger(
        item("C1", "I1", version=5),
        item("C1", "I1", "99.00", version=4),
        order("C1", "SO-1", version=5),
        delete("order", "C1", "SO-1", version=4),
        item("C1", "I2"),
        delete("open_item", "C1", "NO-SUCH"),
        delete("order", "C1", "NO-SUCH"),
    )
    assert counts(answer) == {
        "lines": 7,
        "applied": 1,
        "unchanged": 2,
        "outdated": 2,
        "refused": 2,
    }
    assert problems(answer) == [(6, "open_item_unknown", []), (7, "order_unknown", [])]
    await require_sound(connection)


async def test_each_refused_line_is_named_with_its_problem_and_fails_no_other(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    answer = await service.ledger(
        item("C1", "I1"),
        "{not json}",
        item("C1", "I2", "1e3"),
        '{"put": "open_item", "put": "order"}',
        "[1, 2]",
        {"put": "open_item", "delete": "open_item"},
        {"customer": "C1"},
        {"put": "invoice", "customer": "C1"},
        item("C1", "I3", surprise=True),
        customer("C9", policy="no-such"),
        limit("C1", currency="USD"),
        limit("NOBODY"),
        {"put": "limit", "account": "C1", "currency": "EUR"},
        item(" C1", "I4"),
        item("C1", "I5", due_on="2026-02-30"),
        order("C1", "SO-1"),
    )
    assert counts(answer) == {
        "lines": 16,
        "applied": 2,
        "unchanged": 0,
        "outdated": 0,
        "refused": 14,
    }
    assert problems(answer) == [
        (2, "malformed_json", [""]),
        (3, "invalid_request", ["/amount"]),
        (4, "malformed_json", ["/put"]),
        (5, "invalid_request", [""]),
        (6, "invalid_request", [""]),
        (7, "invalid_request", [""]),
        (8, "invalid_request", [""]),
        (9, "invalid_request", ["/surprise"]),
        (10, "invalid_request", ["/policy"]),
        (11, "currency_conflict", []),
        (12, "account_unknown", []),
        (13, "invalid_request", ["/amount"]),
        (14, "invalid_request", ["/customer"]),
        (15, "invalid_request", ["/due_on"]),
    ]
    assert (await service.account("C1"))["exposure"]["total"] == "20.00"
    await require_sound(connection)


async def test_a_refused_line_says_what_a_single_statement_would_have_said(
    service: Service,
) -> None:
    answer = await service.ledger(item("NOBODY", "I1"))
    body = {"kind": "invoice", "amount": "10.00", "currency": "EUR"}
    alone = await service.client.put("/v1/customers/NOBODY/open-items/I1", json=body)
    single = alone.json()
    del single["request_id"]
    assert answer["problems"] == [{"line": 1, "problem": single}]


async def test_blank_lines_and_crlf_are_passed_over_and_counted_in_line_numbers(
    service: Service,
) -> None:
    await service.customer("C1")
    lines = ["", json.dumps(item("C1", "I1")) + "\r", "  \r", "oops\r", "", ""]
    answer = await service.ledger(*lines)
    assert (counts(answer)["lines"], counts(answer)["applied"]) == (2, 1)
    assert problems(answer) == [(4, "malformed_json", [""])]


async def test_an_empty_body_does_nothing(service: Service, connection: Connection) -> None:
    before = await dump(connection)
    answer = await service.ledger("")
    del before["source"]
    after = await dump(connection)
    del after["source"]
    assert set(counts(answer).values()) == {0}
    assert after == before


async def test_a_body_of_another_media_type_is_refused(service: Service) -> None:
    response = await service.client.post("/v1/ledger", json=item("C1", "I1"))
    assert refusal(response) == (415, "unsupported_media_type", [])


async def test_of_lines_about_the_same_document_the_last_one_counts(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    answer = await service.ledger(
        item("C1", "I1", "10.00", version=1, due_on="2020-01-01"),
        item("C1", "I1", "80.00", version=3, due_on="2021-01-01"),
        item("C1", "I1", "20.00", version=2),
        delete("open_item", "C1", "I1", version=3),
        item("C1", "I1", "70.00", version=4, due_on="2022-01-01"),
        order("C1", "SO-1", "5.00"),
        delete("order", "C1", "SO-1"),
    )
    assert (counts(answer)["applied"], counts(answer)["outdated"]) == (6, 1)
    assert (await service.account("C1"))["exposure"]["total"] == "70.00"
    await require_sound(connection)


async def test_an_account_with_many_lines_gets_one_number_for_all_of_them(
    service: Service,
) -> None:
    await service.customer("C1")
    seq = (await service.account("C1"))["seq"]
    await service.ledger(*(item("C1", f"I{n}", "1.00") for n in range(100)))
    account = await service.account("C1")
    assert (account["seq"], account["exposure"]["total"]) == (seq + 1, "100.00")


async def test_customers_and_limits_that_are_known_so_are_unchanged(
    service: Service, connection: Connection
) -> None:
    lines = [customer("C1"), limit("C1", "500.00", reason="annual review")]
    await service.ledger(*lines)
    before = await service.account("C1")

    again = await service.ledger(*lines, limit("C1", "500.00", reason="another"))

    assert (counts(again)["unchanged"], counts(again)["applied"]) == (2, 1)
    assert (await service.account("C1"))["seq"] == before["seq"] + 1
    await require_sound(connection)
