"""Whether all or any of an array of bool hold. For reading, where it is asked forty times a run.

numpy's own `all()` and `any()` do more around the looking than looking. These give about 1 % of bulk ingest, but 5 to 9 % of
reading a file: the column read_runs of `python -m benchmarks.decode` rests on them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def all_hold(mask: NDArray[np.bool_]) -> bool:
    """Whether every one of a mask, of any shape, holds; so it is with none."""
    return not mask.size or mask.item(mask.argmin())


def any_holds(mask: NDArray[np.bool_]) -> bool:
    """Whether one of a mask, of any shape, holds."""
    return mask.size > 0 and mask.item(mask.argmax())
