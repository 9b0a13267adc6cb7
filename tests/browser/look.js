// What the tests look at on a page: everything visible, as a person meets it.
(() => {
  const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a), a: 1,
  });
  const behind = (element) => {
    if (!element) return { r: 255, g: 255, b: 255, a: 1 };
    const colour = rgba(getComputedStyle(element).backgroundColor);
    return colour.a === 1 ? colour : over(colour, behind(element.parentElement));
  };
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ({ r, g, b }) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return !element.hidden && box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== "hidden";
  };
  const all = (selector) => Array.from(document.body.querySelectorAll(selector)).filter(seen);
  const own = (element) => Array.from(element.childNodes, (node) => (node.nodeType === 3 ? node.data : "")).join("").trim();
  const text = (element, said, style) => ({
    said, size: parseFloat(style.fontSize), contrast: contrast(over(rgba(style.color), behind(element)), behind(element)),
  });

  window.look = {
    // every text with its size and how far it stands out
    texts: () => [
      ...all("*").filter(own).map((element) => text(element, own(element), getComputedStyle(element))),
      ...all("[placeholder]").map((element) => text(element, element.placeholder, getComputedStyle(element, "::placeholder"))),
    ],
    // everything that acts, and has no name a reader could say
    nameless: () => all("a, button, input, img, form.options, [role]").filter((element) =>
      !(element.getAttribute("aria-label") || element.textContent.trim() || (element.labels && element.labels.length)
        || element.getAttribute("alt") === "")).map((element) => element.outerHTML),
    // what a thumb would miss
    small: () => all("button, input, .plain").filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width < 48 || box.height < 48;
    }).map((element) => element.outerHTML),
    // what does not fit
    cut: () => all("button, p, h1, .line").filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.outerHTML),
    focused: () => document.activeElement.textContent.trim() || document.activeElement.id,
  };
})();
