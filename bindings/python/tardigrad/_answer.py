"""What comes back: tables by name, their columns as arrays."""
import json

try:
    import numpy
except ImportError:  # lists then
    numpy = None


class Table(list):
    """Rows as dicts; table["loss"] is a column: a numpy array where numpy is there, else a list.

    What never comes, or has no limit, is inf; what is not known, or was not asked for, is None in
    a row and nan in a column.
    """

    def __init__(self, rows, columns):
        super().__init__(rows)
        self.columns = columns

    def __getitem__(self, at):
        if not isinstance(at, str):
            return super().__getitem__(at)
        if at not in self.columns:
            raise KeyError(f"there is no column {at!r}: {', '.join(self.columns)}")
        column = [float("nan") if row[at] is None else row[at] for row in self]
        return numpy.array(column) if numpy else column


INFINITE = {"Infinity": float("inf"), "-Infinity": float("-inf")}  # study/json.h


def _value(name, value, columns):
    """Lists of rows, also those within rows, as tables; infinities as numbers."""
    if isinstance(value, str):
        return INFINITE.get(value, value)
    if isinstance(value, dict):
        return {key: _value(key, cell, columns) for key, cell in value.items()}
    if not isinstance(value, list) or (value and not isinstance(value[0], dict)):
        return value
    rows = [{key: _value(key, cell, columns) for key, cell in row.items()} for row in value]
    return Table(rows, list(rows[0]) if rows else columns.get(name, []))


class Answer(dict):
    """An answer: its tables as keys and attributes, and `json`, the text that they come from."""

    def __init__(self, text, columns):
        super().__init__((name, _value(name, value, columns))
                         for name, value in json.loads(text).items())
        self.json = text

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r}: {', '.join(self)}") from None
