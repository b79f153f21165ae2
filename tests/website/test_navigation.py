"""The navigation comes from docs/index.md, and reaches every page."""

from pathlib import Path

from tools.website.navigation import navigation, sections

ROOT = Path(__file__).parents[2]
INDEX = """# I

[README](../README.md), [a](course/a.md), [way in](way.md)

## Learn

- [a](course/a.md), [b](b.md#x)

## Reference: use

[c](c.md) [b](b.md)

## Own

[d](d.md) [o](https://x.org/o.md)
"""


def pages_in(nav):
    for each in nav:
        for value in each.values() if isinstance(each, dict) else [each]:
            yield from [value] if isinstance(value, str) else pages_in(value)


def test_sections_list_each_page_once_where_it_comes_first():
    found = {"Learn": ["course/a.md", "b.md"], "Reference: use": ["c.md"], "Own": ["d.md"], "": ["way.md"]}
    assert sections(INDEX) == found


def test_a_page_that_the_index_forgot_is_in_the_guide():
    nav = navigation(INDEX, ["course/a.md", "b.md", "c.md", "d.md", "index.md", "new.md"], ["r.md"], ["e.md"], ["p.md"])
    assert [next(iter(tab)) for tab in nav] == [
        "Start",
        "Course",
        "Guide",
        "Reference",
        "Examples",
        "Try it",
        "Project",
    ]
    assert nav[1] == {"Course": ["docs/course/a.md", "docs/b.md"]}
    assert nav[2] == {"Guide": ["docs/index.md", "docs/way.md", {"Use": ["docs/c.md"]}, {"More": ["docs/new.md"]}]}
    assert nav[6] == {"Project": ["docs/d.md", "p.md"]}


def test_every_page_of_the_documentation_is_reachable_once():
    docs = [path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")]
    found = list(pages_in(navigation((ROOT / "docs" / "index.md").read_text("utf-8"), docs, [], [], [])))
    assert sorted(found) == sorted(["index.md", "try.md", *(f"docs/{page}" for page in docs)])


def test_the_course_is_in_order_and_its_own_tab():
    course = navigation((ROOT / "docs" / "index.md").read_text("utf-8"), [], [], [], [])[1]["Course"]
    chapters = sorted(path.name for path in ROOT.glob("docs/course/[0-9]*.md"))
    assert course[: len(chapters)] == [f"docs/course/{name}" for name in chapters]
    assert "docs/course/glossary.md" in course
