"""What Postgres itself says of a schema."""

import asyncpg

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
           a.attcollation::regcollation::text
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY 1, 2
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid),
           convalidated
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    ORDER BY 1, 2
"""
INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2
"""
OTHERS = """
    SELECT relkind::text, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i') ORDER BY 1, 2
"""
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"

FOREIGN_KEYS = "SELECT conname FROM pg_constraint WHERE contype = 'f'"

KEYS = """
    SELECT conrelid::regclass::text AS table, a.attname AS first
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.connamespace = 'public'::regnamespace AND k.contype = 'p'
"""
UNCHECKED_AMOUNTS = """
    SELECT c.relname, a.attname FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
    WHERE c.relnamespace = 'public'::regnamespace AND a.attname LIKE '%\\_minor'
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
                       AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum])
"""

Rows = list[tuple[object, ...]]


async def rows(url: str, statement: str) -> Rows:
    """Give what a statement finds, without what is Alembic's own."""
    connection = await asyncpg.connect(url)
    try:
        found = [tuple(row.values()) for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    return [row for row in found if row[0] != "alembic_version"]


async def catalog(url: str) -> dict[str, Rows]:
    """Give everything that makes up the schema."""
    parts = {
        "columns": COLUMNS,
        "constraints": CONSTRAINTS,
        "indexes": INDEXES,
        "others": OTHERS,
    }
    return {name: await rows(url, statement) for name, statement in parts.items()}
