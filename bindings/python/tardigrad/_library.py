"""The shared library: where it is, its calls, its failures, its sentences."""
import ctypes
import ctypes.util
import logging
import os
import signal
import threading
import warnings

_log = logging.getLogger("tardigrad")

HEAR = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
WAIT, FOUND, MISSING = range(3)  # tg_topic


class Listener(ctypes.Structure):
    """tg_listener of study/listener.h"""

    _fields_ = [("hear", HEAR), ("context", ctypes.c_void_p), ("bar", ctypes.c_void_p),
                ("saves", ctypes.c_void_p)]


class Error(Exception):
    """What the library says of a failure: one sentence, the same as the command's."""


class DomainError(Error, ValueError):
    """An argument outside its mathematical domain."""


class InputError(Error, ValueError):
    """A study, an option or a log that is malformed or inconsistent."""


class DivergedError(Error, ArithmeticError):
    """A solution left the finite range."""


class NoConvergenceError(Error, ArithmeticError):
    """An iteration did not reach its tolerance."""


class FileError(Error, OSError):
    """A file could not be read or written."""


class Stopped(Error):
    """Stopped on request."""


class OutOfMemory(Error, MemoryError):
    """Out of memory."""


for _kind in (Error, DomainError, InputError, DivergedError, NoConvergenceError, FileError,
              Stopped, OutOfMemory):
    _kind.__module__ = "tardigrad"  # where people find them

# tg_status of core/status.h, in its order
ERRORS = (None, DomainError, InputError, DivergedError, NoConvergenceError, OutOfMemory,
          FileError, FileError, Stopped)


def _load():
    path = os.environ.get("TARDIGRAD_LIBRARY") or ctypes.util.find_library("tardigrad")
    try:
        return ctypes.CDLL(path or "libtardigrad.so.0")
    except OSError as error:
        raise ImportError(
            "libtardigrad was not found: install it (make install), or say where it is in "
            f"TARDIGRAD_LIBRARY ({error})") from None


_lib = _load()
_lib.tg_message.restype = ctypes.c_char_p
_lib.tg_answer_text_free.argtypes = [ctypes.c_void_p]
_lib.tg_answer_text.argtypes = [
    ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p),
    ctypes.c_size_t, ctypes.POINTER(Listener), ctypes.POINTER(ctypes.c_void_p)]


def _take(pointer):
    """The text that a pointer owns, which is freed."""
    try:
        return ctypes.string_at(pointer).decode()
    finally:
        _lib.tg_answer_text_free(pointer)


def _check(status):
    if status:
        raise ERRORS[status](_lib.tg_message().decode(errors="replace"))


def text(function):
    """The text that one of the library's functions without arguments makes."""
    out = ctypes.c_void_p()
    _check(getattr(_lib, function)(ctypes.byref(out)))
    return _take(out)


def _bytes(word):
    return None if word is None else os.fsencode(word)


def _call(command, study, operand, options, listener):
    words = (ctypes.c_char_p * (len(options) + 1))(*map(os.fsencode, options))
    out = ctypes.c_void_p()
    _check(_lib.tg_answer_text(_bytes(command), _bytes(study), _bytes(operand), words,
                               len(options), ctypes.byref(listener), ctypes.byref(out)))
    return _take(out)


def _in_thread(work):
    """Run work where Ctrl-C can be heard meanwhile: it asks the library to stop.

    No exception ever breaks in on the wait: the one of a thread that was interrupted calls the
    thread finished (Python 3.11) though it runs on.
    """
    result, interrupts = [], []

    def run():
        try:
            result.append((work(), None))
        except BaseException as error:  # handed to the caller, whatever it is
            result.append((None, error))

    def stop(*signal_and_frame):
        interrupts.append(signal_and_frame)
        _lib.tg_stop_request()

    usual = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=run)
    if callable(usual):
        signal.signal(signal.SIGINT, stop)
    try:
        thread.start()
        thread.join()
    finally:
        if callable(usual):
            signal.signal(signal.SIGINT, usual)
    if interrupts:
        _lib.tg_stop_clear()
        usual(*interrupts[0])  # raises KeyboardInterrupt, unless the caller has another
    value, error = result[0]
    if error:
        raise error
    return value


def answer(command, study, operand, options):
    """JSON text of an answer; what is to be said beside it becomes warnings and log lines."""
    heard = []

    def hear(topic, sentence, _context):
        heard.append((topic, sentence.decode(errors="replace")))

    listener = Listener(HEAR(hear), None, None, None)
    work = lambda: _call(command, study, operand, options, listener)  # noqa: E731
    main = threading.current_thread() is threading.main_thread()
    result = _in_thread(work) if main else work()
    for topic, sentence in heard:
        if topic == MISSING:
            warnings.warn(sentence, stacklevel=4)
        else:
            _log.info(sentence)
    return result
