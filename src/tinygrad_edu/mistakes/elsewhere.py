"""Names that users of other libraries type, and what to write here instead: of a Value, and of the package."""

from collections.abc import Callable, Mapping

NOTHING = "nothing: numbers here are Python's floats, with no device and no dtype"
ONE = "nothing: a Value is one number; many are a list, or an array of NumPy's that holds Values"
OF_A_LIST = "tinygrad_edu.{0}(values), a function of a list"
STATE = (
    "a dict beside them, as in m = {p: 0.0 for p in parameters} with m[p] for one; or class Weight(Value): pass, "
    "whose instances take any attribute"
)

OF_VALUES: Mapping[str, str] = {
    **{name: OF_A_LIST.format(name) for name in ("sum", "mean", "prod", "max", "min", "softmax", "log_softmax", "dot")},
    **dict.fromkeys(("cpu", "cuda", "to", "float", "double", "half", "type"), NOTHING),
    **dict.fromkeys(("T", "t", "dim", "ndim", "size", "view", "reshape", "flatten", "squeeze", "unsqueeze"), ONE),
    **dict.fromkeys(("children", "_children", "prev"), "x.parents"),
    **dict.fromkeys(("m", "v", "s", "mom", "momentum", "velocity", "cache", "exp_avg", "exp_avg_sq", "state"), STATE),
    "add": "x + y",
    "sub": "x - y",
    "mul": "x * y",
    "div": "x / y",
    "pow": "x ** 2",
    "square": "x ** 2",
    "matmul": "tinygrad_edu.dot(xs, ys) of two lists",
    "clamp": "minimum(maximum(x, low), high)",
    "clip": "minimum(maximum(x, low), high)",
    "item_": "x.item()",
    "value": "x.data",
    "val": "x.data",
    "numpy": "x.data",
    "gradient": "x.grad",
    "derivative": "y.backward() and then x.grad, or derivative(f)(2.0) for a function f",
    "name": "x.label",
    "clone": "x itself: operations make new Values; for a new leaf Value(x.data)",
    "zero_": "x.data = 0.0",
    "requires_grad": "nothing: every Value is differentiated by; a constant is a plain number",
    "requires_grad_": "nothing: every Value is differentiated by; a constant is a plain number",
    "retain_grad": "nothing: every Value keeps its grad",
    "is_leaf": "not x.op",
    "grad_fn": "x.op and x.parents",
    "register_hook": "nothing: change x.grad after backward",
}
OF_THE_PACKAGE: Mapping[str, str] = {
    **dict.fromkeys(("Tensor", "tensor", "Variable", "Parameter", "Scalar"), "Value(2.0), one number"),
    **dict.fromkeys(("array", "zeros", "ones", "randn", "arange", "linspace"), "a list of numbers, or NumPy's array"),
    **dict.fromkeys(("matmul", "einsum", "mm"), "dot(xs, ys) of two lists; arrays of NumPy's that hold Values know @"),
    **dict.fromkeys(("manual_seed", "random"), "random.seed(0), Python's own, or seed=0 where networks are made"),
    **dict.fromkeys(("clip", "clamp"), "minimum(maximum(x, low), high)"),
    **dict.fromkeys(("draw_dot", "draw_graph", "visualize"), "draw(x)"),
    **dict.fromkeys(("numerical_gradient", "numeric_gradient", "check_grads"), "gradcheck(f, x)"),
    **dict.fromkeys(("Linear", "Sequential", "Module", "MLP", "Neuron", "Layer"), "nn.{0}"),
    **dict.fromkeys(("SGD", "Adam", "AdamW"), "optim.{0}"),
    **dict.fromkeys(("mse_loss", "cross_entropy", "hinge_loss", "l1_loss", "huber_loss"), "losses.{0}"),
    "pow": "x ** 2",
    "square": "x ** 2",
    "abs": "abs(x), Python's own",
    "pi": "math.pi",
    "norm": "sqrt(sum([x * x for x in xs])), or hypot(x, y) of two",
    "var": "m = mean(xs) and then mean([(x - m) ** 2 for x in xs])",
    "std": "m = mean(xs) and then sqrt(mean([(x - m) ** 2 for x in xs]))",
    "backward": "x.backward()",
    "elementwise_grad": "[derivative(f)(x) for x in xs]",
    "checkpoint": "nothing: graphs of numbers are small",
    "functional": "this package's functions, as relu(x), and losses",
    "special": "the functions of this package, as erf(x)",
}


def no_such(owner: str, name: str, elsewhere: Mapping[str, str]) -> AttributeError:
    """The error for a name that is not there, with what to write if another library has it."""
    way_out = f": write {elsewhere[name].format(name)}" if name in elsewhere else ""
    return AttributeError(f"{owner} has no attribute {name!r}{way_out}")


def answering(module: str, elsewhere: Mapping[str, str]) -> Callable[[str], object]:
    """A module's `__getattr__`, which says what other libraries' names are there."""

    def answer(name: str) -> object:
        raise no_such(f"module {module!r}", name, elsewhere)

    return answer


class Absent:
    """Stands in a class for an attribute that it has not, and says so; an instance that takes attributes may set it.

    The class itself does not get slower by it, as it would by a `__getattr__` or `__setattr__`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> object:
        """What the instance was given under this name."""
        own = getattr(instance, "__dict__", {})
        if instance is not None and self.name in own:
            return own[self.name]
        raise self._error(owner)

    def __set__(self, instance: object, value: object) -> None:
        if not hasattr(instance, "__dict__"):
            raise self._error(type(instance))
        instance.__dict__[self.name] = value

    def _error(self, owner: type) -> AttributeError:
        return AttributeError(f"a {owner.__name__} has no attribute {self.name!r}: write {OF_VALUES[self.name]}")
