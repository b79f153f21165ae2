import copy
import json
import math
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

import pytest

from tinygrad_edu import Value, nn, optim, schedules
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.optim import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp, clip_by_norm, clip_by_value

START = (1.5, -0.7, 0.2)

# 100 steps with PyTorch 2.13 in double precision from START, with the gradients of `slopes`: kind, its settings,
# PyTorch's name for it, and the parameters it arrives at.
GOLDEN = [
    (SGD, {"lr": 0.01}, "SGD", (0.2188624222025099, -0.013144772569951318, -0.11701195445615764)),
    (SGD, {"lr": 0.01, "momentum": 0.9}, "SGD", (0.48155329224216326, 0.2359960121292031, -0.48349312740504613)),
    (
        SGD,
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        "SGD",
        (-0.42897106912182326, 0.17349129449542483, 0.3854904439742984),
    ),
    (AdaGrad, {"lr": 0.1}, "Adagrad", (0.6607713240162995, 0.3027095098140736, -0.6156272472080445)),
    (
        AdaGrad,
        {"lr": 0.05, "eps": 1e-06, "weight_decay": 0.2},
        "Adagrad",
        (0.8716405889143182, 0.003127989514691783, -0.45234099652828524),
    ),
    (RMSProp, {"lr": 0.01}, "RMSprop", (0.6320042228786991, 0.33076465815682565, -0.6064257388009721)),
    (
        RMSProp,
        {"lr": 0.001, "alpha": 0.9, "momentum": 0.8, "weight_decay": 0.1},
        "RMSprop",
        (1.0212379315923128, -0.20644650993755237, -0.29236412200083933),
    ),
    (Adam, {}, "Adam", (1.4034631065996874, -0.6023235309507008, 0.10150326982546809)),
    (
        Adam,
        {"lr": 0.05, "betas": (0.8, 0.99), "eps": 1e-06, "weight_decay": 0.1},
        "Adam",
        (0.5004571446183456, 0.25244728050762905, -0.44889918592673567),
    ),
    (AdamW, {}, "AdamW", (1.4020610261272468, -0.6017028058667527, 0.10136879000850701)),
    (AdamW, {"lr": 0.02, "weight_decay": 0.3}, "AdamW", (0.3918962633962444, 0.1667490204525063, -0.39643106187404686)),
]


def slopes(x):
    """The gradient of a bent valley, x₀⁴ + (x₁ - x₀²)² + ½x₂² + sin x₀x₂."""
    a, b, c = x
    bend = math.cos(a * c)
    return [4 * a**3 - 4 * a * (b - a * a) + c * bend, 2 * (b - a * a), c + a * bend]


def run(kind, settings, steps=100):
    parameters = [Value(x) for x in START]
    optimizer = kind(parameters, **settings)
    for _ in range(steps):
        for p, g in zip(parameters, slopes([p.data for p in parameters]), strict=True):
            p.grad = g
        optimizer.step()
    return [p.data for p in parameters]


def with_gradients(*gradients):
    parameters = [Value(1.0) for _ in gradients]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    return parameters


# --- what the steps are ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "settings", "_name", "arrived"), GOLDEN)
def test_a_hundred_steps_arrive_where_pytorch_arrived(kind, settings, _name, arrived):
    assert run(kind, settings) == pytest.approx(arrived, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("kind", "settings", "name", "_arrived"), GOLDEN)
def test_a_hundred_steps_agree_with_the_pytorch_that_is_installed(kind, settings, name, _arrived):
    torch = pytest.importorskip("torch")
    x = torch.tensor(START, dtype=torch.float64)
    optimizer = getattr(torch.optim, name)([x], **settings)
    for _ in range(100):
        x.grad = torch.tensor(slopes(x.tolist()), dtype=torch.float64)
        optimizer.step()
    assert run(kind, settings) == pytest.approx(x.tolist(), rel=1e-12, abs=1e-12)


def test_sgd_with_momentum_is_the_recurrence_of_its_docstring():
    x, v = list(START), [0.0] * 3
    for _ in range(100):
        g = [gi + 0.1 * xi for gi, xi in zip(slopes(x), x, strict=True)]
        v = [0.9 * vi + gi for vi, gi in zip(v, g, strict=True)]
        x = [xi - 0.01 * (gi + 0.9 * vi) for xi, gi, vi in zip(x, g, v, strict=True)]
    settings = {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}
    assert run(SGD, settings) == pytest.approx(x, rel=1e-12)


