"""scikit-learn's own checks of an estimator: which pass, which cannot apply and why, and their laws on frames."""

from __future__ import annotations

import warnings
from unittest import SkipTest

import numpy as np
import polars as pl
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from models.fit.hazard import CrampHazard
from tests.model.runners import hazard_rows, no_rows, varied_plans

# All but the first two reasons also hold for the first: the checks give arrays of numbers without names.
FRAME = "rows are a frame: columns have names and units, and some are texts"
LEARNT_FROM_NOTHING = "no rows, or clean ones only, are a runner too: the evidence answers"
NOT_APPLYING = {
    "check_array_api_input": FRAME,
    "check_classifier_data_not_an_array": FRAME,
    "check_classifiers_classes": FRAME,
    "check_classifiers_one_label": LEARNT_FROM_NOTHING,
    "check_classifiers_regression_target": "an onset may share its weight between segments: 0..1",
    "check_classifiers_train": FRAME,
    "check_complex_data": FRAME,
    "check_dict_unchanged": FRAME,
    "check_dont_overwrite_parameters": FRAME,
    "check_dtype_object": FRAME,
    "check_estimators_dtypes": FRAME,
    "check_estimators_empty_data_messages": LEARNT_FROM_NOTHING,
    "check_estimators_fit_returns_self": FRAME,
    "check_estimators_nan_inf": "a covariate may be missing: it takes the reference",
    "check_estimators_overwrite_params": FRAME,
    "check_estimators_pickle": FRAME,
    "check_f_contiguous_array_estimator": FRAME,
    "check_fit1d": FRAME,
    "check_fit2d_1feature": FRAME,
    "check_fit2d_1sample": FRAME,
    "check_fit2d_predict1d": FRAME,
    "check_fit_check_is_fitted": FRAME,
    "check_fit_idempotent": FRAME,
    "check_fit_score_takes_y": FRAME,
    "check_methods_sample_order_invariance": FRAME,
    "check_methods_subset_invariance": FRAME,
    "check_n_features_in": FRAME,
    "check_n_features_in_after_fitting": FRAME,
    "check_pipeline_consistency": FRAME,
    "check_positive_only_tag_during_fit": FRAME,
    "check_readonly_memmap_input": FRAME,
    "check_requires_y_none": "onsets stand in the rows: y may be left out",
    "check_supervised_y_2d": FRAME,
    "check_supervised_y_no_nan": FRAME,
}


def outcome(estimator: CrampHazard, check) -> bool:
    """Whether the check passes. scikit-learn's own warnings about its checks are not ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(estimator)
    except (AssertionError, TypeError, ValueError, SkipTest):
        return False
    return True


def test_scikit_learns_checks_pass_but_for_those_named_with_a_reason() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checks = list(estimator_checks_generator(CrampHazard()))
    failed = {check.func.__name__ for estimator, check in checks if not outcome(estimator, check)}
    assert failed == set(NOT_APPLYING)
    assert len({check.func.__name__ for _, check in checks} - failed) >= 17


# --- the same laws on frames


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return hazard_rows(varied_plans(30, np.random.default_rng(3)), {"r009": 4, "r020": 7})


def test_fitting_again_or_on_a_copy_gives_the_same_and_changes_neither_rows_nor_parameters(rows) -> None:
    before, model = rows.clone(), CrampHazard(seed=4)
    first = model.fit(rows).to_json()
    assert model.fit(rows).to_json() == first
    assert rows.equals(before)
    assert model.get_params()["seed"] == 4


def test_rows_are_predicted_alike_in_any_order_and_one_by_one(rows) -> None:
    model = CrampHazard().fit(rows)
    whole = model.predict_proba(rows)
    np.testing.assert_allclose(model.predict_proba(rows.reverse())[::-1], whole, rtol=1e-12)
    np.testing.assert_allclose(np.vstack([model.predict_proba(rows[k]) for k in range(5)]), whole[:5], rtol=1e-12)


def test_rows_without_a_column_are_refused_by_its_name(rows) -> None:
    with pytest.raises(ValueError, match="rows lack wbgt_c"):
        CrampHazard().fit(rows.drop("wbgt_c"))
    with pytest.raises(ValueError, match="rows lack race"):
        CrampHazard().fit(rows).predict_proba(rows.drop("race"))


def test_an_onset_that_is_not_a_number_is_refused(rows) -> None:
    for wrong in (np.nan, np.inf, -1.0):
        with pytest.raises(ValueError, match="onset"):
            CrampHazard().fit(rows, np.full(rows.height, wrong))


def test_a_runner_without_an_id_is_refused(rows) -> None:
    nobody = rows.with_columns(pl.lit(None, dtype=pl.String).alias("runner_id"))
    with pytest.raises(ValueError, match="runner"):
        CrampHazard().fit(nobody)


def test_no_rows_at_all_are_predicted_as_none() -> None:
    assert CrampHazard().fit(no_rows()).predict_proba(no_rows()).shape == (0, 2)
