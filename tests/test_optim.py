import json
import math
from fractions import Fraction

import pytest

from tinygrad_edu import Value, nn, schedules
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
    assert [p.grad for p in parameters] == pytest.approx([3 / 5.000001, -4 / 5.000001, 0], rel=1e-12)
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


def test_clipping_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    gradients = [3.0, -40.0, 0.5]
    for ours, theirs in (
        (clip_by_value, torch.nn.utils.clip_grad_value_),
        (clip_by_norm, torch.nn.utils.clip_grad_norm_),
    ):
        x.grad = torch.tensor(gradients, dtype=torch.float64)
        parameters = with_gradients(*gradients)
        ours(parameters, 2.0)
        theirs([x], 2.0)
        assert [p.grad for p in parameters] == pytest.approx(x.grad.tolist(), rel=1e-12)


# --- schedules -----------------------------------------------------------------------------------------------------


def test_schedules_reach_their_end_and_stay_there():
    for schedule in (schedules.linear(0.1, 0.02, steps=10), schedules.cosine(0.1, steps=10, end=0.02)):
        rates = [schedule(step) for step in range(20)]
        assert rates[0] == pytest.approx(0.1)
        assert rates[10:] == pytest.approx([0.02] * 10)
        assert rates == sorted(rates, reverse=True)


def test_a_warm_up_leads_into_another_schedule():
    schedule = schedules.warm_up(2, then=schedules.exponential(1.0, 0.5))
    assert [schedule(step) for step in range(5)] == [0.5, 1.0, 1.0, 0.5, 0.25]


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.step_decay(0.1, every=0),
        lambda: schedules.linear(0.1, 0.0, steps=0),
        lambda: schedules.cosine(0.1, steps=-1),
        lambda: schedules.warm_up(0, then=0.1),
    ],
)
def test_schedules_of_no_steps_are_refused(make):
    with pytest.raises(ValueError, match="of at least 1"):
        make()


@pytest.mark.parametrize(
    ("schedule", "name", "settings"),
    [
        (schedules.step_decay(0.1, every=3, factor=0.5), "StepLR", {"step_size": 3, "gamma": 0.5}),
        (schedules.exponential(0.1, 0.9), "ExponentialLR", {"gamma": 0.9}),
        (schedules.cosine(0.1, steps=20, end=0.01), "CosineAnnealingLR", {"T_max": 20, "eta_min": 0.01}),
        (schedules.linear(0.1, 0.05, steps=8), "LinearLR", {"start_factor": 1.0, "end_factor": 0.5, "total_iters": 8}),
    ],
)
def test_schedules_agree_with_pytorch(schedule, name, settings):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    theirs = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings)
    for step in range(20):
        assert schedule(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12)
        optimizer.step()
        theirs.step()


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
