"""The course keeps its form: each chapter one question, a picture at its top, three exercises, one sitting."""

import re
from pathlib import Path

import pytest

from tools import course_drawings, course_pictures

DOCS = Path(__file__).parents[1] / "docs"
CHAPTERS = sorted((DOCS / "course").glob("[0-9]*.md"))
IDS = [each.stem for each in CHAPTERS]
FENCE = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
WORDS_A_MINUTE, LINES_A_MINUTE, MINUTES = 200, 15, 15  # prose, code that is read, one sitting


def text_of(chapter: Path) -> str:
    return chapter.read_text("utf-8")


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def minutes(text: str) -> float:
    """How long the chapter takes to read, its examples included, its exercises not."""
    before = text.partition("\n## Exercises\n")[0]
    code = "\n".join(FENCE.findall(before))
    return len(FENCE.sub("", before).split()) / WORDS_A_MINUTE + code.count("\n") / LINES_A_MINUTE


def test_there_are_sixteen_in_order() -> None:
    assert [each.name[:3] for each in CHAPTERS] == [f"{i:02}-" for i in range(16)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_each_has_a_question_and_a_picture_before_anything_else(chapter: Path) -> None:
    title, _, rest = text_of(chapter).partition("\n")
    assert title.startswith(f"# {int(chapter.name[:2])}. ")
    opening = rest.partition("\n## ")[0]
    assert opening.lstrip().startswith("**The question: ")
    found = re.search(r"!\[([^\]]+)\]\(\.\./pictures/[\w-]+\.svg\)", opening)
    assert found, "no picture at the top"
    assert len(found[1].split()) >= 5, "its text must tell what is on it"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_each_has_three_exercises_with_folded_answers_and_says_what_one_can_do_now(chapter: Path) -> None:
    text = text_of(chapter)
    exercises = section(text, "Exercises")
    assert re.findall(r"^\*\*(\d)\.\*\*", exercises, re.MULTILINE) == ["1", "2", "3"]
    answers = len(re.findall(r"<details><summary>Answer</summary>", exercises))
    assert answers == (2 if chapter.name.startswith("00") else 3)  # nobody can answer the last one of chapter 0
    assert len(section(text, "What you can now do").split()) > 10


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_each_leads_on_and_back_and_to_the_reference(chapter: Path) -> None:
    last = text_of(chapter).rstrip().split("\n\n")[-1].replace("\n", " ")
    i = CHAPTERS.index(chapter)
    assert i == 0 or f"Back: [{i - 1}. " in last
    assert i == 15 or f"Next: [{i + 1}. " in last
    assert i in (0, 15) or re.search(r"Reference: .*\]\(\.\./[\w-]+\.md", last)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_each_says_how_long_it_takes_and_that_is_at_most_a_quarter_of_an_hour(chapter: Path) -> None:
    text = text_of(chapter)
    said = re.search(r"\*\((\d+) minutes[^)]*\)\*", text.replace("\n", " "))
    assert said, "the chapter does not say how long it takes"
    needed = minutes(text)
    assert needed <= int(said[1]) < needed + 2
    sittings = [text]
    if chapter.name.startswith("13"):  # the engine: steps 1 to 5, then 6 to 10
        first, _, second = text.partition("\n## 6. ")
        sittings = [first, second]
    assert all(minutes(each) <= MINUTES for each in sittings)


def test_the_start_page_lists_chapters_questions_and_minutes_as_they_are() -> None:
    rows = re.findall(
        r"^\| (\d+) \[(.+)\]\(course/(.+)\) \| (.+) \| (\d+) \|$", text_of(DOCS / "index.md"), re.MULTILINE
    )
    expected = []
    for chapter in CHAPTERS:
        text = " ".join(text_of(chapter).split())
        heading = text_of(chapter).partition("\n")[0]
        found = re.search(r"\*\*The question: (.+?)\*\* \*\((\d+) minutes", text)
        number, _, title = heading.removeprefix("# ").partition(". ")
        question = found[1] if found else ""
        expected.append((number, title, chapter.name, question[0].upper() + question[1:], found[2] if found else ""))
    assert rows == expected


def test_the_teachers_page_has_a_whole_plan_for_each_chapter() -> None:
    plans = re.split(r"^### ", text_of(DOCS / "teaching.md"), flags=re.MULTILINE)[1:]
    assert [plan.partition(".")[0] for plan in plans] == [str(i) for i in range(16)]
    for plan, chapter in zip(plans, CHAPTERS, strict=True):
        heading = plan.partition("\n")[0]
        title = text_of(chapter).partition("\n")[0].removeprefix("# ").partition(". ")[2]
        assert heading.partition(". ")[2].startswith(title.partition(":")[0])
        assert re.search(r"\(.*minutes", heading)
        assert re.findall(r"^- \*\*([\w ]+)\*\*:", plan, re.MULTILINE) == ["Goal", "Board", "Show", "Do", "Watch for"]


def test_two_layers_call_the_target_y_and_the_output_a_in_words_and_picture() -> None:
    drawn = "\n".join(text.get_text() for axes in course_drawings.network_and_graph().axes for text in axes.texts)
    page = (DOCS / "course" / "07-two-layers.md").read_text("utf-8")
    for words in (page, drawn):
        assert "Σ(y − a)²" in words
        assert "ŷ" not in words
        assert "∂E/∂f" not in words


def test_answers_are_folded_where_the_code_host_folds_them() -> None:
    for chapter in CHAPTERS:
        for answer in FOLD.findall(text_of(chapter)):
            assert answer.startswith("<details><summary>Answer</summary>\n\n")
            assert answer.endswith("\n\n</details>")


EVERY = [each.__name__ for each in course_pictures.EVERY]


@pytest.mark.parametrize("name", EVERY)
def test_the_drawings_turn_dark_with_the_page_and_are_shown(name: str) -> None:
    picture = (DOCS / "pictures" / f"{name}.svg").read_text("utf-8")
    assert "@media (prefers-color-scheme: dark)" in picture
    pages = [page for page in DOCS.glob("**/*.md") if f"pictures/{name}.svg)" in page.read_text("utf-8")]
    assert pages, f"nobody shows {name}"


@pytest.mark.parametrize("draw", course_drawings.EVERY, ids=lambda each: each.__name__)
def test_words_of_the_drawings_stay_on_the_paper(draw) -> None:
    figure = draw()
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    for axes in figure.axes:
        for text in axes.texts:
            place = text.get_window_extent()
            is_inside = place.x0 >= 0 and place.x1 <= width and place.y0 >= 0 and place.y1 <= height
            assert is_inside, text.get_text()
