"""Errors that a person may read: each carries a key, for pages in other languages."""


class ServingError(ValueError):
    """Something a person gave cannot be used; `key` names the case, `values` fill its message.

    The text of the exception is English and complete by itself. A page in another language looks
    its own sentence up under `key` and fills it with `values`.
    """

    def __init__(self, key: str, message: str, **values: object):
        super().__init__(message)
        self.key = key
        self.values = values


class PhotoError(ServingError):
    """A file that cannot be opened as a photo."""


class EncoderError(ServingError):
    """A checkpoint that cannot be loaded."""


class GalleryError(ServingError):
    """A collection that cannot be opened, filled or searched."""


class SourceError(ServingError):
    """A dataset that cannot be read as photos."""
