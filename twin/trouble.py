"""The one error that reaches a user: what happened, why, and the way out."""

from __future__ import annotations

from twin.text import sentences, tr


class Trouble(Exception):
    """A failure that a user can act on.

    `what` one sentence without the path; `cause` what was found; `way_out` what the user can do;
    `path` the file, shown last. Parsers raise it; a job that ends with any other exception is
    wrapped into one by `Trouble.of`.
    """

    def __init__(self, what: str, *, cause: str = "", way_out: str = "", path: str = ""):
        super().__init__(what, cause, way_out, path)
        self.what, self.cause, self.way_out, self.path = what, cause, way_out, str(path)

    def __str__(self) -> str:
        text = sentences(self.what, self.cause, self.way_out)
        return f"{text} [{self.path}]" if self.path else text

    def __reduce__(self):
        return _rebuild, (type(self), self.what, self.cause, self.way_out, self.path)

    @classmethod
    def of(cls, error: BaseException, path: str = "") -> Trouble:
        """Wrap an unforeseen error so that it still names its file and its cause."""
        if isinstance(error, Trouble):
            return error if error.path or not path else type(error)(
                error.what, cause=error.cause, way_out=error.way_out, path=path)
        if isinstance(error, MemoryError):
            return cls(tr("Not enough memory to read this file."), cause=str(error),
                       way_out=tr("Close other layers or open a smaller part of it."), path=path)
        if isinstance(error, FileNotFoundError) and isinstance(error.filename, str):
            return cls(tr("The file is not there."), cause=tr("It was moved, renamed or never copied"),
                       way_out=tr("Check the path."), path=path or error.filename)
        return cls(tr("This file could not be read."), cause=f"{type(error).__name__}: {error}",
                   way_out=tr("Check that it opens in the program that wrote it, then reload the layer."),
                   path=path)


class Nowhere(Trouble):
    """Of a file that does not say where on the Earth it lies: its user can."""


def _rebuild(kind, what, cause, way_out, path):
    return kind(what, cause=cause, way_out=way_out, path=path)
