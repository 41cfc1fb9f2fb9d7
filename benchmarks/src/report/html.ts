// HTML by tagged templates: everything that is put in is escaped, unless it is HTML of this file's own making.

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** @param text - HTML whose values were escaped. */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

/** What a template takes: text, which is escaped, or HTML. */
export type HtmlValue = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML with its values escaped, in text and in attributes that stand in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = strings.reduce((done, part, i) => done + htmlOf(values[i - 1]!) + part);
  return Html.trusted(text);
}

function htmlOf(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("\n");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