def test_adam_is_the_recurrence_of_the_paper():
    x, m, v = list(START), [0.0] * 3, [0.0] * 3
    for t in range(1, 101):
        g = slopes(x)
        m = [0.9 * mi + 0.1 * gi for mi, gi in zip(m, g, strict=True)]
        v = [0.999 * vi + 0.001 * gi**2 for vi, gi in zip(v, g, strict=True)]
        x = [
            xi - 0.05 * (mi / (1 - 0.9**t)) / (math.sqrt(vi / (1 - 0.999**t)) + 1e-8)
            for xi, mi, vi in zip(x, m, v, strict=True)
        ]
    assert run(Adam, {"lr": 0.05}) == pytest.approx(x, rel=1e-12)


def test_w5_one_step_on_a_linear_neuron():
    w, b = Value(1.0), Value(0.0)
    optimizer = nn.SGD([w, b], lr=0.01)
    loss = nn.mse_loss(w * 2.1 + b, 4.0)
    loss.backward()
    optimizer.step()
    assert (w.data, b.data) == pytest.approx((1.0798, 0.038), rel=1e-12)
    assert nn.mse_loss(w * 2.1 + b, 4.0).data == pytest.approx(2.8710591364, rel=1e-12)


def test_fractions_stay_exact_under_plain_sgd():
    x = Value(Fraction(1, 3))
    (x * x).backward()
    SGD([x], lr=Fraction(1, 4)).step()
    assert x.data == Fraction(1, 6)


def test_a_parameter_without_a_gradient_stays_where_it_is():
    moved, left = with_gradients(1.0, NOT_COMPUTED)
    optimizer = AdamW([moved, left])
    optimizer.step()
    assert moved.data < 1.0
    assert left.data == 1.0
    assert optimizer.state_dict()["memories"][1] == []


def test_zero_grad_forgets_the_gradients():
    parameters = with_gradients(1.0, 2.0)
    SGD(parameters).zero_grad()
    assert all(p.grad is NOT_COMPUTED for p in parameters)


def test_a_learning_rate_may_be_a_function_of_the_step():
    (x,) = with_gradients(1.0)
    optimizer = SGD([x], lr=lambda step: 1.0 / (1 + step))
    optimizer.step()
    optimizer.step()
    assert x.data == 1.0 - 1.0 - 0.5
    assert (optimizer.steps, optimizer.learning_rate()) == (2, 1 / 3)


# --- what is refused, before anything changes -------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_raises_before_any_parameter_changes(bad):
    parameters = with_gradients(1.0, bad)
    parameters[1].label = "w2"
    optimizer = Adam(parameters)
    with pytest.raises(ValueError, match=r"gradient of parameter 1 \(w2\) is -?(nan|inf)"):
        optimizer.step()
    assert [p.data for p in parameters] == [1.0, 1.0]
    assert (optimizer.steps, optimizer.state_dict()["memories"]) == (0, [[], []])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.1])
def test_a_learning_rate_that_is_no_rate_raises_before_any_parameter_changes(bad):
    parameters = with_gradients(1.0)
    with pytest.raises(ValueError, match="lr must be a finite number of at least 0"):
        SGD(parameters, lr=bad)
    optimizer = SGD(parameters, lr=lambda _: bad)
    with pytest.raises(ValueError, match="lr must be"):
        optimizer.step()
    assert parameters[0].data == 1.0


@pytest.mark.parametrize("kind", [SGD, AdaGrad])  # x itself overflows, or the memory of g²
def test_a_step_that_overflows_raises_before_any_parameter_changes(kind):
    parameters = with_gradients(1.0, 1e200)
    with pytest.raises(OverflowError, match=r"parameter 1 = 1\.0 would become"):
        kind(parameters, lr=1e200).step()
    assert [p.data for p in parameters] == [1.0, 1.0]


