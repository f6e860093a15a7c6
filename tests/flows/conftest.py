import pytest

from app.settings import Settings


@pytest.fixture
def service_settings(settings: Settings) -> Settings:
    """Settings for several services on one database: a connection each."""
    return settings.model_copy(update={"connections_min": 1, "connections_max": 2})
