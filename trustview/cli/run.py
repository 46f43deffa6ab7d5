"""Run one command and turn what went wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from trustview.cli.arguments import build_parser
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import say
from trustview.errors import TrustviewError, UsageError


def run(words: Sequence[str]) -> int:
    """Parse the words, run the command's module, and give its exit code; a known error never shows a traceback."""
    arguments = build_parser().parse_args(words)
    try:
        if arguments.debug is None:
            return _call(arguments)
        return _call_logged(arguments)
    except UsageError as error:
        say(f"trustview: {error}")
        return ExitCode.USAGE
    except TrustviewError as error:
        say(f"trustview: {error}")
        return ExitCode.FAILED
    except KeyboardInterrupt as interrupt:
        # Whoever can go on where it was says so.
        if interrupt.args:
            say(f"trustview: interrupted; {interrupt}")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away: not our failure, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE


def _call(arguments: Namespace) -> int:
    module = import_module(f"trustview.cli.{arguments.module}")
    return int(getattr(module, arguments.verb)(arguments))


def _call_logged(arguments: Namespace) -> int:
    """The same with a log; what a command was given is not in it, which may hold secrets."""
    from trustview.cli.debugging import LOG, write_log  # only when it is asked for

    with write_log(arguments.debug):
        LOG.info("command %s.%s", arguments.module, arguments.verb)
        try:
            code = _call(arguments)
        except BaseException:
            LOG.exception("the command ended with an error")
            raise
        LOG.info("done, exit code %d", code)
        return code