def test_an_interrupt_between_two_parameters_undoes_the_step():
    class Interrupting(Value):
        @property
        def data(self):
            return 1.0

        @data.setter
        def data(self, x):
            if x != 1.0:
                raise KeyboardInterrupt

    first, second = with_gradients(1.0)[0], Interrupting(1.0)
    second.grad = 1.0
    optimizer = SGD([first, second], lr=0.5, momentum=0.5)
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert (first.data, optimizer.steps) == (1.0, 0)


def test_a_step_before_any_backward_pass_says_what_is_missing():
    with pytest.raises(RuntimeError, match=r"call loss\.backward\(\) before step\(\)"):
        SGD([Value(1.0)]).step()


def test_no_parameters_are_refused():
    with pytest.raises(ValueError, match="at least one parameter"):
        SGD([])


def test_a_parameter_listed_twice_is_refused():
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match=r"parameter 2 \(x\) is listed twice"):
        Adam([x, Value(2.0), x])


def test_what_is_no_leaf_value_is_refused():
    with pytest.raises(TypeError, match=r"parameter 0 is 1\.0"):
        SGD([1.0])
    with pytest.raises(ValueError, match=r"parameter 0 is the result of '\+'"):
        SGD([Value(1.0) + 1.0])


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (SGD, {"momentum": -0.1}, "momentum must be"),
        (SGD, {"weight_decay": math.nan}, "weight_decay must be"),
        (SGD, {"nesterov": True}, "nesterov needs a momentum"),
        (AdaGrad, {"eps": 0.0}, "eps must be"),
        (RMSProp, {"alpha": 1.0}, "alpha must be"),
        (Adam, {"betas": (0.9, 1.5)}, r"betas\[1\] must be"),
    ],
)
def test_settings_out_of_range_are_refused(kind, settings, message):
    with pytest.raises(ValueError, match=message):
        kind([Value(1.0)], **settings)


def test_an_optimizer_of_your_own_needs_an_update():
    class Unfinished(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match="Unfinished must define update"):
        Unfinished(with_gradients(1.0), lr=0.1).step()


def test_an_update_must_say_what_to_remember():
    class Forgetful(Optimizer):
        def update(self, x, g, memory, lr):
            return x - lr * g

    parameters = with_gradients(1.0)
    before = parameters[0].data
    with pytest.raises(TypeError, match=r"Forgetful.update must return two things.*as in `return x - lr \* g, \(\)`"):
        Forgetful(parameters, lr=0.1).step()
    assert parameters[0].data == before


# --- what people type first -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (SGD, r"SGD takes a list of Values, got a model: write SGD\(model\.parameters\(\)\)"),
        (lambda m: Adam(m, lr=0.1), r"Adam takes a list of Values, got a model: write Adam"),
        (lambda m: SGD(m.parameters), r"write model\.parameters\(\), with parentheses"),
        (lambda m: SGD(m.b), r"got one Value: write SGD\(\[x\]\)"),
        (lambda m: SGD(m.named_parameters()), r"parameter 0 is \('w\[0\]'.*gives them without names"),
        (lambda m: SGD(m.state_dict()), "SGD takes a list of Values, got {"),
        (lambda m: SGD(3), "SGD takes a list of Values, got 3"),
        (lambda m: SGD("w"), "SGD takes a list of Values, got 'w'"),
        (lambda m: SGD(None), "SGD takes a list of Values, got None"),
        (lambda m: SGD(m.parameters(), lr="0.1"), "lr must be a number, got '0.1'"),
        (lambda m: SGD(m.parameters(), lr=None), "lr must be a number, got None"),
        (lambda m: SGD(m.parameters(), lr=True), "lr must be a number, got True"),
        (lambda m: SGD(m.parameters(), lr=Value(0.1)), "lr must be a number, got Value"),
        (lambda m: SGD(m.parameters(), momentum="0.9"), "momentum must be a number, got '0.9'"),
        (lambda m: SGD(m.parameters(), weight_decay=None), "weight_decay must be a number, got None"),
        (lambda m: Adam(m.parameters(), betas=0.9), "betas must be a pair of numbers, got 0.9"),
        (lambda m: Adam(m.parameters(), betas=(0.9,)), "betas must be a pair of numbers"),
        (lambda m: Adam(m.parameters(), eps="small"), "eps must be a number, got 'small'"),
        (lambda m: RMSProp(m.parameters(), alpha="most"), "alpha must be a number, got 'most'"),
        (lambda m: SGD(m.parameters()).load_state_dict(None), "state must be a dict, got None"),
        (lambda m: clip_by_norm(m, 1.0), "clip_by_norm takes a list of Values, got a model"),
        (lambda m: clip_by_value(m.parameters(), "5"), "limit must be a number, got '5'"),
        (lambda m: clip_by_norm([1.0], 1.0), r"clip_by_norm: parameter 0 is 1\.0: Values are needed"),
    ],
)
def test_what_does_not_fit_is_answered_with_what_to_write(make, message):
    with pytest.raises(TypeError, match=message):
        make(nn.Neuron(2))


