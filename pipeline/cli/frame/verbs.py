"""The list of verbs. `runs edit` is the command `runs_edit` in `pipeline/cli/runs_edit.py`, loaded when it is called."""

from __future__ import annotations

COMPLETE_VARIABLE = "_CRAMPLOG_COMPLETE"  # click's own protocol: the shell sets it to ask for words

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
