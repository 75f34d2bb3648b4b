"""Folders that tests read from: this repository's, and the real files beside it where they are at hand."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data"
SHARED = ROOT.parent / "shared"  # not part of the project: tests that need it are skipped without
REAL_RUNS = SHARED / "real_runs"
REAL_WEATHER = SHARED / "real_weather"
