/** A small strict reader of XML, so that tests do not believe the writer: well-formed, entities resolved, or an error. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const NAME = '[A-Za-z_][\\w.:-]*';
const TOKEN = new RegExp(
  `<\\?xml [^?<>]*\\?>|<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|([^<]+)`,
  'y',
);
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Throws where the text is not well-formed. */
export function readXml(text: string): XmlElement {
  interface Open {
    name: string;
    attributes: Record<string, string>;
    children: Open[];
    text: string;
  }
  const top: Open = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
    const [whole, closing, name, attributes = '', empty, characters] = match;
    const within = open.at(-1) ?? top;
    if (characters !== undefined) within.text += resolved(characters);
    else if (name === undefined && at !== 0) throw new Error(`${whole} stands not at the beginning`);
    else if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`${whole} closes another element`);
    } else if (name !== undefined) {
      const element = { name, attributes: attributesIn(attributes), children: [], text: '' };
      within.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  const [root] = top.children;
  if (open.length !== 1 || !root || top.children.length !== 1 || top.text.trim() !== '')
    throw new Error('not exactly one element');
  return root;
}

function attributesIn(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w.:-]+)="([^"]*)"/g)) {
    if (name in found) throw new Error(`${name} twice`);
    found[name] = resolved(value);
  }
  return found;
}

function resolved(text: string): string {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 && !'\n\r\t'.includes(character)) throw new Error(`character ${code}`);
  }
  return text.replaceAll(/&([^;\s]*;)?/g, (whole, name: string | undefined) => {
    const entity = name?.slice(0, -1) ?? '';
    const number = /^#(\d+)$/.exec(entity);
    if (number) return String.fromCodePoint(Number(number[1]));
    const known = NAMED[entity];
    if (known === undefined) throw new Error(`unknown entity ${whole}`);
    return known;
  });
}
