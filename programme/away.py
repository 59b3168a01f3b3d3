"""What the portal needs and cannot reach for now."""


class StorageAway(OSError):
    """The storage of files does not answer, or refuses; nothing is wrong with what was asked."""
