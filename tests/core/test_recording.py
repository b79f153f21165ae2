"""`no_grad` as a decorator: of functions, coroutines, generators, asynchronous generators."""

import asyncio

import pytest

from tinygrad_edu import Value, no_grad

x = Value(3.0)


def is_remembered() -> bool:
    return bool((x * x).parents)


@no_grad()
def generator():
    """Yields whether it records, also after what is thrown into it, and returns whether it does at the end."""
    try:
        while True:
            try:
                yield is_remembered()
            except ValueError:
                yield f"caught, recording: {is_remembered()}"
    finally:
        ends.append(is_remembered())


ends: list[bool] = []


def test_each_step_of_a_generator_is_within_it_and_what_is_between_is_not():
    steps = generator()
    assert next(steps) is False
    assert is_remembered()
    assert steps.send(1) is False
    assert is_remembered()


def test_an_error_thrown_into_a_generator_reaches_it():
    steps = generator()
    next(steps)
    assert steps.throw(ValueError("for you")) == "caught, recording: False"
    assert next(steps) is False
    with pytest.raises(KeyError):
        steps.throw(KeyError("not for you"))
    assert is_remembered()


def test_a_closed_generator_ends_within_it():
    ends.clear()
    steps = generator()
    next(steps)
    steps.close()
    assert ends == [False]
    assert is_remembered()


def test_what_is_sent_to_a_generator_and_what_it_returns_pass_through():
    @no_grad()
    def echo():
        sent = yield "first"
        return sent

    steps = echo()
    assert next(steps) == "first"
    with pytest.raises(StopIteration) as end:
        steps.send("back")
    assert end.value.value == "back"


async def collected():
    return [step async for step in asynchronous(2)]


@no_grad()
async def asynchronous(count):
    for _ in range(count):
        await asyncio.sleep(0)
        try:
            yield is_remembered()
        except ValueError:
            yield "caught"


def test_each_step_of_an_asynchronous_generator_is_within_it():
    assert asyncio.run(collected()) == [False, False]
    assert is_remembered()


def test_an_asynchronous_generator_takes_errors_and_ends():
    async def drive():
        steps = asynchronous(1)
        first = await steps.asend(None)
        caught = await steps.athrow(ValueError("for you"))
        between = is_remembered()
        await steps.aclose()
        return first, caught, between

    assert asyncio.run(drive()) == (False, "caught", True)


def test_a_coroutine_is_within_it():
    @no_grad()
    async def coroutine():
        await asyncio.sleep(0)
        return is_remembered()

    assert asyncio.run(coroutine()) is False


def test_the_decorated_keep_their_names():
    assert (generator.__name__, asynchronous.__name__) == ("generator", "asynchronous")
