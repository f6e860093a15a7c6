"""The demo: forty customers, three questions, and the service to try."""

from app.demo.database import DemoError
from app.demo.run import Place, run_demo

__all__ = ["DemoError", "Place", "run_demo"]
