"""Who else works on the database at this moment."""

from app.storage.database import SERVICE, Connection

SERVICE_AT_WORK = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = $1
           AND (state <> 'idle' OR state_change > clock_timestamp() - make_interval(secs => $2)))
"""


async def is_service_at_work(connection: Connection, within_s: float) -> bool:
    """Say whether the service, in any process, has asked anything in the last seconds."""
    return bool(await connection.fetchval(SERVICE_AT_WORK, SERVICE, within_s))
