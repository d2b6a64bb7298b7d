# One image for web, worker, beat, migrate and Flower; docker-compose.yml has their commands.

FROM python:3.11-slim-bookworm AS builder
# Every package comes as a wheel, so nothing is compiled and no compiler is needed.
COPY requirements-run.lock /
RUN python -m venv --without-pip /opt/belfry \
    && pip --python /opt/belfry install --no-cache-dir --only-binary :all: --require-hashes \
        --requirement /requirements-run.lock

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 belfry \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent belfry \
    && install --directory --owner 10001 --group 10001 \
        /var/lib/belfry /var/lib/belfry/input /var/lib/belfry/output
COPY --from=builder /opt/belfry /opt/belfry
WORKDIR /app
# An app of your own needs a line here and one in .dockerignore.
COPY manage.py ./
COPY config config
COPY tasks_app tasks_app
COPY templates templates
ENV PATH=/opt/belfry/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/belfry
# The user may not write here: what is compiled now need not be compiled at every start.
RUN python -m compileall -q config tasks_app
# Written into each run: docker build --build-arg CODE_VERSION=$(git rev-parse --short=12 HEAD)
ARG CODE_VERSION=""
ENV CODE_VERSION=$CODE_VERSION
USER 10001:10001
VOLUME /var/lib/belfry
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-P", "config/container_health.py", "web"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
    "--threads", "8", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "10", \
    "--no-control-socket", "--log-level", "warning"]
