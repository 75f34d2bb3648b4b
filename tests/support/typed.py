"""Lines as they are typed at a shell, with what the environment and the folder of this process are. For the tests of docs.

In this process where a line only calls our program: its start costs more than most verbs. By bash where only bash can.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli.frame.main import cli
from pipeline.files import private_umask

SHELL_SIGNS = set("|<>$`;&\\")


def typed(lines: str) -> tuple[int, str]:
    """What a terminal shows of the lines, both streams in one, and how the last one ended: the first that fails is the last."""
    code, shown = 0, ""
    for line in lines.splitlines():
        code, said = _ours(line) if line.split()[:1] == ["cramplog"] and not SHELL_SIGNS & set(line) else _by_bash(line)
        shown += said
        if code != 0:
            break
    return code, shown


def _ours(line: str) -> tuple[int, str]:
    words = [os.path.expanduser(word) for word in shlex.split(line)]  # noqa: PTH111  as bash does
    with private_umask():  # as the command has it
        said = CliRunner().invoke(cli, words[1:], prog_name="cramplog")
    assert said.exception is None or isinstance(said.exception, SystemExit), said.output
    return said.exit_code, said.output


def _by_bash(line: str) -> tuple[int, str]:
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    bash = ["bash", "-eu", "-o", "pipefail", "-c", line]
    out = subprocess.PIPE
    done = subprocess.run(bash, env=environ, stdout=out, stderr=subprocess.STDOUT, text=True, timeout=300)
    return done.returncode, done.stdout
