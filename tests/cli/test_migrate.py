from support.commands import run

from app.storage import schema


def test_it_says_what_it_did_and_needs_no_key(empty_database_url: str) -> None:
    first = run("migrate", database_url=empty_database_url)
    again = run("migrate", database_url=empty_database_url)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert first.stdout == f"The schema went from none to {schema.head()}.\n"
    assert again.stdout == f"The schema is at {schema.head()} already; nothing was changed.\n"


def test_a_revision_that_is_not_known_is_refused(empty_database_url: str) -> None:
    done = run("migrate", "--to", "4711", database_url=empty_database_url)
    assert done.returncode == 64
    assert done.stderr.startswith("creditgate: Nothing was changed: ")


def test_without_an_address_it_says_which_setting_is_missing() -> None:
    done = run("migrate")
    assert done.returncode == 78
    assert done.stderr.startswith("creditgate: CREDITGATE_DATABASE_URL is not set.")
    assert done.stderr.count("\n") == 1
