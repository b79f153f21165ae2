// What is wrong with the one picture on the page: texts out of their box or off the paper, things that touch.
() => {
  const faults = [], svg = document.querySelector('svg'), within = 0.5;
  const inside = (a, b) => a.x >= b.x - within && a.y >= b.y - within
    && a.x + a.width <= b.x + b.width + within && a.y + a.height <= b.y + b.height + within;
  const touch = (a, b, gap) => a.x - gap < b.x + b.width && b.x - gap < a.x + a.width
    && a.y - gap < b.y + b.height && b.y - gap < a.y + a.height;
  const paper = {x: 0, y: 0, width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height};
  const nodes = [...svg.querySelectorAll('.node')].filter(g => g.querySelector('rect'));  // circles have no box
  const boxes = nodes.map(g => g.querySelector('rect').getBBox());
  for (const text of svg.querySelectorAll('text'))
    if (!inside(text.getBBox(), paper)) faults.push('off the paper: ' + text.textContent);
  nodes.forEach((node, i) => {
    const texts = [...node.querySelectorAll('text')];
    for (const text of texts)
      if (!inside(text.getBBox(), boxes[i])) faults.push('out of its box: ' + text.textContent);
    texts.forEach((text, j) => texts.slice(j + 1).forEach(other => {
      if (touch(text.getBBox(), other.getBBox(), -1)) faults.push(`${text.textContent} covers ${other.textContent}`);
    }));
    boxes.slice(i + 1).forEach(other => { if (touch(boxes[i], other, 4)) faults.push('boxes touch'); });
  });
  const labels = [...svg.querySelectorAll('.edge text')];
  const curves = [...svg.querySelectorAll('.edge path')].map(path => {
    const points = [], length = path.getTotalLength();
    for (let at = 0; at <= length; at += 1.5) points.push(path.getPointAtLength(at));
    return points;
  });
  labels.forEach((label, i) => {
    const box = label.getBBox();
    if (boxes.some(each => touch(box, each, 1))) faults.push('on a box: ' + label.textContent);
    if (labels.slice(i + 1).some(each => touch(box, each.getBBox(), -1.5)))
      faults.push('labels meet: ' + label.textContent);
    for (const points of curves)
      if (points.some(point => touch(box, {x: point.x, y: point.y, width: 0, height: 0}, 0.6)))
        { faults.push('an arrow touches ' + label.textContent); break; }
  });
  for (const points of curves)
    for (const box of boxes)
      if (points.slice(2, -2).some(p => touch(box, {x: p.x, y: p.y, width: 0, height: 0}, -1)))
        faults.push('an arrow in a box');
  return faults;
}
