# The portal: web process, worker and commands are one image with different commands. compose.yaml puts it together.

FROM python:3.11-slim-bookworm AS built
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY pyproject.toml ./
RUN python -m venv /opt/portal && /opt/portal/bin/pip install '.[s3]'

FROM python:3.11-slim-bookworm
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LC_ALL=C.UTF-8 \
    STATIC_ROOT=/srv/static \
    ATTACHMENT_STORAGE_OPTIONS='{"location": "/srv/files/attachments"}' \
    PASSING_STORAGE_OPTIONS='{"location": "/srv/files/passing"}'
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /srv/files /srv/files/attachments /srv/files/passing
COPY --from=built /opt/portal /opt/portal
WORKDIR /srv/portal
COPY . .
# Nothing is written here later: the catalogues, the static files and the byte code are made now. The key signs nothing.
RUN export SECRET_KEY=for-the-build-alone-and-kept-nowhere-0123456789-abcdef \
    && python manage.py messages --compile --skip-checks \
    && python manage.py collectstatic --no-input -v0 --skip-checks \
    && python -m compileall -q /srv/portal /opt/portal/lib
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