def test_a_schedule_that_gives_no_number_is_named():
    (p,) = with_gradients(1.0)
    with pytest.raises(TypeError, match=r"lr must be a number, got '0\.1'"):
        SGD([p], lr=lambda step: "0.1").step()


def test_a_gradient_of_none_is_one_that_was_not_computed():
    moved, left = with_gradients(1.0, None)
    optimizer = SGD([moved, left], lr=0.5, momentum=0.9)
    optimizer.step()
    assert (moved.data, left.data, optimizer.memories) == (0.5, 1.0, [(1.0,), ()])
    for clip in (clip_by_norm, clip_by_value):
        clip([moved, left], 0.5)
    assert (moved.grad, left.grad) == (0.5, None)
    moved.grad = None
    with pytest.raises(RuntimeError, match=r"call loss\.backward\(\) before step\(\)"):
        optimizer.step()


def test_zero_grad_takes_pytorchs_option():
    p, never, none = with_gradients(2.0, NOT_COMPUTED, None)
    optimizer = SGD([p, never, none])
    optimizer.zero_grad(set_to_none=False)
    assert p.grad == 0
    assert p.grad is not NOT_COMPUTED
    assert never.grad is none.grad is NOT_COMPUTED
    optimizer.zero_grad(set_to_none=True)
    assert p.grad is NOT_COMPUTED


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("RMSprop", "RMSProp"),
        ("Adagrad", "AdaGrad"),
        ("clip_grad_norm_", "clip_by_norm"),
        ("lr_scheduler", "schedules"),
    ],
)
def test_another_librarys_name_is_answered_with_ours(name, ours):
    with pytest.raises(AttributeError, match=f"no attribute '{name}': write .*{ours}"):
        getattr(optim, name)
    with pytest.raises(AttributeError, match=r"no attribute 'Adaam'$"):
        optim.Adaam  # noqa: B018


# --- groups of parameters -------------------------------------------------------------------------------------------


def two_groups(kind, one, other, **settings):
    parameters = [Value(x) for x in START]
    return parameters, kind([{"params": parameters[:1], **one}, {"params": parameters[1:], **other}], **settings)


GROUPS = [  # kind, settings of the two groups, settings of the whole
    (SGD, {"lr": 0.05}, {"momentum": 0.5, "nesterov": True}, {"lr": 0.01, "momentum": 0.9}),
    (Adam, {}, {"lr": 0.05, "betas": (0.8, 0.99), "weight_decay": 0.1}, {"lr": 0.01}),
    (RMSProp, {"alpha": 0.9}, {"momentum": 0.3}, {"lr": 0.002}),
    (AdamW, {"weight_decay": 0.2}, {"eps": 1e-4}, {}),
]
TORCH = {"SGD": "SGD", "Adam": "Adam", "RMSProp": "RMSprop", "AdamW": "AdamW", "AdaGrad": "Adagrad"}


@pytest.mark.parametrize(("kind", "one", "other", "settings"), GROUPS)
def test_groups_are_optimizers_side_by_side(kind, one, other, settings):
    parameters, optimizer = two_groups(kind, one, other, **settings)
    alone = [Value(x) for x in START]
    pair = [kind(alone[:1], **{**settings, **one}), kind(alone[1:], **{**settings, **other})]
    for _ in range(100):
        for ps in (parameters, alone):
            for p, g in zip(ps, slopes([p.data for p in ps]), strict=True):
                p.grad = g
        optimizer.step()
        for each in pair:
            each.step()
    assert [p.data for p in parameters] == [p.data for p in alone]
    assert [p.data for p in parameters] != list(START)


