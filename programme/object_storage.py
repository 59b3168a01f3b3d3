"""Files in an S3 bucket, by settings: private objects that the portal alone hands out."""

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from .away import StorageAway

# Seconds; nobody's page waits for a storage that does not answer as long as boto3 would.
PATIENCE = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2, "mode": "standard"})
# Larger files are read by way of the disk.
IN_MEMORY = 5 * 2**20


class ObjectStorage(S3Storage):
    """What goes wrong is StorageAway, an OSError as with files on a disk. Objects have no addresses: they are nobody
    else's.
    """

    def __init__(self, *, addressing_style: str | None = None, **options):
        config = PATIENCE.merge(Config(s3={"addressing_style": addressing_style}))
        super().__init__(**{"client_config": config, "max_memory_size": IN_MEMORY} | options)

    def _open(self, name, mode="rb"):
        with _as_os_error():
            file = super()._open(name, mode)
            # Otherwise it would be fetched when it is read first, and could fail in the middle of an answer.
            return file.open()

    def _save(self, name, content):
        with _as_os_error():
            return super()._save(name, content)

    def delete(self, name):
        with _as_os_error():
            super().delete(name)

    def exists(self, name):
        with _as_os_error():
            return super().exists(name)

    def listdir(self, name):
        with _as_os_error():
            return super().listdir(name)

    def size(self, name):
        with _as_os_error():
            return super().size(name)

    def get_modified_time(self, name):
        with _as_os_error():
            return super().get_modified_time(name)

    def url(self, name, *args, **kwargs):
        raise NotImplementedError("The portal hands out its files itself.")


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise StorageAway(f"the object storage failed: {error}") from error
