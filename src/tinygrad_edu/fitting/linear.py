"""Small dense linear algebra on lists: what fitting needs of it, by Householder reflections.

See G. Golub and C. Van Loan, Matrix Computations, chapter 5. A QR decomposition loses half as many digits as the
normal equations JᵀJ do.
"""

import math
from collections.abc import Sequence

Vector = list[float]
Matrix = list[Vector]  # a list of rows


def triangular(a: Sequence[Sequence[float]], b: Sequence[float]) -> tuple[Matrix, Vector]:
    """R and the first entries of Qᵀb, where A = QR: then A·x ≈ b in the sense of least squares where R·x = Qᵀb.

    A has at least as many rows as columns.

    >>> r, qb = triangular([[3.0, 1.0], [4.0, 3.0]], [5.0, 10.0])
    >>> [[round(x, 12) for x in row] for row in r], [round(x, 12) for x in qb]
    ([[-5.0, -3.0], [0.0, -1.0]], [-11.0, -2.0])
    """
    n = len(a[0])
    rows = [[*row, y] for row, y in zip(a, b, strict=True)]
    for k in range(n):
        below = [row[k] for row in rows[k:]]
        size = math.hypot(*below)
        if size == 0:
            continue
        v = [x / size for x in below]
        v[0] += math.copysign(1.0, v[0])
        scale = 1 / abs(v[0])  # 2/vᵀv: the reflection 1 - scale·v·vᵀ takes `below` to (±size, 0, 0, …)
        for j in range(k, n + 1):
            share = scale * math.fsum(x * row[j] for x, row in zip(v, rows[k:], strict=True))
            for x, row in zip(v, rows[k:], strict=True):
                row[j] -= share * x
    upper = [[0.0] * k + rows[k][k:n] for k in range(n)]
    return upper, [row[n] for row in rows[:n]]


def solve_triangular(r: Matrix, b: Sequence[float]) -> Vector:
    """x with R·x = b for an upper triangular R with no 0 on its diagonal.

    >>> solve_triangular([[2.0, 1.0], [0.0, 4.0]], [4.0, 8.0])
    [1.0, 2.0]
    """
    x = [0.0] * len(b)
    for k in reversed(range(len(b))):
        known = math.fsum(r[k][j] * x[j] for j in range(k + 1, len(b)))
        x[k] = (b[k] - known) / r[k][k]
    return x


def inverse_of_square(r: Matrix) -> Matrix:
    """(RᵀR)⁻¹ = R⁻¹R⁻ᵀ for an upper triangular R with no 0 on its diagonal.

    >>> inverse_of_square([[2.0, 0.0], [0.0, 4.0]])
    [[0.25, 0.0], [0.0, 0.0625]]
    """
    n = len(r)
    columns = [solve_triangular(r, [1.0 if i == j else 0.0 for i in range(n)]) for j in range(n)]
    return [[math.fsum(column[i] * column[j] for column in columns) for j in range(n)] for i in range(n)]
