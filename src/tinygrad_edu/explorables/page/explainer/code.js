// Program text to read. In the page it has no line ends: they come back after each statement and
// declaration, with what belongs together indented.
export function inLines(code) {
  let [depth, brackets, text] = [0, 0, ""];
  for (const c of code) {
    if ("([".includes(c)) brackets++;
    if (")]".includes(c)) brackets--;
    if (c === "{") depth++;
    if (c === "}") text = `${text.trimEnd()}\n${"  ".repeat(--depth)}`;
    text += c;
    if (brackets === 0 && "{};,".includes(c)) text += `\n${"  ".repeat(depth + (c === "," ? 1 : 0))}`;
  }
  return text.trimEnd();
}
