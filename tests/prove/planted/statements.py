"""Defects in statements: guards that do not guard, numbers and totals that stay behind.

The first four are the natural single statements that grant 130 on a limit of 100
(research/reliability.md 3.2): each sums on the snapshot that it began with.
"""

from functools import partial

from prove.planted.defect import Defect, rewrite, swap

from app.storage import accounts, decisions, positions, postings

GUARD = "WHERE a.ref = asked.account AND a.seq = asked.seq\n           AND"
FROM_GUARD = f"FROM asked\n         {GUARD}"
HEAD = "), guard AS (\n        UPDATE credit_account a\n"
USED = "SELECT coalesce(sum(o.counted_minor + o.reserved_minor), 0) FROM sales_order o"
FITS = "$2::bigint IS NOT NULL AND ($14::text IS NOT NULL OR ({used}) + $17 <= limit_minor) AND"
OVERLAP: tuple[str, ...] = ("hot account held briefly",)

in_decision = partial(rewrite, decisions, "RECORD_DECISION")
in_posting = partial(rewrite, postings, "RECORD_POSTING")


def sum_in_update() -> None:
    fits = FITS.format(used=f"{USED} WHERE o.account = $1")
    in_decision(GUARD, f"WHERE a.ref = asked.account AND {fits}")


def correlated_sum_in_update() -> None:
    fits = FITS.format(used=f"{USED} WHERE o.account = a.ref")
    in_decision(GUARD, f"WHERE a.ref = asked.account AND {fits}")


def lock_then_sum_in_one_statement() -> None:
    _with_locked("SELECT a.ref AS locked_ref FROM credit_account a WHERE a.ref = $1 FOR UPDATE")
    fits = FITS.format(used=f"{USED} WHERE o.account = $1")
    in_decision(FROM_GUARD, f"FROM asked, locked WHERE a.ref = locked.locked_ref AND {fits}")


def sum_beside_the_lock() -> None:
    used = f"({USED} WHERE o.account = a.ref) AS used"
    _with_locked(
        f"SELECT a.ref AS locked_ref, {used} FROM credit_account a"  # noqa: S608 - ours alone
        " WHERE a.ref = $1 FOR UPDATE OF a"
    )
    fits = FITS.format(used="locked.used")
    in_decision(FROM_GUARD, f"FROM asked, locked WHERE a.ref = locked.locked_ref AND {fits}")


def _with_locked(select: str) -> None:
    in_decision(HEAD, HEAD.replace("guard AS", f"locked AS MATERIALIZED ({select}), guard AS"))


def guard_without_seq() -> None:
    in_decision(GUARD, "WHERE a.ref = asked.account AND asked.seq IS NOT NULL AND")


def posting_without_lock() -> None:
    rewrite(postings, "LOCK_FOR_POSTING", "FOR UPDATE OF a", "")


def posting_without_seq() -> None:
    in_posting("SET seq = seq + 1,", "SET seq = seq,")
    in_posting("FROM account\n    )\n    SELECT", "FROM account WHERE false\n    )\n    SELECT")


def posting_without_totals() -> None:
    in_posting("orders_minor + $5::bigint", "orders_minor + 0 * $5::bigint")


def days_without_months() -> None:
    swap(postings, "_grains", lambda day: (("day", day.on),))


def limit_without_seq() -> None:
    unseen = "FROM account ON CONFLICT (account, seq) DO UPDATE SET kind = journal.kind"
    rewrite(accounts, "SET_LIMIT", "SET seq = seq + 1,", "SET seq = seq,")
    rewrite(accounts, "SET_LIMIT", "FROM account RETURNING", f"{unseen} RETURNING")


def lapsed_still_counts() -> None:
    rewrite(positions, "READ_POSITION", "o.reserved_until <= known.now", "false")
    in_decision("AND o.reserved_until <= guard.decided_at", "AND false")


def lapsed_never_swept() -> None:
    in_decision("AND o.reserved_until <= guard.decided_at", "AND false")


def hold_not_superseded() -> None:
    in_decision("AND h.state IN (", "AND false AND h.state IN (")


DEFECTS = (
    Defect("sum in the update", sum_in_update, "O2", OVERLAP, replicas=2),
    Defect("correlated sum in the update", correlated_sum_in_update, "O2", OVERLAP, replicas=2),
    Defect("lock, then sum in one statement", lock_then_sum_in_one_statement, "O2", OVERLAP,
           replicas=2),
    Defect("sum beside the lock", sum_beside_the_lock, "O2", OVERLAP, replicas=2),
    Defect("guard without seq", guard_without_seq, "O2", OVERLAP, replicas=2),
    Defect("posting without lock", posting_without_lock, "O1",
           mix={"confirm_while_asking": 60}, replicas=2),
    Defect("seq not raised by a posting", posting_without_seq, "O4"),
    Defect("totals not changed by a posting", posting_without_totals, "O7"),
    Defect("calendar totals without months", days_without_months, "O7"),
    Defect("limit change without seq", limit_without_seq, "O4", mix={"set_limit": 20}),
    Defect("lapsed reservations still count", lapsed_still_counts, "O1"),
    Defect("lapsed reservations never swept", lapsed_never_swept, "O7"),
    Defect("hold stays when superseded", hold_not_superseded, "O7", mix={"revise": 40}),
)  # fmt: skip
