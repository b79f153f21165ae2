"""Squeezing keeps the meaning of scripts and styles."""

import pytest

from tinygrad_edu.explorables.squeezing import squeezed_script, squeezed_style, with_short_names


@pytest.mark.parametrize(
    ("script", "squeezed"),
    [
        ('const s = "a  +  b // c";', 'const s="a  +  b // c";'),
        ("const s = `a ${ x ? `b  ${ y }` : { z: 1 }.z } c`;", "const s=`a ${ x ? `b  ${ y }` : { z: 1 }.z } c`;"),
        ("const s = `\\` ${x}`; // why", "const s=`\\` ${x}`;"),
        ('const r = / +[/"] /g;', 'const r= / +[/"] /g;'),
        ("x = a - -b + +c;", "x=a- -b+ +c;"),
        ("x = a / b / c;", "x=a/b/c;"),
        ("return 'x';", "return'x';"),
        ("f((x) => x, (y, z) => y);", "f(x=>x,(y,z)=>y);"),
        ("const a = 1;\nconst b = 2;\nlet c = 3;\nconst d = 4;", "const a=1,b=2;let c=3;const d=4;"),
        ("const f = () => {\n  g();\n  const a = 1;\n};\nconst b = 2;", "const f=()=>{g();const a=1},b=2;"),
        ("for (;;) {\n}\n", "for(;;){}\n"),
        ("{\n  while (f(a) && g());\n}", "{while(f(a)&&g());}\n"),
        ("{\n  f(g(a));\n}", "{f(g(a))}\n"),
        ("// one\n\n  // two\n  f();", "f();"),
        ("f(\n  a\n    .b()\n    .c(),\n  d ?\n    e : g,\n);", "f(a.b().c(),d?e:g);"),
        ('x =\n  a &&\n  b;\ny = "a " +\n  "b";\nz = () =>\n  1;', 'x=a&&b;y="a b";z=()=>1;'),
        ("f(`b` + `c${d}` +\n  `e` + e, 2 * 'a' + 'b', 'a' + 'b'.c);", "f(`bc${d}e`+e,2*'a'+'b','a'+'b'.c);"),
        ("f('a' + `b`);", "f('a'+`b`);"),
        ("if (a)\n  f();\nfor (const x of y)\n  return x;", "if(a)f();for(const x of y)return x;"),
        ("i++\nj++\nk = a\n+ b", "i++\nj++\nk=a\n+b\n"),
    ],
)
def test_a_script_keeps_its_meaning(script, squeezed):
    assert squeezed_script(script) == squeezed


def test_names_that_are_also_properties_keys_or_shorthand_or_plain_words_stay():
    script = "const aKey=1,aProp=2,inShort=3,word=4,itMoves=5;f({aKey:1},x.aProp,{inShort},`a word`,itMoves);"
    names = ["aKey", "aProp", "inShort", "word", "itMoves"]
    assert with_short_names(script, names) == script.replace("itMoves", "$0")


def test_a_spread_name_is_renamed_too():
    assert with_short_names("f(...theNumbers);x.theNumbers", []) == "f(...theNumbers);x.theNumbers"
    assert with_short_names("f(...theThings)", ["theThings"]) == "f(...$0)"


def test_a_style_keeps_its_meaning():
    assert squeezed_style("a > b:hover, c { margin: 0 1px; }\n/* x */ @media (max-width: 9px) { d { e: f; } }") == (
        "a > b:hover,c{margin:0 1px}@media (max-width:9px){d{e:f}}"
    )
