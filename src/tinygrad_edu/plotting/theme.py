"""The colours of plots, on light paper and on dark."""

from dataclasses import dataclass, fields

MARKERS = "o^sDvP*Xh<"  # the classes' marks in decision regions


@dataclass(frozen=True)
class Theme:
    """The colours of a plot; first and second differ in lightness too, for print in grey."""

    paper: str
    ink: str
    faint: str
    grid: str
    first: str
    second: str
    third: str
    fourth: str
    low: str  # of a surface
    high: str
    regions: tuple[str, ...]


LIGHT = Theme(
    paper="#ffffff",
    ink="#1d232b",
    faint="#5d6673",
    grid="#e4e7ec",
    first="#15508f",
    second="#e07b10",
    third="#1e7d4f",
    fourth="#8b3fa8",
    low="#7db2e4",
    high="#f6f9fd",
    regions=(
        "#b3cdea",
        "#fdeedb",
        "#92c2a2",
        "#e2d3ee",
        "#d5d8dd",
        "#f6d0d6",
        "#eef3c9",
        "#a8c6cc",
        "#e3c49c",
        "#f2f2f2",
    ),
)
DARK = Theme(
    paper="#12171e",
    ink="#e9ecf0",
    faint="#a0a9b5",
    grid="#2a323d",
    first="#8cc4ff",
    second="#f39a3d",
    third="#6fd3a0",
    fourth="#d9a3f0",
    low="#27639f",
    high="#161f2a",
    regions=(
        "#26486d",
        "#4a3416",
        "#1d5233",
        "#3f2f5c",
        "#3a3f47",
        "#5a2f39",
        "#3f451c",
        "#20484f",
        "#59401f",
        "#202327",
    ),
)


def counterparts(light: Theme, dark: Theme) -> dict[str, str]:
    """Each colour of the one theme with the other's for the same use."""
    names = [field.name for field in fields(Theme) if field.name != "regions"]
    pairs = {getattr(light, name): str(getattr(dark, name)) for name in names}
    return pairs | dict(zip(light.regions, dark.regions, strict=True))
