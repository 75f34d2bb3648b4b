"""The table of verbs: each with the module of this room, and the command in it, that is loaded when it is called."""

from __future__ import annotations

COMPLETE_VARIABLE = "_CRAMPLOG_COMPLETE"  # click's own protocol: the shell sets it to ask for words

VERBS = {
    "init": "start:init",
    "runner add": "start:runner_add",
    "runner list": "runner:runner_list",
    "runner edit": "runner:runner_edit",
    "runner flags": "flags:runner_flags",
    "runner private": "private:runner_private",
    "ingest": "take:ingest",
    "runs": "look:runs",
    "runs edit": "runs_edit:runs_edit",
    "runs rm": "runs_edit:runs_rm",
    "runs merge": "runs_edit:runs_merge",
    "runs split": "runs_edit:runs_split",
    "weather": "weather:weather",
    "tag": "answer:tag",
    "tag list": "tags:tag_list",
    "tag edit": "tags:tag_edit",
    "tag rm": "tags:tag_rm",
    "tag import": "tags:tag_import",
    "ask": "ask:ask",
    "undo": "undo:undo",
    "train": "learn:train",
    "risk": "risk:risk",
    "report": "learn:report",
    "nightly": "night:nightly",
    "publish": "analyst:publish",
    "sql": "analyst:sql",
    "doctor": "doctor:doctor",
    "completion": "complete:completion",
}