@pytest.mark.parametrize(("kind", "one", "other", "settings"), GROUPS)
def test_groups_agree_with_the_pytorch_that_is_installed(kind, one, other, settings):
    torch = pytest.importorskip("torch")
    parameters, optimizer = two_groups(kind, one, other, **settings)
    x = [torch.tensor(START[:1], dtype=torch.float64), torch.tensor(START[1:], dtype=torch.float64)]
    theirs = getattr(torch.optim, TORCH[kind.__name__])(
        [{"params": [x[0]], **one}, {"params": [x[1]], **other}], **settings
    )
    for _ in range(100):
        gradients = slopes([*x[0].tolist(), *x[1].tolist()])
        x[0].grad = torch.tensor(gradients[:1], dtype=torch.float64)
        x[1].grad = torch.tensor(gradients[1:], dtype=torch.float64)
        for p, g in zip(parameters, slopes([p.data for p in parameters]), strict=True):
            p.grad = g
        theirs.step()
        optimizer.step()
    assert [p.data for p in parameters] == pytest.approx([*x[0].tolist(), *x[1].tolist()], rel=1e-12)


def test_a_step_with_groups_happens_wholly_or_not_at_all():
    parameters, optimizer = two_groups(SGD, {}, {"lr": lambda step: math.nan if step else 0.1}, lr=0.1)
    for p in parameters:
        p.grad = 1.0
    optimizer.step()
    before = [p.data for p in parameters]
    with pytest.raises(ValueError, match="lr must be"):
        optimizer.step()
    assert [p.data for p in parameters] == before
    assert optimizer.steps == 1


def test_a_groups_settings_can_be_read_and_changed_as_in_pytorch():
    parameters, optimizer = two_groups(SGD, {"lr": 0.5}, {}, lr=0.1)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.1]
    optimizer.param_groups[1]["lr"] = 0.0
    optimizer.groups[0].lr = 1.0
    for p in parameters:
        p.grad = 1.0
    optimizer.step()
    assert [p.data for p in parameters] == [0.5, *START[1:]]
    assert not optimizer.is_plain


def test_a_state_of_groups_remembers_what_each_group_needs():
    parameters, optimizer = two_groups(SGD, {"momentum": 0.9}, {}, lr=0.1)
    for p in parameters:
        p.grad = 1.0
    optimizer.step()
    state = json.loads(json.dumps(optimizer.state_dict()))
    assert state["memories"] == [[1.0], [], []]
    _, other = two_groups(SGD, {"momentum": 0.9}, {}, lr=0.1)
    other.load_state_dict(state)
    assert (other.memories, other.steps) == ([(1.0,), (), ()], 1)
    with pytest.raises(ValueError, match=r"memories\[1\]: expected 0 finite numbers"):
        other.load_state_dict({**state, "memories": [[], [1.0], []]})


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ([{"lr": 0.1}], ValueError, "group 0 has lr: it needs params, and may have lr, momentum, nesterov"),
        ([{}], ValueError, "group 0 has nothing: it needs params"),
        ([{"params": [Value(1.0)], "beta": 0.1}], ValueError, "group 0 has params, beta: it needs params, and may"),
        ([{"params": [Value(1.0)]}, Value(2.0)], TypeError, "group 1 must be a dict, got Value"),
        ([{"params": [Value(1.0)], "lr": "fast"}], TypeError, "lr must be a number, got 'fast'"),
        ([{"params": [Value(1.0)], "momentum": -1.0}], ValueError, "momentum must be"),
        ([{"params": []}], ValueError, "at least one parameter"),
        ([{"params": nn.Neuron(1)}], TypeError, "got a model"),
        ([Value(1.0), {"params": [Value(2.0)]}], TypeError, "parameter 1 is {"),
    ],
)
def test_groups_that_make_no_sense_are_refused(groups, error, message):
    with pytest.raises(error, match=message):
        SGD(groups)


def test_a_parameter_in_two_groups_is_refused():
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match=r"parameter 1 \(x\) is listed twice"):
        SGD([{"params": [x]}, {"params": [x]}])


