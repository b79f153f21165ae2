"""The program that makes a PNG of a picture's DOT text: find it, run it."""

NO_PROGRAM = (
    "a PNG needs a program that lays out graphs, and none was found. Either: pip install graphviz-pure "
    "(no system package needed). Or: install Graphviz, which has the program dot "
    "(apt install graphviz, brew install graphviz, https://graphviz.org/download). "
    "The picture as SVG needs neither: draw(...).svg, or .save('graph.svg')"
)


class DrawingError(RuntimeError):
    """A PNG could not be made: there is no program to do it, or it failed.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.pictures import draw
    >>> draw(Value(1.0), program="no-such-program").png
    Traceback (most recent call last):
        ...
    tinygrad_edu.DrawingError: there is no program 'no-such-program': a PNG needs a program that ...
    """

    __module__ = "tinygrad_edu"


def png_of(dot: str, program: str | None) -> bytes:
    """What the program makes of `dot`. DrawingError if that fails."""
    import subprocess  # noqa: PLC0415 - costs milliseconds, so it is loaded when it is needed

    command = [_found(program), "-Tpng", "-Gdpi=192"]
    try:
        run = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise DrawingError(f"{command[0]} could not be started: {error}") from error
    if run.returncode != 0 or not run.stdout:
        said = run.stderr.decode(errors="replace").strip()[-500:]
        raise DrawingError(
            f"{' '.join(command)} failed with code {run.returncode}: {said or 'it said nothing'}. "
            "Try another program: pip install graphviz-pure, and draw(..., program='graphviz-pure')"
        )
    return run.stdout


def _found(program: str | None) -> str:
    """The path of the program: the one asked for, else the system's dot, else graphviz-pure."""
    import os  # noqa: PLC0415
    import shutil  # noqa: PLC0415
    import sysconfig  # noqa: PLC0415

    # A virtual environment's programs are not on the PATH unless it was activated.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])
    for name in ("dot", "graphviz-pure") if program is None else (program,):
        found = shutil.which(name, path=path)
        if found:
            return found
    raise DrawingError(NO_PROGRAM if program is None else f"there is no program {program!r}: {NO_PROGRAM}")
