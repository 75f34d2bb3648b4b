"""The full record of a training, for `cramplog train -v`: scores, calibration, kinds of run, simpler ways.

Values in, tables on stdout. What the figures mean: docs/method.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipeline.cli.frame.output import table
from pipeline.cli.lines.train_lines import verdict

Kept = Mapping[str, Any]  # an Evaluation of the model as it was kept in the store

_KINDS = {"race": "races", "long": "long runs (90 min planned or more)", "other": "other runs"}
_HEADS = {
    "together": "Looking back: each run told from what was known before it",
    "newcomers": "As if new here: each runner told from the other runners' runs",
}


def show_table(evaluation: Kept) -> None:
    """Both records: of known runners, and of all as newcomers."""
    for part, head in _HEADS.items():
        record = evaluation[part]
        click.echo(f"\n{head}")
        if record["scores"] is None:
            click.echo(f"{record['runs']:,} runs, {record['cramps']:,} cramps: {record['verdict']}, so no scores")
            continue
        _ways(record)
        _calibration(record)
        _kinds(record)
        _groups(record)
    if evaluation["without_plan"]:
        click.echo(f"\n{evaluation['without_plan']:,} runs have no planned duration and were not told")


def _ways(record: Kept) -> None:
    """Ours and the simpler ways, side by side."""
    ours = record["scores"]
    head = ("", "log loss", "Brier", "expected", "worse by (95 % range)", "we are")
    rows = [["this model", f"{ours['log_loss']:.4f}", f"{ours['brier']:.4f}", f"{record['expected']:.1f}", "", ""]]
    rows += [
        [
            one["name"],
            f"{one['log_loss']:.4f}",
            f"{one['brier']:.4f}",
            f"{one['expected']:.1f}",
            f"{one['worse_by']:+.4f} ({one['worse_by_low']:+.4f} to {one['worse_by_high']:+.4f})",
            verdict(one),
        ]
        for one in record["baselines"]
    ]
    table(head, rows, right=head[1:4])
    click.echo(f"{record['runs']:,} runs, {record['cramps']:,} with a cramp; ranges by {ours['by']}")


def _calibration(record: Kept) -> None:
    ours, share = record["scores"], record["cramps"] / record["runs"]
    found = ours["calibration"]
    click.echo(
        f"came / expected {found['ratio']:.2f} ({found['ratio_low']:.2f} to {found['ratio_high']:.2f}); "
        f"calibration intercept {_with_error(found, 'intercept')}, slope {_with_error(found, 'slope')}, "
        f"error (ECE) {_number(found['ece'])}"
    )
    click.echo(
        f"Brier skill {ours['brier_skill']:+.3f}; precision-recall area {ours['average_precision']:.3f} "
        f"(by chance {share:.3f})"
    )
    benefits = "; ".join(
        f"{100 * one['threshold']:.0f} of 100: {one['ours']:+.4f} (always {one['always']:+.4f})"
        for one in ours["net_benefits"]
    )
    click.echo(f"net benefit a run if one acts from {benefits}")


def _kinds(record: Kept) -> None:
    head = ("kind of run", "runs", "cramps", "expected", "AUROC within")
    rows = [
        [
            _KINDS[one["kind"]],
            f"{one['runs']:,}",
            f"{one['cramps']:,}",
            f"{one['expected']:.1f}",
            _number(one["order"]),
        ]
        for one in record["kinds"]
    ]
    table(head, rows, right=head[1:])
    leaked = " and ".join(_KINDS[one["kind"]] for one in record["kinds"] if one["looks_leaked"])
    if leaked:
        click.echo(f"Too good among {leaked}: better than what is known at a start allows. Chance, or a leak: look.")


def _groups(record: Kept) -> None:
    head = ("told, of 100", "runs", "told", "came")
    rows = [
        [
            f"{100 * one['low']:.0f} to {100 * one['high']:.0f}",
            f"{one['runs']:,}",
            f"{100 * one['said']:.1f}",
            f"{100 * one['cramps'] / one['runs']:.1f}",
        ]
        for one in record["groups"]
    ]
    table(head, rows, right=head[1:])


def _with_error(found: Kept, name: str) -> str:
    return "too few" if found[name] is None else f"{found[name]:.2f} (SE {found[f'{name}_se']:.2f})"


def _number(value: float | None) -> str:
    return "too few" if value is None else f"{value:.3f}"
