"""All scores of a fit, for `cramplog train -v`: log loss, calibration, kinds of run, simpler methods.

Values in, tables on stdout. What the figures mean: docs/method.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipeline.cli.frame.output import table
from pipeline.cli.lines.train_lines import verdict

Scored = Mapping[str, Any]  # a stored Evaluation of the model, or one part of it

_KINDS = {"race": "races", "long": "long runs (90 min planned or more)", "other": "other runs"}
_TITLES = {
    "together": "Each run predicted from what was known before it",
    "newcomers": "If every runner had been new: each runner predicted from the runs of the others",
}


def show_table(evaluation: Scored) -> None:
    """Print the scores of known runners, and of all runners as newcomers."""
    for part, head in _TITLES.items():
        scored = evaluation[part]
        click.echo(f"\n{head}")
        if scored["scores"] is None:
            click.echo(f"{scored['runs']:,} runs, {scored['cramps']:,} cramps: {scored['verdict']}, so no scores")
            continue
        _print_methods(scored)
        _print_calibration(scored)
        _print_kinds(scored)
        _print_groups(scored)
    if evaluation["without_plan"]:
        click.echo(f"\n{evaluation['without_plan']:,} runs have no planned duration and were not predicted")


def _print_methods(scored: Scored) -> None:
    """Print this model and the simpler methods, one per row."""
    ours = scored["scores"]
    head = ("method", "log loss", "Brier", "predicted", "worse by (95 % range)", "this model is")
    rows = [["this model", f"{ours['log_loss']:.4f}", f"{ours['brier']:.4f}", f"{scored['expected']:.1f}", "", ""]]
    rows += [
        [
            baseline["name"],
            f"{baseline['log_loss']:.4f}",
            f"{baseline['brier']:.4f}",
            f"{baseline['expected']:.1f}",
            f"{baseline['worse_by']:+.4f} ({baseline['worse_by_low']:+.4f} to {baseline['worse_by_high']:+.4f})",
            verdict(baseline),
        ]
        for baseline in scored["baselines"]
    ]
    table(head, rows, right=head[1:4])
    click.echo(f"{scored['runs']:,} runs, {scored['cramps']:,} with a cramp; ranges by {ours['by']}")


def _print_calibration(scored: Scored) -> None:
    ours, share = scored["scores"], scored["cramps"] / scored["runs"]
    calibration = ours["calibration"]
    click.echo(
        f"observed / predicted {calibration['ratio']:.2f} "
        f"({calibration['ratio_low']:.2f} to {calibration['ratio_high']:.2f}); "
        f"calibration intercept {_with_error(calibration, 'intercept')}, slope {_with_error(calibration, 'slope')}, "
        f"error (ECE) {_number(calibration['ece'])}"
    )
    click.echo(
        f"Brier skill {ours['brier_skill']:+.3f}; precision-recall area {ours['average_precision']:.3f} "
        f"(by chance {share:.3f})"
    )
    benefits = "; ".join(
        f"{100 * benefit['threshold']:.0f} of 100: {benefit['ours']:+.4f} (always {benefit['always']:+.4f})"
        for benefit in ours["net_benefits"]
    )
    click.echo(f"net benefit per run, if a runner acts from {benefits}")


def _print_kinds(scored: Scored) -> None:
    head = ("kind of run", "runs", "cramps", "predicted", "AUROC within")
    rows = [
        [
            _KINDS[row["kind"]],
            f"{row['runs']:,}",
            f"{row['cramps']:,}",
            f"{row['expected']:.1f}",
            _number(row["order"]),
        ]
        for row in scored["kinds"]
    ]
    table(head, rows, right=head[1:])
    leaked = " and ".join(_KINDS[row["kind"]] for row in scored["kinds"] if row["looks_leaked"])
    if leaked:
        click.echo(
            f"Too good among {leaked}: what is known at the start cannot predict that well. Check for a data leak."
        )


def _print_groups(scored: Scored) -> None:
    head = ("predicted, of 100", "runs", "predicted", "observed")
    rows = [
        [
            f"{100 * group['low']:.0f} to {100 * group['high']:.0f}",
            f"{group['runs']:,}",
            f"{100 * group['said']:.1f}",
            f"{100 * group['cramps'] / group['runs']:.1f}",
        ]
        for group in scored["groups"]
    ]
    table(head, rows, right=head[1:])


def _with_error(calibration: Scored, name: str) -> str:
    return "too few" if calibration[name] is None else f"{calibration[name]:.2f} (SE {calibration[f'{name}_se']:.2f})"


def _number(value: float | None) -> str:
    return "too few" if value is None else f"{value:.3f}"
