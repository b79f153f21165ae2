"""Programs as C: one function of C99 that reads doubles and writes its results to an array.

A number among the parameters is a `double`; a list, or any tree, is an array of its numbers in order; a batched one is
an array of its rows, one after the other, and their number. The function returns 0, or something else if an operation
overflowed or was undefined, as log(-1): the results are not to be used then. What is undefined makes an infinity or a
nan (IEEE 754, section 7), which mostly shows in a result. Where it would not, as in 1/(1/0), the line is watched: 0.0
times its number is added to `lost`, which stays 0 only while all of them are finite. In loops `lost` is of bits, and
takes up whether that product is not 0: unlike a sum, that may be done side by side. So the compiler must keep to the
standard: no -ffast-math. The text is C++ too.
"""

from collections.abc import Sequence
from typing import ClassVar

from ..numbers.operations import SHORT_NAMES
from ..rolling.families import Counted
from ..rolling.finding import Arguments, Rolled, find_loops
from ..rolling.shapes import Source
from ..symbols.liveness import Liveness
from ..symbols.symbol import Operand, Program, RowLoop, Symbol, Tree
from ..trees.tree import flatten
from ..writing.braces import BracesWriter
from ..writing.expressions import affine
from ..writing.names import Names
from ..writing.nested import LoopText, Texts
from ..writing.writer import ATOM, checked_number

