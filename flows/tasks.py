"""Every task there is: the stages of the nightly. What they do is `pipeline.actions.nightly.nightly`'s; called by the flows."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from pipeline.actions.nightly.nightly import begin_night, run_alone, run_stage

# No cache: a stage looks at the store each time, and what is done already it finds there.
task_begin_night = task(name="begin", cache_policy=NO_CACHE)(begin_night)
task_stage = task(name="stage", task_run_name="{stage}", cache_policy=NO_CACHE)(run_stage)
task_alone = task(name="stage alone", task_run_name="{stage}", cache_policy=NO_CACHE)(run_alone)
