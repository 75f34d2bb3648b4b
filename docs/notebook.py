"""From the analysts' snapshot to the report's main curve: the risk of a cramp by how long a run lasts, with its range.

A marimo notebook. Open it with `marimo edit docs/notebook.py`, or run it as a script: `python docs/notebook.py --png risk.png`.
It reads the store in CRAMPLOG_HOME, else ./demo, which `make demo` makes.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Risk of a cramp by duration")


@app.cell
def _():
    import os

    import marimo as mo
    import numpy as np
    import polars as pl
    from matplotlib.figure import Figure

    import cramplog

    return Figure, cramplog, mo, np, os, pl


@app.cell
def _(cramplog, os):
    store = cramplog.open(os.environ.get("CRAMPLOG_HOME", "demo"))
    return (store,)


@app.cell
def _(pl, store):
    # The runner with the most answered runs that had a cramp. Views name runners by id only.
    runners = store.frame("v_runner").sort("cramp_runs", "runner_id", descending=[True, False])
    chosen = runners.row(0, named=True)
    runner = chosen["runner_id"]
    origin = "a simulated runner: invented data" if chosen["simulated"] else "a runner of this store"
    answered = runners.filter(pl.col("cramps_last_10_races").is_not_null())
    first_answers = {
        row["runner_id"]: (row["cramps_last_10_races"], row["usual_race"]) for row in answered.iter_rows(named=True)
    }
    return chosen, first_answers, origin, runner


@app.cell
def _(chosen, mo, origin, runner):
    heading = mo.md(f"""
    # Risk of a cramp by how long a run lasts

    Runner `{runner}`, {origin}. {chosen["answered_runs"]} answered runs, {chosen["cramp_runs"]} with a cramp.

    The model learns from `v_hazard_row`: one row per five minutes of running, up to the first cramp of a run or its end.
    """)
    heading
    return (heading,)


@app.cell
def _(cramplog, first_answers, store):
    rows = store.hazard_rows()
    model = cramplog.CrampHazard().fit(rows, first_answers=first_answers)
    return model, rows


@app.cell
def _(runner, store):
    # What the runner does usually, and the most they have done: the same habits that the report's plans are made of.
    habits = store.sql(
        """
        WITH
        ran AS (
            SELECT *, max(start_at) OVER () AS last_at, row_number() OVER (ORDER BY start_at DESC) AS back
            FROM v_run
            WHERE runner_id = $runner AND sport = 'running' AND moving_s > 0 AND duplicate_of IS NULL AND NOT clock_wrong
        )
        SELECT
            max(moving_s) AS longest_s,
            max(moving_s) FILTER (start_at >= last_at - INTERVAL 30 DAY) AS longest30_s,
            round(median(start_hour_local) FILTER (back <= 8)) AS start_hour_local,
            sum(descent_m) / sum(moving_s) FILTER (descent_m IS NOT NULL) AS descent_m_per_s
        FROM ran
        """,
        {"runner": runner},
    ).row(0, named=True)
    air = store.sql(
        """
        SELECT run_id, air_temp_c, wbgt_c
        FROM v_run_weather
        JOIN v_run USING (run_id)
        WHERE runner_id = $runner AND sport = 'running' AND duplicate_of IS NULL AND wbgt_c IS NOT NULL
        """,
        {"runner": runner},
    )
    return air, habits


@app.cell
def _(air, pl):
    # A cool, a middling and a warm day of this runner: air temperature, C.
    by_run = air.group_by("run_id").agg(pl.col("air_temp_c").mean())["air_temp_c"]
    temps_c = [round(by_run.quantile(share, "linear")) for share in (0.1, 0.5, 0.9)] if by_run.len() else []

    def typical_wbgt_c(temp_c):
        """The heat at this temperature: how far WBGT lies from the air's, the median of the nearest fifth of segments."""
        nearest = air.sort((pl.col("air_temp_c") - temp_c).abs()).head(max(12, air.height // 5))
        return temp_c + (nearest["wbgt_c"] - nearest["air_temp_c"]).median()

    # Without weather there is one curve, at the model's reference heat.
    heat_c = {temp_c: typical_wbgt_c(temp_c) for temp_c in temps_c} or {None: None}
    return (heat_c,)


@app.cell
def _(habits, np, pl):
    def plan(run_id, planned_s, wbgt_c):
        """A planned run as the model takes it: one row per five minutes; a missing value counts as the reference."""
        starts_s = np.arange(0.0, planned_s, 300.0)
        return pl.DataFrame({"moving_start_s": starts_s}).with_columns(
            run_id=pl.lit(run_id),
            minutes=pl.lit(5.0),
            race=pl.lit(False),
            pace_faster_pct=pl.lit(0.0),
            longest30_s=pl.lit(habits["longest30_s"], pl.Float64),
            descent_so_far_m=pl.col("moving_start_s") * pl.lit(habits["descent_m_per_s"], pl.Float64),
            wbgt_c=pl.lit(wbgt_c, pl.Float64),
            load_3d_z=pl.lit(None, pl.Float64),
            start_hour_local=pl.lit(habits["start_hour_local"], pl.Float64),
        )

    return (plan,)


@app.cell
def _(habits, heat_c, model, np, pl, plan, runner):
    # Every quarter of an hour, up to half as long again as the longest run so far.
    durations_s = np.arange(1800.0, 1.5 * habits["longest_s"] + 1, 900.0)
    wanted = [(temp_c, planned_s) for temp_c in heat_c for planned_s in durations_s.tolist()]
    plans = pl.concat(plan(str(n), planned_s, heat_c[temp_c]) for n, (temp_c, planned_s) in enumerate(wanted))
    risks = model.run_risks(plans, runner)
    curve = pl.DataFrame(
        [
            (temp_c, planned_s, risk.mean, risk.low, risk.high)
            for (temp_c, planned_s), risk in zip(wanted, risks.values(), strict=True)
        ],
        schema={
            "air_temp_c": pl.Float64,
            "planned_s": pl.Float64,
            "mean": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
        },
        orient="row",
    )
    return (curve,)


@app.cell
def _(Figure, curve, habits, origin, runner, store):
    onsets = store.sql(
        "SELECT onset_moving_s / 3600 AS hours FROM v_cramp"
        " WHERE runner_id = $runner AND is_onset AND sport = 'running' AND onset_moving_s IS NOT NULL",
        {"runner": runner},
    )["hours"]
    chart = Figure(figsize=(9, 5), layout="constrained")
    axes = chart.subplots()
    looks = [("#1f6fb5", ":"), ("#6b6a35", "--"), ("#b8390e", "-")]
    for (colour, dashes), (_temp, line) in zip(looks, curve.group_by("air_temp_c", maintain_order=True), strict=False):
        hours = line["planned_s"] / 3600
        name = "reference heat" if _temp[0] is None else f"{_temp[0]:.0f} °C"
        axes.fill_between(hours, 100 * line["low"], 100 * line["high"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(hours, 100 * line["mean"], dashes, color=colour, linewidth=2.4, label=name)
    longest_h = habits["longest_s"] / 3600
    axes.axvspan(
        longest_h, curve["planned_s"].max() / 3600, facecolor="none", edgecolor="#56606b", hatch="//", alpha=0.35
    )
    axes.text(longest_h, 97, "longer than any run so far ", ha="right", va="top", color="#56606b")
    axes.plot(onsets, [2.0] * onsets.len(), "D", color="#b8390e", markersize=6, linestyle="none", label="cramps so far")
    axes.set(xlabel="planned duration, hours", ylabel="of 100 such runs, with a cramp", ylim=(0, 100))
    axes.set_title(f"{runner}, {origin}", loc="left")
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    chart
    return (chart,)


@app.cell
def _(mo):
    mo.md("""
    A line is the posterior mean, its band the 5 to 95 % range: what this runner's runs, the other runners and the published
    evidence leave open. The report draws the same curves. It leaves the line out where too little is known for a single number,
    and computes WBGT from humidity, wind and sun where this notebook takes a median.
    """)
    return


@app.cell
def _(chart, curve, mo, origin, runner):
    if mo.app_meta().mode == "script":
        if mo.cli_args().get("png"):
            chart.savefig(str(mo.cli_args()["png"]), dpi=110)
        last = curve.row(-1, named=True)
        print(
            f"{runner}, {origin}: a run of {last['planned_s'] / 3600:g} h brings a cramp in about"
            f" {100 * last['mean']:.0f} of 100, plausibly {100 * last['low']:.0f} to {100 * last['high']:.0f}"
        )
    return


if __name__ == "__main__":
    app.run()
