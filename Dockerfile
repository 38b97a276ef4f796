# One image for everything: `serve` (the default), `worker`, `migrate`, `staff`, `keys`, `doctor`.
FROM node:22-slim AS browser
WORKDIR /source
COPY requirements/browser requirements/browser
RUN mkdir -p ticketing/web/static && requirements/browser/install required

FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/ticketing
# The locked dependencies first: this layer changes only with the lock.
COPY requirements/runtime.lock requirements/
RUN /opt/ticketing/bin/pip install --require-hashes --requirement requirements/runtime.lock
# hatchling builds the wheel and stays in this stage.
COPY requirements/demo.lock requirements/
RUN pip install --require-hashes --requirement requirements/demo.lock
COPY pyproject.toml README.md LICENSE ./
COPY sql sql
COPY ticketing ticketing
COPY --from=browser /source/ticketing/web/static/vendor ticketing/web/static/vendor
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheel . \
    && /opt/ticketing/bin/pip install --no-deps --no-index /wheel/*.whl

FROM python:3.13-slim
COPY --from=build /opt/ticketing /opt/ticketing
RUN useradd --system --uid 10001 --user-group --home-dir /data --create-home ticketing
ENV PATH=/opt/ticketing/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TICKETING_DATA=/data \
    TICKETING_HOST=0.0.0.0 \
    TICKETING_LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Live updates keep connections open: the end waits three seconds for them, no longer.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["ticketing"]
CMD ["serve"]
