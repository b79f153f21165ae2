"""A robot arm of three links reaches for a point: its Jacobian by `jacobian`, compiled by `jit`, and Newton's method.

`python examples/robot_arm.py` prints the way there, and the Jacobian as the program that was derived from the arm.
"""

import math
from collections.abc import Sequence
from typing import Any

import tinygrad_edu as tg

LINKS = (1.0, 0.8, 0.5)  # lengths in metres


def hand(angles: Sequence[Any]) -> list[Any]:
    """Where the hand is, in metres: each angle is between one link and the next, in radians."""
    x = y = direction = 0.0
    for length, angle in zip(LINKS, angles, strict=True):
        direction = direction + angle
        x = x + length * tg.cos(direction)
        y = y + length * tg.sin(direction)
    return [x, y]


jacobian = tg.jit(tg.jacobian(hand))  # 2 x 3: how fast the hand moves for each joint


def step(angles: list[float], target: Sequence[float]) -> tuple[list[float], float]:
    """A step of Gauss and Newton towards the target, the smallest that there is: Jᵀ(JJᵀ)⁻¹ · what is missing.

    Returns the new angles and how far the hand was from the target before.
    """
    missing = [there - here for there, here in zip(target, hand(angles), strict=True)]
    rows = jacobian(angles)
    (a, b), (_, d) = ([sum(p * q for p, q in zip(u, v, strict=True)) for v in rows] for u in rows)
    determinant = a * d - b * b
    u = (d * missing[0] - b * missing[1]) / determinant
    v = (a * missing[1] - b * missing[0]) / determinant
    moved = [angle + u * dx + v * dy for angle, dx, dy in zip(angles, *rows, strict=True)]
    return moved, math.hypot(*missing)


def reach(target: Sequence[float], angles: Sequence[float] = (0.3, 0.4, 0.5), steps: int = 6) -> list[list[float]]:
    """The angles on the way, from the first to the last."""
    way = [list(angles)]
    for _ in range(steps):
        way.append(step(way[-1], target)[0])
    return way


def main() -> None:
    """Print the way to a target, and the derived program."""
    target = (0.5, 1.5)
    print(f"a hand at {', '.join(f'{x:.3f}' for x in hand([0.3, 0.4, 0.5]))} reaches for {target[0]}, {target[1]}")
    print(f"{'step':>4} {'angles in degrees':>24} {'off by':>12}")
    for number, angles in enumerate(reach(target)):
        degrees = " ".join(f"{math.degrees(angle):7.2f}" for angle in angles)
        off = math.dist(hand(angles), target)
        print(f"{number:>4} {degrees:>24} {off:>10.1e} m")
    print("\nThe Jacobian, as a program derived from the arm:\n")
    print(jacobian.source)


if __name__ == "__main__":
    main()
