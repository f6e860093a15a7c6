import pytest

from app.settings import Settings

PATIENT_S = 20.0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The same with time: service, workers and receivers of a test share one thread."""
    names = ("deadline_s", "acquire_timeout_s", "statement_timeout_s", "lock_timeout_s")
    return settings.model_copy(update=dict.fromkeys(names, PATIENT_S))
