/** Elements made from values, and a page changed into another without losing focus or place. */

/** A child of an element; what is `null` or `false` is left out. */
export type Child = Node | string | number | null | false;
/** Attributes; `true` stands without a value, `false`, `null` and `undefined` not at all. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. Text is always text: no markup is read anywhere here. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of a drawing. */
export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS(SVG, tag) as SVGElement, attributes, children);
}

function filled<E extends Element>(
  element: E,
  attributes: Attributes,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(
    ...children
      .filter((child): child is Node | string | number => child !== null && child !== false)
      .map((child) => (typeof child === "number" ? String(child) : child)),
  );
  return element;
}

/** Find the element that a page can't do without. */
export function must<E extends Element = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): E {
  const found = within.querySelector<E>(selector);
  if (found === null) {
    throw new Error(`the page has no ${selector}`);
  }
  return found;
}

/**
 * Change an element into the likeness of another, keeping every node that can stay.
 *
 * Children are matched by `data-key` where they have one, else in order. Focus, scroll positions,
 * opened `<details>` and elements marked `data-keep` stay as they are.
 */
export function morph(from: Element, to: Element): void {
  morphAttributes(from, to);
  if (!from.hasAttribute("data-keep")) {
    morphChildren(from, to);
  }
  morphInput(from, to);
}

function morphAttributes(from: Element, to: Element): void {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(name === "open" && from instanceof HTMLDetailsElement)) {
      from.removeAttribute(name);
    }
  }
  for (const { name, value } of [...to.attributes]) {
    if (from.getAttribute(name) !== value) {
      from.setAttribute(name, value);
    }
  }
}

/** What people did to a field is no attribute: it is set to what the new likeness says. */
function morphInput(from: Element, to: Element): void {
  if (!(from instanceof HTMLInputElement && to instanceof HTMLInputElement)) {
    return;
  }
  if (from.checked !== to.checked) {
    from.checked = to.checked;
  }
  if (from.type !== "checkbox" && from.type !== "radio" && from.value !== to.value) {
    from.value = to.value;
  }
}

function morphChildren(from: Element, to: Element): void {
  const keyed = new Map<string, Element>();
  for (const child of [...from.children]) {
    const key = child.getAttribute("data-key");
    if (key !== null) {
      keyed.set(key, child);
    }
  }
  let place: ChildNode | null = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = wanted instanceof Element ? wanted.getAttribute("data-key") : null;
    const known = key === null ? place : (keyed.get(key) ?? null);
    if (known !== null && isAlike(known, wanted)) {
      if (known === place) {
        place = place.nextSibling;
      } else {
        from.insertBefore(known, place);
      }
      morphNode(known, wanted);
    } else {
      from.insertBefore(wanted, place);
    }
  }
  while (place !== null) {
    const rest: ChildNode | null = place.nextSibling;
    place.remove();
    place = rest;
  }
}

function isAlike(known: Node, wanted: Node): boolean {
  return (
    known.nodeName === wanted.nodeName &&
    (!(known instanceof Element) ||
      known.getAttribute("data-key") === (wanted as Element).getAttribute("data-key"))
  );
}

function morphNode(known: Node, wanted: Node): void {
  if (known instanceof Element) {
    morph(known, wanted as Element);
  } else if (known.nodeValue !== wanted.nodeValue) {
    known.nodeValue = wanted.nodeValue;
  }
}