def test_an_optimizer_of_your_own_may_take_groups():
    class Signs(Optimizer):
        def __init__(self, parameters, lr=0.1, size=1.0):
            self.size = size
            super().__init__(parameters, lr)

        def update(self, x, g, memory, lr):
            return x - lr * math.copysign(self.size, g), ()

    a, b = with_gradients(5.0, -5.0)
    Signs([{"params": [a], "size": 2.0}, {"params": [b]}]).step()
    assert (a.data, b.data) == (0.8, 1.1)


# --- it travels -----------------------------------------------------------------------------------------------------


def trained(model, optimizer):
    for p in model.parameters():
        p.grad = p.data - 0.3
    optimizer.step()
    return [p.data for p in model.parameters()]


SCHEDULES = [
    0.1,
    schedules.step_decay(0.1, every=2),
    schedules.exponential(0.1, 0.5),
    schedules.linear(0.1, 0.0, steps=9),
    schedules.cosine(0.1, steps=9),
    schedules.warm_up(3, then=schedules.cosine(0.1, steps=9)),
    schedules.warm_up(3, then=0.1),
]


@pytest.mark.parametrize("lr", SCHEDULES)
@pytest.mark.parametrize("kind", [SGD, AdaGrad, RMSProp, Adam, AdamW])
def test_a_model_with_its_optimizer_travels(kind, lr):
    model = nn.MLP(2, [2, 1], seed=1)
    optimizer = kind([{"params": model.parameters()[:3]}, {"params": model.parameters()[3:], "lr": 0.01}], lr=lr)
    trained(model, optimizer)
    pairs = [copy.deepcopy((model, optimizer)), pickle.loads(pickle.dumps((model, optimizer)))]
    expected = [trained(model, optimizer), trained(model, optimizer)]
    for pair in pairs:
        assert [trained(*pair), trained(*pair)] == expected


def further(model, optimizer):
    return [trained(model, optimizer) for _ in range(5)]


def test_an_optimizer_works_in_a_process_that_was_spawned():
    model = nn.MLP(2, [2, 1], seed=1)
    optimizer = Adam(model.parameters(), lr=schedules.warm_up(3, then=schedules.cosine(0.1, steps=9)))
    trained(model, optimizer)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        far = pool.submit(further, model, optimizer).result(timeout=60)
    assert far == further(model, optimizer)


# --- state ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "settings", "_name", "_arrived"), GOLDEN)
def test_a_loaded_optimizer_goes_on_as_if_nothing_had_happened(kind, settings, _name, _arrived):
    x = [Value(1.0), Value(2.0)]
    optimizer = kind(x, **settings)

    def train(optimizer, parameters):
        for _ in range(3):
            for p in parameters:
                p.grad = p.data - 0.3
            optimizer.step()

    train(optimizer, x)
    y = [Value(p.data) for p in x]
    other = kind(y, **settings)
    other.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    train(optimizer, x)
    train(other, y)
    assert [p.data for p in x] == [p.data for p in y]
    assert other.steps == optimizer.steps == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "AdamW"}, "optimizer: 'Adam' here, 'AdamW' in the state"),
        ({"memory": ["v"]}, "memory: "),
        ({"steps": -1}, "steps: expected a count"),
        ({"steps": True}, "steps: expected a count"),
        ({"memories": 3}, "1 parameters here, 3 in the state"),
        ({"memories": []}, "1 parameters here, 0 in the state"),
        ({"memories": [[1, 2.0]]}, r"memories\[0\]: expected 3 finite numbers"),
        ({"memories": [[1, 2.0, math.inf]]}, r"memories\[0\]"),
        ({"memories": [[1, 2.0, "3"]]}, r"memories\[0\]"),
        ({"memories": [None]}, r"memories\[0\]"),
        ({"extra": 1}, "an optimiser's state has optimizer, memory, steps, memories"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    optimizer = Adam(with_gradients(1.0))
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict({**before, **change})
    assert optimizer.state_dict() == before


# --- clipping --------------------------------------------------------------------------------------------------


def test_clipping_by_value_caps_each_gradient_and_keeps_its_sign():
    parameters = with_gradients(7.0, -7.0, 3.0, NOT_COMPUTED)
    clip_by_value(parameters, 5.0)
    assert [p.grad for p in parameters] == [5.0, -5.0, 3.0, 0]
    assert parameters[3].grad is NOT_COMPUTED


def test_clipping_by_norm_keeps_the_direction_and_returns_the_norm():
    parameters = with_gradients(3.0, -4.0, NOT_COMPUTED)
    assert clip_by_norm(parameters, 1.0) == 5.0
    assert [p.grad for p in parameters] == pytest.approx([0.6, -0.8, 0], rel=1e-15)
    assert parameters[2].grad is NOT_COMPUTED


def test_a_norm_within_the_limit_is_left_alone():
    parameters = with_gradients(3.0, -4.0)
    assert clip_by_norm(parameters, 6.0) == 5.0
    assert [p.grad for p in parameters] == [3.0, -4.0]


def test_a_norm_whose_square_overflows_is_clipped_too():
    parameters = with_gradients(3e200, 4e200)
    assert clip_by_norm(parameters, 1.0) == pytest.approx(5e200)
    assert [p.grad for p in parameters] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_norm])
