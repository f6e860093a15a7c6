"""The service as a process of its own: prints its port once it listens, ends with its input."""

import os
import socket
import sys
import threading

import uvicorn

from app.main import create_app
from app.settings import Settings


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(Settings()), access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    threading.Thread(target=_end_with_input, args=[server], daemon=True).start()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


def _end_with_input(server: uvicorn.Server) -> None:
    """Stop when whoever started this process closes its end, or is gone."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    server.should_exit = True


if __name__ == "__main__":
    main()
