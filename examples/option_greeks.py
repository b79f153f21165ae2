"""The price of an option and its Greeks, which are derivatives: Black and Scholes's formula, differentiated.

`python examples/option_greeks.py` prints them beside the textbook's formulas, and delta and gamma as a program.
"""

import math
from typing import Any

import tinygrad_edu as tg

MARKET = (100.0, 105.0, 0.5, 0.03, 0.2)  # spot price, strike, years, interest rate, volatility


def call_price(spot: Any, strike: Any, years: Any, rate: Any, volatility: Any) -> Any:
    """What the right to buy at the strike price after these years is worth today (Black and Scholes 1973)."""
    spread = volatility * tg.sqrt(years)
    d1 = (tg.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    return spot * normal(d1) - strike * tg.exp(-rate * years) * normal(d1 - spread)


def normal(x: Any) -> Any:
    """How likely a standard normal number is to be below x."""
    return (1 + tg.erf(x / math.sqrt(2))) / 2


first_order = tg.jit(tg.value_and_grad(call_price, argnums=(0, 2, 3, 4)))
delta_and_gamma = tg.jit(tg.value_and_grad(tg.grad(call_price)))


def greeks() -> dict[str, float]:
    """The price, its slopes by spot price, time, rate and volatility, and its curvature by the spot price."""
    price, (delta, by_years, rho, vega) = first_order(*MARKET)
    _, gamma = delta_and_gamma(*MARKET)
    return {"price": price, "delta": delta, "gamma": gamma, "vega": vega, "theta": -by_years, "rho": rho}


def by_the_book() -> dict[str, float]:
    """The same by the formulas that a textbook gives."""
    s, k, t, r, sigma = MARKET
    d1 = (math.log(s / k) + (r + sigma**2 / 2) * t) / (sigma * math.sqrt(t))
    d2 = d1 - sigma * math.sqrt(t)
    density, discounted = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi), k * math.exp(-r * t)
    return {
        "price": s * normal(d1) - discounted * normal(d2),
        "delta": normal(d1),
        "gamma": density / (s * sigma * math.sqrt(t)),
        "vega": s * density * math.sqrt(t),
        "theta": -s * density * sigma / (2 * math.sqrt(t)) - r * discounted * normal(d2),
        "rho": t * discounted * normal(d2),
    }


def main() -> None:
    """Print the Greeks, and the program for two of them."""
    book = by_the_book()
    print(f"{'':<6} {'derived':>20} {'by the book':>20}")
    for name, number in greeks().items():
        print(f"{name:<6} {number:>20.14f} {book[name]:>20.14f}")
    print("\nDelta and gamma, as a program derived from the price:\n")
    print(delta_and_gamma.source)


if __name__ == "__main__":
    main()
