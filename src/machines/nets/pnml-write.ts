/** A net as PNML (ISO/IEC 15909-2), on one page, so that reading it gives the same net again. */
import type { Arc, Net } from './net.ts';

export function writePnml({ places, transitions, initial }: Net, name = 'net'): string {
  const node = (kind: string, id: string, label: string, inner = '') =>
    `      <${kind} id="${id}"><name><text>${escaped(label)}</text></name>${inner}</${kind}>`;
  const arc = (from: string, to: string, weight: number, id: string) => {
    const inscription = weight === 1 ? '' : `<inscription><text>${weight}</text></inscription>`;
    return `      <arc id="${id}" source="${from}" target="${to}">${inscription}</arc>`;
  };
  const arcs = (list: readonly Arc[], t: number, side: 'i' | 'o') =>
    list.map(([place, weight]) =>
      side === 'i'
        ? arc(`p${place}`, `t${t}`, weight, `i${t}-${place}`)
        : arc(`t${t}`, `p${place}`, weight, `o${t}-${place}`),
    );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">',
    `  <net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet">`,
    `    <name><text>${escaped(name)}</text></name>`,
    '    <page id="page">',
    ...places.map((label, index) => {
      const tokens = initial[index] ?? 0;
      const marked = tokens > 0 ? `<initialMarking><text>${tokens}</text></initialMarking>` : '';
      return node('place', `p${index}`, label, marked);
    }),
    ...transitions.map(({ name: label }, index) => node('transition', `t${index}`, label)),
    ...transitions.flatMap(({ pre, post }, t) => [...arcs(pre, t, 'i'), ...arcs(post, t, 'o')]),
    '    </page>',
    '  </net>',
    '</pnml>',
    '',
  ].join('\n');
}

/** Control characters, which XML 1.0 cannot carry, become a replacement character. */
function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"]/g, (each) => marks[each] ?? each)
      .replace(/\r/g, '&#13;')
  );
}