HELPERS = {
    "sigmoid": """static double sigmoid(double x) {
    if (x < 0.0) {
        const double e_to_x = exp(x);
        return e_to_x / (1.0 + e_to_x);
    }
    return 1.0 / (1.0 + exp(-x));
}
""",
    "softplus": """static double softplus(double x) {
    return (x < 0.0 ? 0.0 : x) + log1p(exp(-fabs(x)));
}
""",
    "log_sigmoid": """static double log_sigmoid(double x) {
    return -((x > 0.0 ? 0.0 : -x) + log1p(exp(-fabs(x))));
}
""",
}
KEYWORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm
typeof and and_eq bitand bitor catch char8_t char16_t char32_t class compl concept consteval constinit const_cast
co_await co_return co_yield decltype delete dynamic_cast explicit export friend mutable namespace new noexcept not
not_eq operator or or_eq private protected public reinterpret_cast requires static_cast template this throw try typeid
typename using virtual wchar_t xor xor_eq bool true false nullptr constexpr alignas alignof thread_local static_assert
typeof_unqual main""".split()
FROM_HEADERS = """acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 exp10 expm1 log log10
log2 log1p logb ilogb modf ldexp frexp scalbn scalbln cbrt fabs hypot pow sqrt erf erfc lgamma tgamma gamma
signgam ceil floor nearbyint rint lrint llrint round lround llround trunc fmod remainder remquo
copysign nan nextafter nexttoward fdim fmax
fmin fma drem significand finite pow10 sincos j0 j1 jn y0 y1 yn scalb isnan isinf isfinite isnormal signbit fpclassify
isgreater isless isunordered INFINITY NAN HUGE HUGE_VAL HUGE_VALF HUGE_VALL MAXFLOAT DOMAIN SING OVERFLOW UNDERFLOW
PLOSS TLOSS X_TLOSS NULL offsetof size_t ptrdiff_t wchar_t max_align_t double_t float_t fenv_t fexcept_t feclearexcept
fetestexcept feraiseexcept fegetenv fesetenv linux unix i386 errno SNAN SNANF SNANL FLT_EVAL_METHOD""".split()
RESERVED = frozenset([*KEYWORDS, *FROM_HEADERS, *HELPERS, "abs", "out", "unused"])
PATTERNS = "|".join(  # macros of the headers, and the same functions for other floats
    ["(FE|M|FP|MATH|HUGE|FLT|DBL)_.*", f"({'|'.join(FROM_HEADERS)}|fma|roundeven|[a-z]+pi)([fl]|[fd][0-9]+x?)?"]
    + ["(f|d)(min|max)(mag|imum).*", "math_errhandling", "is(nan|inf|finite|normal|sig|sub|zero|less|gr|un|eq)[a-z]*"]
    + ["(total(order|mag)|u?fromfp|llogb|canon|[sg]etpay).*"]
)
LISTED = 4  # of more results than that, it is their sum that must be finite


class CWriter(BracesWriter):
    """Writes one program as the body of a C function."""

    FIXED: ClassVar = "const double"
    CHANGING: ClassVar = "double"
    FUNCTIONS: ClassVar = {
        **SHORT_NAMES,
        "abs": "fabs",
        "nan": "NAN",
        "inf": "INFINITY",
    }
    TEMPLATES: ClassVar = {name: text.replace("nan", "NAN") for name, text in BracesWriter.TEMPLATES.items()}

    WATCHES: ClassVar = True

    def __init__(
        self, program: Program, results: list[Operand], names: Names, counts: dict[Symbol, str], live: Liveness
    ) -> None:
        self.counts = counts  # what the number of rows of each batched parameter is called
        self.has_loops = False
        super().__init__(program, results, names, live)

    def _begin(self, live: Liveness, names: Names) -> None:
        self.lost = names.fresh("lost")
        super()._begin(live, names)

    def _assignment(self, line: Symbol, text: str) -> str:
        assignment = super()._assignment(line, text)
        return f"{assignment} {self.watch(self.names.of(line))}" if line in self.live.watched else assignment

    def _guard(self, text: str) -> str:
        return f"{self.watch(text)}{self._comment('is not 0 where it is undefined')}"

    def watch(self, text: str) -> str:
        """What makes the function say that a number is infinite or nan."""
        text = text if text.isidentifier() else self._brackets(text)
        return f"{self.lost} |= 0.0 * {text} != 0.0;" if self.has_loops else f"{self.lost} += 0.0 * {text};"

    def _loop(self, loop: RowLoop) -> list[str]:
        zeros = [self._zero(total) for total in self.live.totals.get(loop, [])]
        i = self.names.fresh("i")
        header = f"for (size_t {i} = 0; {i} < {self.counts[loop.rows[0]]}; {i}++) {{"
        items: list[str] = []
        for rows, tree in zip(loop.rows, loop.target, strict=True):
            leaves, _ = flatten(tree)
            start = f"{len(leaves)} * {i}" if len(leaves) > 1 else i
            items += [
                f"    const double {self.names.of(x)} = {self.names.of(rows)}[{start}{f' + {k}' if k else ''}];"
                for k, x in enumerate(leaves)
                if self.live.is_used(x)
            ]
        return [*zeros, header, *items]

    def _count(self, rows: Symbol) -> str:
        return f"(double){self.counts[rows]}"


def signature(parameters: dict[str, Tree]) -> list[tuple[str, str, list[Symbol]]]:
    """What becomes of each parameter: its name, "number", "array" or "rows", and its numbers."""
    kinds = []
    for name, tree in parameters.items():
        leaves, _ = flatten(tree)
        if isinstance(tree, Symbol):
            kinds.append((name, "rows" if tree.op == "rows" else "number", [tree]))
        elif any(isinstance(x, Symbol) for x in leaves):
            kinds.append((name, "array", [x for x in leaves if isinstance(x, Symbol)]))
    return kinds


class CLoops(LoopText):
    """Writes nests of loops as the body of a C function."""

    def __init__(self, rolled: Rolled, writer: CWriter, names: Names, texts: Texts) -> None:
        self._own = writer
        super().__init__(rolled, writer, names, texts)

    def _declared_array(self, source: Source) -> str:
        """Large arrays are no part of the stack, which may be small; each thread has its own."""
        size = self.sizes[source]
        where = "static __thread " if size > self.LONGEST else ""
        return f"{where}double {self._name(source)}[{size}];"

    def _table(self, name: str, numbers: list[str]) -> str:
        return f"static const double {name}[{len(numbers)}] = {{{', '.join(numbers)}}};"

    def _watched(self, text: str) -> str:
        return self._own.watch(text)

    def _zeros(self, name: str, size: int) -> list[str]:
        header = self._for(self._variables[0], size, downwards=False).removesuffix("{")
        return [f"{header}{name}[{self._variables[0]}] = 0.0;"]

    def _for(self, variable: str, n: int, *, downwards: bool) -> str:
        if downwards:
            return f"for (size_t {variable} = {n}; {variable}-- > 0;) {{"
        return f"for (size_t {variable} = 0; {variable} < {n}; {variable}++) {{"

    def _rows(self, loop: RowLoop) -> list[str]:
        i = self.names.fresh("i")
        lines = [f"for (size_t {i} = 0; {i} < {self._own.counts[loop.rows[0]]}; {i}++) {{"]
        for k, rows in enumerate(loop.rows):
            name, size = self._row(loop, k)
            if name:
                own = self.names.of(rows)
                declared = f"*const {name} = {own} + {size} * {i}" if size > 1 else f"{name} = {own}[{i}]"
                lines.append(f"    const double {declared};")
        return lines

    def _number(self, slot: Counted, variables: Sequence[str]) -> tuple[str, int]:
        """The variables are unsigned; where the number may be below 0, they are taken as signed."""
        steps, names = (*slot.steps, slot.turn), [*variables, self.round]
        if min(slot.start, *steps) < 0:
            names = [f"(ptrdiff_t){name}" for name in names]
        text, strength = affine(slot.start, steps, names)
        return f"(double){text if strength == ATOM else f'({text})'}", ATOM


def source(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> str:
    """A C function as text, with the headers and helpers it needs."""
    return written(name, parameters, program, results)[0]


def written(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> tuple[str, bool]:
    """A C function as text, and whether loops were found in it."""
    leaves, _ = flatten(results)
    numbers = [checked_number(name, x) for x in leaves]
    live = CWriter.liveness(program, numbers)
    names = Names(RESERVED, patterns=PATTERNS)
    name = names.fresh(name or "f")
    declared: list[str] = []
    counts: dict[Symbol, str] = {}
    texts: Texts = {"out": ("out", True)}
    arguments = Arguments({}, {})
    given: list[tuple[tuple[str, bool], list[Symbol]]] = []
    for wish, kind, symbols in signature(parameters):
        own = names.fresh(wish) if kind == "array" else names.of(symbols[0])
        if kind == "number":
            declared.append(f"double {own}")
        elif kind == "array":
            declared.append(f"const double *restrict {own}")
        else:
            counts[symbols[0]] = names.fresh(f"{own}_n")
            declared.append(f"size_t {counts[symbols[0]]}, const double *restrict {own}")
        if kind != "rows":
            arguments.add(("argument", wish), symbols)
            texts["argument", wish] = own, kind == "array"
            given.append((texts["argument", wish], symbols))
    arguments.add_rows(live.totals)
    found = find_loops(live, numbers, arguments)
    if found is None:
        arrays = {own: symbols for (own, is_array), symbols in given if is_array}
        for symbols in arrays.values():
            for x in symbols:
                names.of(x)  # parameters before the lines of the program
        writer = CWriter(program, numbers, names, counts, live)
        body = _straight(writer, arrays, leaves)
    else:
        writer = CWriter.of_expressions(live, names)
        writer.counts, writer.has_loops = counts, True
        body = CLoops(found, writer, names, texts).body()
    is_summed = found is not None and len(leaves) > LISTED
    lost = [writer.lost] if live.watched or is_summed else []
    if is_summed:
        undefined = _not_finite(writer.lost, names, _checked(live, numbers))
    else:
        undefined = _undefined(names, len(leaves), lost)
    text = "\n".join(
        [
            "#include <math.h>",
            "#include <stddef.h>",
            "#ifdef __cplusplus",
            "#define restrict __restrict",
            "#endif",
            "",
            *[line for op in HELPERS if op in writer.used for line in (*HELPERS[op].splitlines(), "")],
            f"int {name}({', '.join([*declared, 'double *out'])}) {{",
            *_equal_counts(writer),
            *(f"    {'long long' if found else 'double'} {each} = 0;" for each in lost),
            *body,
            *undefined,
            "}",
            "",
        ]
    )
    return text, found is not None


def _straight(writer: CWriter, arrays: dict[str, list[Symbol]], results: list[Operand]) -> list[str]:
    """The body of a function, line by line."""
    body = writer.body()
    return [
        *[
            f"    const double {writer.names.of(x)} = {own}[{k}];"
            for own, symbols in arrays.items()
            for k, x in enumerate(symbols)
            if writer.live.is_used(x)
        ],
        *writer.declarations(),
        *body,
        *[f"    out[{i}] = {writer.result(x)};" for i, x in enumerate(results)],
    ]


def _checked(live: Liveness, results: list[Operand]) -> list[tuple[int, int]]:
    """From where to where results must be finite: a gradient, say, is so if the parameter is that it has moved."""
    found: list[tuple[int, int]] = []
    for i, x in enumerate(results):
        if x not in live.implied:
            start = found.pop()[0] if found and found[-1][1] == i else i
            found.append((start, i + 1))
    return found if len(found) <= LISTED else [(0, len(results))]


def _undefined(names: Names, count: int, lost: list[str]) -> list[str]:
    """What is returned: whether a result, or a line whose exception no result shows, is infinite or nan."""
    is_lost = [f"{each} != 0" for each in lost]
    if count <= LISTED:
        return [f"    return {' || '.join([*is_lost, *(f'!isfinite(out[{i}])' for i in range(count))]) or '0'};"]
    totals, i = names.fresh("totals"), names.fresh("i")
    return [
        f"    double {totals}[4] = {{0.0, 0.0, 0.0, 0.0}};  // four sums, since each addition waits for the one before",
        f"    for (size_t {i} = 0; {i} < {count}; {i}++) {totals}[{i} % 4] += out[{i}];",
        f"    return {' || '.join([*is_lost, f'!isfinite({totals}[0] + {totals}[1] + {totals}[2] + {totals}[3])'])};",
    ]


def _not_finite(lost: str, names: Names, checked: list[tuple[int, int]]) -> list[str]:
    """The same behind loops."""
    i = names.fresh("i")
    return [
        *(
            f"    for (size_t {i} = {start}; {i} < {end}; {i}++) {lost} |= 0.0 * out[{i}] != 0.0;"
            for start, end in checked
        ),
        f"    return {lost} != 0;",
    ]


def _equal_counts(writer: CWriter) -> list[str]:
    """The columns of a loop go in step."""
    return list(
        dict.fromkeys(
            f"    if ({writer.counts[loop.rows[0]]} != {writer.counts[rows]}) return 1;"
            for loop in writer.live.totals
            for rows in loop.rows[1:]
        )
    )
