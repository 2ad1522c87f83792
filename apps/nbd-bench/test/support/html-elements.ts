export interface HtmlElement {
  name: string;
  attributes: string;
  /** What is directly in it, entities resolved. */
  text: string;
}

/** Those that end where they begin. */
const VOID = new Set(['meta']);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z:-]+="[^"<>]*")*)\s*(\/?)>/gi;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

/** All elements of a page. @throws when one is not closed, or something looks like a tag and is none. */
export function htmlElements(page: string): HtmlElement[] {
  const elements: HtmlElement[] = [];
  const open: HtmlElement[] = [];
  const addText = (text: string): void => {
    if (/[<>]/.test(text)) throw new Error(`no tag, no text: ${text}`);
    const last = open.at(-1);
    if (last !== undefined) last.text += resolved(text);
  };
  let at = page.indexOf('<html');
  for (const { 0: tag, 1: slash, 2: name = '', 3: attributes = '', 4: ends, index } of page.matchAll(TAG)) {
    addText(page.slice(at, index));
    at = index + tag.length;
    if (slash === '/') {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> ends <${last?.name}>`);
      continue;
    }
    const element = { name, attributes: resolved(attributes.trim()), text: '' };
    elements.push(element);
    if (ends !== '/' && !VOID.has(name)) open.push(element);
  }
  if (open.length > 0) throw new Error(`never ended: ${open.map(({ name }) => name).join(', ')}`);
  return elements;
}

/** Of all elements of that name. */
export function textsOf(page: string, name: string): string[] {
  return htmlElements(page).flatMap((element) => (element.name === name ? [element.text] : []));
}

function resolved(text: string): string {
  return text.replace(/&([#a-z0-9]+);/g, (entity, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`no such entity: ${entity}`);
    return character;
  });
}
