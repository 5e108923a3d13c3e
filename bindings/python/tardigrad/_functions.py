"""The functions of the package, made from the library's own description of itself."""
import inspect
import json
import keyword
import os
import textwrap

from . import _library
from ._answer import Answer


# What every question takes beside its own options: study/answer.h.
WORDS = {"name": "words", "value": None,
         "doc": "also what the command says on the terminal, as the text `words`"}


def _plain(value):
    """numpy's arrays and numbers as JSON has them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a study cannot hold {type(value).__name__}: {value!r}")


def _study(study):
    """(text, operand) of a study: a dict, a text of several lines, or a path."""
    if isinstance(study, dict):
        return json.dumps(study, default=_plain), None
    if isinstance(study, str) and "\n" in study:
        return study, None
    return None, os.fspath(study)


def _word(value):
    """A value as YAML reads it."""
    return value if isinstance(value, str) else json.dumps(value, default=_plain)


def _settings(settings):
    """--set: a dict of paths and values, or a list of "path=value"."""
    if isinstance(settings, dict):
        return [f"set={path}={_word(value)}" for path, value in settings.items()]
    return [f"set={setting}" for setting in settings]


def _name(option):
    """An option as a keyword argument: right_of, lambda_."""
    name = option["name"].replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def _options(manual, given):
    """Keyword arguments as the words of options; flags by their truth, None: not given."""
    known = {_name(o): o for o in manual["options"] + [WORDS]}
    words = _settings(given.pop("set", None) or ())
    for name, value in given.items():
        option = known.get(name, {"name": name, "value": "X"})
        if value is None or value is False:
            continue
        words.append(option["name"] if option["value"] is None
                     else f"{option['name']}={_word(value)}")
    return words


def _doc(manual):
    """Docstring: what it does, the options, the columns of what comes back."""
    lines = [manual["summary"][0].upper() + manual["summary"][1:] + ".", "", manual["doc"], ""]
    lines.append("Arguments:")
    if manual["study"]:
        perhaps = "; or nothing" if manual["perhaps"] else ""
        lines += [f"    study: path, YAML text, or dict{perhaps}",
                  "    set: {path: value} of the study to override, or [\"path=value\"]"]
    elif manual["operands"]:
        several = ", or of several" if _several(manual) else ""
        lines.append(f"    {_first(manual)}: path of a file{several}")
        if manual["with"]:
            lines += [f"        or, with {manual['with']}, a study: path, YAML text, or dict",
                      "    set: {path: value} of that study to override, or [\"path=value\"]"]
    for option in manual["options"] + [WORDS]:
        name = _name(option)
        kind = f" ({option['value']})" if option["value"] else " (True or False)"
        lines += textwrap.wrap(f"{name}{kind}: {option['doc']}", 84, initial_indent="    ",
                               subsequent_indent="        ")
    for table, columns in manual["tables"].items():
        lines += ["", f"Table `{table}`:"]
        for column in columns:
            unit = f" [{column['unit']}]" if column["unit"] else ""
            lines.append(f"    {column['name']}{unit}: {column['doc']}".rstrip(": "))
    return "\n".join(lines)


def _several(manual):
    """Whether it takes several files."""
    return manual["operands"].endswith("...")


def _first(manual):
    """The name of the first argument; None: there is none."""
    return "study" if manual["study"] else manual["operands"].rstrip(".").lower() or None


def _signature(manual, first):
    named = inspect.Parameter.KEYWORD_ONLY
    names = (["set"] if manual["study"] or manual["with"] else []) + [_name(o)
                                                    for o in manual["options"] + [WORDS]]
    default = None if manual["perhaps"] else inspect.Parameter.empty
    positional = [inspect.Parameter(first, inspect.Parameter.POSITIONAL_ONLY,
                                    default=default)] if first else []
    if _several(manual):
        positional.append(inspect.Parameter("more", inspect.Parameter.VAR_POSITIONAL))
    return inspect.Signature(positional + [inspect.Parameter(n, named, default=None)
                                           for n in names])


def _function(manual):
    name = manual["name"]
    first = _first(manual)
    columns = {table: [c["name"] for c in list_] for table, list_ in manual["tables"].items()}

    def call(*operand, **options):
        more = operand[1:] if _several(manual) else ()
        operand = operand[:len(operand) - len(more)]
        if len(operand) != (1 if first else 0) and (operand or not manual["perhaps"]):
            raise TypeError(f"{name}() takes {first or 'no file'}, got {len(operand)} arguments")
        given = operand[0] if operand else None
        study = manual["study"] or (manual["with"] and options.get(manual["with"]) is not None)
        text, path = _study(given) if study and operand else (
            None, os.fspath(given) if operand else None)
        words = [f"file={os.fspath(file)}" for file in more] + _options(manual, options)
        return Answer(_library.answer(name, text, path, words), columns)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "tardigrad"
    call.__doc__ = _doc(manual)
    call.__signature__ = _signature(manual, first)
    return call


def functions():
    """All of them by name."""
    manuals = json.loads(_library.text("tg_answer_manuals"))
    return {manual["name"]: _function(manual) for manual in manuals}
