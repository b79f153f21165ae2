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


def solve_transposed(r: Matrix, b: Sequence[float]) -> Vector:
    """x with Rᵀ·x = b for an upper triangular R with no 0 on its diagonal.

    >>> solve_transposed([[2.0, 1.0], [0.0, 4.0]], [4.0, 10.0])
    [2.0, 2.0]
    """
    x = [0.0] * len(b)
    for k in range(len(b)):
        known = math.fsum(r[j][k] * x[j] for j in range(k))
        x[k] = (b[k] - known) / r[k][k]
    return x


def independent(a: Sequence[Sequence[float]], tolerance: float) -> tuple[list[int], list[Vector]]:
    """The numbers of columns of A that are linearly independent, and what the other columns are made of.

    The columns are compared at length 1, the one least like those before it first. A column is dependent if no more
    than `tolerance` of it is left. For each such column there is a vector x with A·x ≈ 0, its columns at length 1.

    >>> independent([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]], 1e-12)
    ([2, 0], [[-1.0, 1.0, 0.0]])
    """
    columns = [list(column) for column in zip(*a, strict=True)]
    sizes = [math.hypot(*column) or 1.0 for column in columns]
    columns = [[x / size for x in column] for column, size in zip(columns, sizes, strict=True)]
    left = [column[:] for column in columns]
    chosen: list[int] = []
    while len(chosen) < len(columns):
        best = max((j for j in range(len(columns)) if j not in chosen), key=lambda j: math.hypot(*left[j]))
        size = math.hypot(*left[best])
        if size <= tolerance:
            break
        chosen.append(best)
        direction = [x / size for x in left[best]]
        for column in left:
            for _ in range(2):  # twice: once leaves some of it where little is left
                share = math.fsum(x * y for x, y in zip(direction, column, strict=True))
                column[:] = [y - share * x for x, y in zip(direction, column, strict=True)]
    basis = [list(row) for row in zip(*[columns[j] for j in chosen], strict=True)]
    combinations = []
    for k in range(len(columns)):
        if k not in chosen:
            x = [0.0] * len(columns)
            x[k] = 1.0
            if chosen:
                made_of = solve_triangular(*triangular(basis, columns[k]))
                for j, part in zip(chosen, made_of, strict=True):
                    x[j] = -part
            combinations.append(x)
    return chosen, combinations


def inverse_of_square(r: Matrix) -> Matrix:
    """(RᵀR)⁻¹ = R⁻¹R⁻ᵀ for an upper triangular R with no 0 on its diagonal.

    >>> inverse_of_square([[2.0, 0.0], [0.0, 4.0]])
    [[0.25, 0.0], [0.0, 0.0625]]
    """
    n = len(r)
    columns = [solve_triangular(r, [1.0 if i == j else 0.0 for i in range(n)]) for j in range(n)]
    return [[math.fsum(column[i] * column[j] for column in columns) for j in range(n)] for i in range(n)]
