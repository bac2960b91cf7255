# Any Debian with a Python of 3.11 or later as python3 will do, with venv. It is built in, and not shipped.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
# strip, and what charts need for letters that are written from the right, and for Chinese, Japanese and Korean ones.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends binutils fonts-wqy-microhei libfribidi0 >/dev/null
COPY requirements.lock .
# Left out: tests, headers and stubs of packages, what debuggers need, and the languages that no Discord client speaks.
# Layers round times to seconds, and Python compiles anew, with each start, what looks younger than it was: hence whole ones.
# The libraries under *.libs were moved into their wheels with patchelf, and `strip` breaks such.
RUN python3 -m venv /opt/kinora \
    && /opt/kinora/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements.lock \
    && /opt/kinora/bin/pip uninstall --yes setuptools pip \
    && cd /opt/kinora/lib/python3*/site-packages \
    && find . -depth -type d '(' -name tests -o -name sample_data ')' -exec rm -rf '{}' + \
    && find . '(' -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.a' -o -name '*.dll' ')' -delete \
    && find babel/locale-data -name '*.dat' | grep -vE \
       '/(root|bg|cs|da|de|el|en|es|fi|fr|hi|hr|hu|id|it|ja|ko|lt|nb|nl|no|pl|pt|ro|ru|sv|th|tr|uk|vi|zh)[._]' \
       | xargs rm \
    && find . -name '*.py' -exec touch -d 2026-01-01 '{}' + \
    && find /opt/kinora/lib -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded '{}' +
WORKDIR /opt/kinora/app
COPY bot bot
COPY cogs cogs
COPY storage storage
# Tries what was built, and compiles just what is used on the way: the running image may be read-only.
RUN /opt/kinora/bin/python -m bot demo --once "a fox in the rain" --data /tmp/demo && rm -r /tmp/demo
COPY .ci/rootfs.py /tmp/rootfs.py
RUN /opt/kinora/bin/python /tmp/rootfs.py /rootfs && mkdir -p /owned/data

FROM scratch
LABEL org.opencontainers.image.title="Kinora" \
    org.opencontainers.image.description="A self-hosted Discord bot that turns a server into a video studio." \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /rootfs /
COPY --from=build --chown=10001:10001 /owned /
COPY --from=build /opt/kinora /opt/kinora
WORKDIR /opt/kinora/app

USER kinora
ENV PATH=/opt/kinora/bin:/usr/bin:/bin DATA_DIR=/data PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# A library that was left behind is missed here.
RUN ["python", "-c", "import av, obstore.store, PIL._imagingft, psycopg.pq, re2, cryptography.fernet, pydantic, sqlite3, ssl"]
VOLUME /data
# Asks the process itself, so no port is needed.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-m", "bot", "health"]
# Stopping finishes the steps under way and hands the rest back; that takes at most ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
