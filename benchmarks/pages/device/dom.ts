// Elements in one expression.

type Child = Node | string | null | undefined | false;

/**
 * An element with attributes and children. Text is text, never markup.
 *
 * @param attributes - `true` sets an attribute without value, `false` and null leave it out; a function is a listener
 *   for the event of that name.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}
