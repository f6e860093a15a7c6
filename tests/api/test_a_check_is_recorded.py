import httpx2
from support.service import Service, asked


async def test_a_repeated_check_gets_the_stored_answer_byte_for_byte(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    body = asked("C1", "SO-1", "60.00")

    first = await service.client.post("/v1/checks", json=body)
    again = await service.client.post("/v1/checks", json=body)

    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


async def test_other_content_under_the_same_revision_is_a_conflict(
    client: httpx2.AsyncClient,
) -> None:
    await client.post("/v1/checks", json=asked("C1", "SO-1", "60.00"))

    answer = await client.post("/v1/checks", json=asked("C1", "SO-1", "61.00"))

    assert (answer.status_code, answer.json()["code"]) == (409, "order_revision_conflict")
