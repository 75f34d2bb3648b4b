"""`python -m cramplog`: the command line."""

from __future__ import annotations

from pipeline.cli.frame.entry import begin

if __name__ == "__main__":
    begin()
