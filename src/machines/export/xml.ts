/** Elements as data, written as XML 1.0. What XML cannot hold (control characters) becomes U+FFFD. */

export interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (Element | string)[];
}

/** Attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly (Element | string)[] = [],
): Element {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { name, attributes: given, children };
}

export function writeXml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root).join('\n')}\n`;
}

function lines({ name, attributes, children }: Element): string[] {
  const tag = [name, ...attributes.map(([key, value]) => `${key}="${escaped(value)}"`)].join(' ');
  if (children.length === 0) return [`<${tag}/>`];
  if (children.every((each) => typeof each === 'string'))
    return [`<${tag}>${children.map(escaped).join('')}</${name}>`];
  const inner = children.flatMap((each) => (typeof each === 'string' ? [escaped(each)] : lines(each)));
  return [`<${tag}>`, ...inner.map((line) => `  ${line}`), `</${name}>`];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Line breaks and tabs in an attribute would be read as spaces: they are numbered. */
function escaped(text: string): string {
  return [...text].map((each) => ENTITIES[each] ?? characterText(each)).join('');
}

function characterText(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x9 || code === 0xa || code === 0xd || code === 0x85) return `&#${code};`;
  const isAllowed = code >= 0x20 && (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
  return isAllowed ? character : '\ufffd';
}
