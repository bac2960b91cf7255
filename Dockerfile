FROM python:3.12-slim

RUN useradd --create-home --uid 10001 kinora && install -d -o kinora /data
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY cogs cogs
COPY storage storage

USER kinora
ENV DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
# Stopping finishes the steps under way and hands the rest back; that takes at most ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
