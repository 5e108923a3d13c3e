"""What staleness will do to people who train with asynchronous workers.

    >>> import tardigrad
    >>> answer = tardigrad.predict("examples/quickstart.yaml", set={"horizon": 200})
    >>> answer.prediction["workers"], answer.prediction["settle"]

A study is a path, a text of YAML, or a dict with the same keys; `tardigrad.schema()` lists
them. The functions are those of the library (libtardigrad, study/answer.h), made when the
module is loaded, with their docstrings; what they return equals what the command prints with
--json, byte for byte: `answer.json`. A failure is an exception with the command's sentence.
"""
import json as _json

from . import _library
from ._answer import Answer, Table
from ._functions import functions as _functions
from ._library import (
    DivergedError,
    DomainError,
    Error,
    FileError,
    InputError,
    NoConvergenceError,
    Stopped,
)


def schema():
    """The keys of a study, as a JSON Schema (a dict)."""
    return _json.loads(_library.text("tg_schema_json"))


_made = _functions()
globals().update(_made)
__all__ = sorted(_made) + [
    "Answer", "DivergedError", "DomainError", "Error", "FileError", "InputError",
    "NoConvergenceError", "Stopped", "Table", "schema",
]
