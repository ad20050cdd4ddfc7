"""The one error that publishing raises when a checkpoint must not go out."""


class Refused(ValueError):
    """Why a checkpoint is not published; its message says what to do. Nothing was uploaded."""
