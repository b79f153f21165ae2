"""Lines that are alike are found, whatever their indices."""

import pytest

import tinygrad_edu as tg
from tinygrad_edu.rolling.finding import Arguments
from tinygrad_edu.rolling.shapes import Shapes, Unrollable
from tinygrad_edu.staging import jit, sum_over, while_loop
from tinygrad_edu.symbols.liveness import Liveness
from tinygrad_edu.symbols.symbol import Symbol
from tinygrad_edu.trees.tree import flatten


def shapes_of(f, *args, knows_slopes=False, **options):
    ours = jit(f, **options)
    ours(*args)
    trace = ours.trace
    results = flatten(trace.results)[0]
    live = Liveness(trace.program, results, guards=True, checks=False)
    arguments = Arguments({}, {})
    for name, tree in trace.parameters.items():
        arguments.add(name, [x for x in flatten(tree)[0] if isinstance(x, Symbol)])
    arguments.add_rows(live.totals)
    return Shapes(live, results, arguments.sources, knows_slopes=knows_slopes)


def sizes(shapes, kind):
    return [len(group.members) for group in shapes.groups if group.kind == kind]


def test_results_of_one_shape_are_one_group():
    assert sizes(shapes_of(lambda xs: [tg.sin(x) * 2.0 for x in xs], [1.0] * 7), "result") == [7]


def test_other_operations_are_other_groups():
    assert sizes(shapes_of(lambda xs: [tg.sin(xs[0]), tg.sin(xs[1]), tg.cos(xs[2])], [1.0] * 3), "result") == [2, 1]


def test_a_long_sum_is_a_run():
    (group,) = (g for g in shapes_of(lambda xs: tg.sum(xs) * 2.0, [1.0] * 7).groups if g.kind == "line")
    assert [(part.sign, part.length) for part in group.parts] == [("+", 7)]


def test_signs_and_first_terms_are_kept():
    def difference(xs):
        total = tg.sin(xs[0])
        for x in xs[1:]:
            total = total - x
        return [total, total * 2.0]

    (group,) = (g for g in shapes_of(difference, [1.0] * 7).groups if g.kind == "line")
    assert [(part.sign, part.length) for part in group.parts] == [("+", 1), ("-", 6)]


def test_a_term_in_front_of_a_chain_stands_behind_it():
    def reversed_sum(xs):
        total = xs[0]
        for x in xs[1:]:
            total = x + total
        return total * 3.0

    (group,) = (g for g in shapes_of(reversed_sum, [1.0] * 7).groups if g.kind == "line")
    assert [part.length for part in group.parts] == [7]


def test_two_chains_added_stay_two():
    def two(xs):
        return (tg.sin(xs[0]) + tg.cos(xs[1])) + (tg.tan(xs[2]) + tg.exp(xs[3]))

    (group,) = shapes_of(two, [1.0] * 4).groups
    assert len(group.members[0].leaves) == 4


def test_an_expression_that_is_too_large_is_cut():
    def deep(x):
        for _ in range(100):
            x = tg.sin(x)
        return x

    assert sizes(shapes_of(deep, 1.0), "line") == [1, 1]


@pytest.mark.parametrize("body", [lambda x: 2.0 * x, lambda x: 11.0])
def test_loops_that_go_on_while_a_condition_holds_are_left_alone(body):
    with pytest.raises(Unrollable):
        shapes_of(lambda a: while_loop(lambda x: x < a, body, 1.0), 9.0)


def test_products_of_many_slopes_are_left_alone_where_they_matter():
    def product(xs, share=1.0):
        return tg.prod([x.write("equal", x, 2.0) / share if hasattr(x, "write") else 1.0 for x in xs])

    assert shapes_of(product, [1.0] * 6).groups
    with pytest.raises(Unrollable):
        shapes_of(product, [1.0] * 6, knows_slopes=True)
    with pytest.raises(Unrollable):
        shapes_of(lambda xs: product(xs, 3.0), [1.0] * 6, knows_slopes=True)
    assert shapes_of(lambda xs: tg.prod([x / 3.0 for x in xs]), [1.0] * 6, knows_slopes=True).groups


def test_a_loop_within_a_choice_is_left_alone():
    with pytest.raises(Unrollable):
        shapes_of(lambda p, xs: tg.where(p > 0, lambda: sum_over(lambda x: x * p, xs), 0.0), 1.0, [1.0], batched=["xs"])
