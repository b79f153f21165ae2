"""QR decomposition on lists."""

import math

import numpy as np
import pytest

from tinygrad_edu.fitting.linear import independent, inverse_of_square, solve_triangular, triangular


@pytest.mark.parametrize("seed", range(5))
def test_qr_solves_as_numpy_does(seed):
    random_numbers = np.random.default_rng(seed)
    m, n = 4 + seed, 1 + seed % 4
    a, b = random_numbers.normal(size=(m, n)), random_numbers.normal(size=m)
    r, qb = triangular(a.tolist(), b.tolist())
    assert np.tril(np.array(r), -1) == pytest.approx(np.zeros((n, n)))
    assert solve_triangular(r, qb) == pytest.approx(np.linalg.lstsq(a, b, rcond=None)[0], rel=1e-9)
    assert np.array(inverse_of_square(r)) == pytest.approx(np.linalg.inv(a.T @ a), rel=1e-8)


def test_qr_of_columns_of_zeros_and_of_tiny_and_huge_numbers():
    assert triangular([[0.0, 1.0], [0.0, 2.0]], [1.0, 1.0])[0][0] == [0.0, 1.0]
    for scale in (1e-300, 1e300):
        r, qb = triangular([[3 * scale], [4 * scale]], [5.0, 10.0])
        assert r[0][0] == pytest.approx(-5 * scale, rel=1e-15)
        assert qb == pytest.approx([-11.0])


def test_columns_that_are_made_of_others_are_told():
    a = [[1.0, 2.0, 1.0, 0.0], [2.0, 0.0, 1.0, 0.0], [3.0, 1.0, 1.0, 0.0]]
    rows = [[*row, row[0] - 2 * row[1] + 1e-3 * row[2]] for row in a]
    chosen, combinations = independent(rows, 1e-12)
    assert len(chosen) == 3
    assert len(combinations) == 2
    sizes = [math.hypot(*column) or 1.0 for column in zip(*rows, strict=True)]
    for x in combinations:
        for row in rows:
            assert sum(part * entry / size for part, entry, size in zip(x, row, sizes, strict=True)) == pytest.approx(0)
    assert independent([[0.0], [0.0]], 1e-12) == ([], [[1.0]])
