# The service alone. The database is named by the environment, as are all settings.

FROM python:3.11-slim AS build
WORKDIR /srv/creditgate
COPY deploy/requirements.txt deploy/requirements.txt
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes \
        -r deploy/requirements.txt
# Makes the command `creditgate`; it finds the packages installed, as they are.
COPY deploy/bootstrap.py deploy/bootstrap.py
RUN python deploy/bootstrap.py deploy/requirements.txt

FROM python:3.11-slim
WORKDIR /srv/creditgate
ENV PATH=/srv/creditgate/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /srv/creditgate/.venv .venv
COPY app app
COPY migrations migrations
COPY openapi/examples openapi/examples
# In a container, other than on a machine, nobody else listens on the address.
ENV CREDITGATE_HOST=0.0.0.0
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=2)"]
CMD ["creditgate", "serve"]
