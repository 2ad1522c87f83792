/** HTML or SVG that goes into a page as it is. Only {@link markup} makes it. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** `undefined`: nothing. */
export type MarkupValue = string | number | Markup | readonly Markup[] | undefined;

/** A piece of a page. What is put in is text and stays text, whatever it looks like, unless it is markup already. */
export function markup(parts: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  const sources = values.map(sourceOf);
  return new Markup(parts.map((part, index) => part + (sources[index] ?? '')).join(''));
}

function sourceOf(value: MarkupValue): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.source;
  return typeof value === 'object' ? value.map(({ source }) => source).join('') : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Control characters, which HTML has no place for, and those that turn the direction of what follows. */
const UNPRINTABLE = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
    .replace(UNPRINTABLE, '\ufffd');
}
