"""The span of a column: what it says of values nobody looks at again."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.formats.cleaning.spans import Span, spans_of

NAN = float("nan")


def test_a_span_leaves_out_what_is_not_known() -> None:
    spans = spans_of({"power_w": np.array([NAN, 250.0, 90.0, NAN]), "distance_m": np.array([0.0, 3.0, 6.0, np.inf])})
    assert spans == {"power_w": Span(90.0, 250.0), "distance_m": Span(0.0, np.inf)}


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_a_column_of_nothing_has_nothing_outside(values: list[float]) -> None:
    span = spans_of({"power_w": np.array(values)})["power_w"]
    assert np.isnan([span.lowest, span.highest]).all()
    assert span.is_within(0.0, 3000.0)


@pytest.mark.parametrize(("low", "high", "within"), [(1.0, 250.0, True), (1.1, 250.0, False), (1.0, 249.9, False)])
def test_a_span_is_within_its_own_ends_and_no_narrower_ones(low: float, high: float, within: bool) -> None:
    assert Span(1.0, 250.0).is_within(low, high) is within