def test_clipping_refuses_gradients_that_are_not_finite_and_limits_that_are_no_limits(clip):
    parameters = with_gradients(9.0, math.inf)
    with pytest.raises(ValueError, match="gradient of parameter 1 is inf"):
        clip(parameters, 1.0)
    assert parameters[0].grad == 9.0
    with pytest.raises(ValueError, match="must be a finite number"):
        clip(parameters, -1.0)


def test_clipping_by_value_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    x.grad = torch.tensor([3.0, -40.0, 0.5], dtype=torch.float64)
    parameters = with_gradients(3.0, -40.0, 0.5)
    clip_by_value(parameters, 2.0)
    torch.nn.utils.clip_grad_value_([x], 2.0)
    assert [p.grad for p in parameters] == x.grad.tolist()


def test_clipping_by_norm_agrees_with_pytorch_but_for_the_millionth_it_adds_to_the_norm():
    torch = pytest.importorskip("torch")
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    x.grad = torch.tensor([3.0, -40.0, 0.5], dtype=torch.float64)
    parameters = with_gradients(3.0, -40.0, 0.5)
    norm = clip_by_norm(parameters, 2.0)
    torch.nn.utils.clip_grad_norm_([x], 2.0)
    theirs = [g * (norm + 1e-6) / norm for g in x.grad.tolist()]
    assert [p.grad for p in parameters] == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize(
    "gradients", [(3.0, 4.0), (0.3, -0.4), (3e-9, 4e-9), (5e-324, 0.0), (3e200, 4e200), (0.0, 0.0)]
)
def test_a_norm_exactly_at_the_limit_leaves_every_gradient_as_it_is(gradients):
    parameters = with_gradients(*gradients)
    clip_by_norm(parameters, math.hypot(*gradients))
    assert [p.grad for p in parameters] == list(gradients)


@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e-300, 1e300])
def test_clipping_by_norm_multiplies_by_limit_over_norm_whatever_the_size(scale):
    parameters = with_gradients(3.0 * scale, 4.0 * scale)
    clip_by_norm(parameters, 2.5 * scale)
    assert [p.grad for p in parameters] == pytest.approx([1.5 * scale, 2.0 * scale], rel=1e-15)


def test_a_limit_of_0_makes_every_gradient_0():
    parameters = with_gradients(3.0, -4.0)
    clip_by_norm(parameters, 0.0)
    assert [p.grad for p in parameters] == [0.0, 0.0]


def test_gradients_whose_norm_overflows_are_not_clipped_to_zero():
    a, b = Value(1.0), Value(1.0)
    a.grad = b.grad = 1.5e308
    with pytest.raises(ValueError, match="too large"):
        clip_by_norm([a, b], 1.0)
    assert a.grad == b.grad == 1.5e308


def test_a_gradient_beyond_the_range_of_floats_is_named():
    p = Value(1, label="p")
    p.grad = 10**400
    with pytest.raises(ValueError, match=r"gradient of .*bits"):
        SGD([p]).step()
