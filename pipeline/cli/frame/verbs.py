"""The list of verbs. `runs edit` is the command `runs_edit` in `pipeline/cli/runs_edit.py`, imported when called."""

from __future__ import annotations

COMPLETE_VARIABLE = "_CRAMPLOG_COMPLETE"  # click's protocol: the shell sets it to ask for completions

VERBS = (
    "init",
    "runner add",
    "runner list",
    "runner edit",
    "runner flags",
    "runner private",
    "ingest",
    "runs",
    "runs edit",
    "runs rm",
    "runs merge",
    "runs split",
    "weather",
    "tag",
    "tag list",
    "tag edit",
    "tag rm",
    "tag import",
    "ask",
    "undo",
    "train",
    "risk",
    "report",
    "nightly",
    "publish",
    "sql",
    "doctor",
    "completion",
)
