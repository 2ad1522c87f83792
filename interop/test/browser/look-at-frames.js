// Runs in the browser, in a page of frames, and leaves in its place what a reader sees in each of them.

/** @typedef {import('./seen-page.js').SeenPage} SeenPage */
/** @typedef {import('./seen-page.js').SeenChart} SeenChart */

/** Of glyphs and lines that touch a border. */
const TOLERANCE = 1;

/** @param {HTMLIFrameElement} frame @returns {SeenPage} */
function lookAt(frame) {
  const { contentWindow, contentDocument } = frame;
  if (contentWindow === null || contentDocument === null) throw new Error('a frame without a page');
  const { scrollWidth, clientWidth } = contentDocument.documentElement;
  const paper = contentWindow.getComputedStyle(contentDocument.body).backgroundColor;
  return {
    width: frame.clientWidth,
    dark: luminance(paper) < 0.5,
    tooWide: scrollWidth - clientWidth,
    charts: [...contentDocument.querySelectorAll('.chart')].map((chart) => lookAtChart(chart, paper)),
  };
}

/** @param {Element} chart @param {string} paper its colour @returns {SeenChart} */
function lookAtChart(chart, paper) {
  const bounds = chart.getBoundingClientRect();
  const scale = bounds.width / (chart.querySelector('svg')?.viewBox.baseVal.width ?? Number.NaN);
  const texts = [...chart.querySelectorAll('text')].map((element) => {
    const words = element.textContent ?? '';
    const { fill, fontSize } = getComputedStyle(element);
    return {
      words,
      box: element.getBoundingClientRect(),
      fill,
      fontSize: Number.parseFloat(fontSize) * scale,
    };
  });
  const drawn = [...chart.querySelectorAll('path')].flatMap((path) => {
    const { fill, stroke } = getComputedStyle(path);
    return isData(path, 'stroke') ? [stroke] : isData(path, 'fill') ? [fill] : [];
  });
  return {
    title: chart.getAttribute('aria-label') ?? '',
    texts: texts.map(({ words }) => words),
    fontSize: Math.min(...texts.map(({ fontSize }) => fontSize)),
    outside: texts.flatMap(({ words, box }) => (isWithin(box, bounds) ? [] : [words])),
    overlapping: texts.flatMap(({ words, box }, index) =>
      texts.slice(0, index).some((other) => overlap(box, other.box)) ? [words] : [],
    ),
    textContrast: Math.min(...texts.map(({ fill }) => contrast(fill, paper))),
    dataContrast: Math.min(...drawn.map((colour) => contrast(colour, paper))),
  };
}

/** @param {Element} path @param {string} attribute whether it has one of the colours for data */
function isData(path, attribute) {
  return /--(s\d|ours|theirs)\b/.test(path.getAttribute(attribute) ?? '');
}

/** @param {DOMRect} box @param {DOMRect} bounds */
function isWithin(box, bounds) {
  return (
    box.left >= bounds.left - TOLERANCE &&
    box.right <= bounds.right + TOLERANCE &&
    box.top >= bounds.top - TOLERANCE &&
    box.bottom <= bounds.bottom + TOLERANCE
  );
}

/** @param {DOMRect} a @param {DOMRect} b */
function overlap(a, b) {
  return (
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOLERANCE &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOLERANCE
  );
}

/** As WCAG defines it. @param {string} one @param {string} other */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** @param {string} colour as a browser tells it: `rgb(1, 2, 3)` */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((digits) => {
    const part = Number(digits) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

addEventListener('load', () => {
  const seen = [...document.querySelectorAll('iframe')].map(lookAt);
  const told = document.createElement('pre');
  told.textContent = encodeURIComponent(JSON.stringify(seen));
  document.body.replaceChildren(told);
});
