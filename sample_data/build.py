"""Makes the sample cohort again: `make sample`, or `python -m sample_data.build` from the project's root.

The true parameters of the runners are defined here; their cramps are drawn with SEED from sample_data/world/simulate.py.
No outcome is added, moved or removed by hand. The same code gives the same decoded content.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sample_data.cohort import COHORT, DANUBE, PLAINS, Place, SimRunner
from sample_data.course import lay_course
from sample_data.files import Files, Log, runner_files, table_files, weather_file
from sample_data.outing import Outing, go_out, load_z, longest30_min
from sample_data.season import plan_year
from sample_data.weather_year import WeatherYear, simulate_year
from sample_data.world.simulate import Truth

SEED = 1
HERE = Path(__file__).parent

# u: the runner's own level on the log hazard (a random runner has 0 +- 1.6); slopes as in World.
TRUTHS = {
    "anna": Truth(u=4.0),
    "ben": Truth(u=4.5, s_heat=0.11),  # heat
    "carla": Truth(u=5.0, s_pace=0.12),  # starts too fast
    "david": Truth(u=2.0, k=4.0),  # only when long
    "emma": Truth(u=-3.0),  # never
    "felix": Truth(u=4.5),
    "greta": Truth(u=4.0),
    "hanna": Truth(u=4.5),  # on the bike too
    "ivan": Truth(u=-3.0),  # never
    "julia": Truth(u=3.0),  # six runs only
    "karl": Truth(u=3.5),
    "lena": Truth(u=4.0),
}


def truth_of(runner: SimRunner) -> Truth:
    """Returns the true parameters with the runner's age and sex; diseases and injuries at the mean of the population."""
    return replace(TRUTHS[runner.name], age=2026.0 - runner.birth_year, male=float(runner.sex == "male"))


def live_year(runner: SimRunner, years: dict[Place, WeatherYear], seed: int = SEED) -> Log:
    """Returns the runner's year, simulated run by run."""
    truth, plans = truth_of(runner), plan_year(runner, seed)
    courses = {place: lay_course(runner, place, seed) for place in years}
    outings: list[Outing] = []
    for plan, z in zip(plans, load_z(plans), strict=True):
        habit = (longest30_min(plan, outings), float(z))
        outings.append(go_out(runner, truth, plan, courses[plan.place], years[plan.place], habit, seed))
    return Log(runner, truth, outings)


def sample_files(cohort: Sequence[SimRunner] = COHORT, seed: int = SEED) -> Files:
    """Returns every file by its path in sample_data. The runs of a runner do not depend on the rest of the cohort."""
    years = {place: simulate_year(place, seed) for place in (DANUBE, PLAINS)}
    logs = [live_year(runner, years, seed) for runner in cohort]
    files: Files = {}
    for log in logs:
        files |= runner_files(log, seed)
    for place, year in years.items():
        files |= weather_file(place, year)
    return files | table_files(logs, seed)


def write(files: Files, folder: Path) -> None:
    """Writes the files into the folder; deletes runs/ and weather/ of an earlier build first."""
    for name in ("runs", "weather"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main() -> None:
    """Builds the sample in its folder and prints what was written."""
    files = sample_files()
    write(files, HERE)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB in {HERE.name}/")


if __name__ == "__main__":
    main()
