/**
 * What files of other tools hold that no place/transition net can say. It is refused in a sentence: read as if it were not there,
 * it would make another net. ISO/IEC 15909-2 for the coloured types; PIPE, ProM and TINA for arcs, capacities and time.
 */

/** Net types, by words in them; any other type, and none, is taken for a place/transition net. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/symmetric|hl-?(net|core|png)|high-?level|colou?red|cpn/i, 'a coloured net'],
  [/reset|inhibit/i, 'a net with inhibitor or reset arcs'],
  [/time|stochastic|gspn|priorit|hybrid|continuous/i, 'a net with time, chance or priorities'],
];

const COLOURED = 'coloured';
const TIMED = 'timed';

/** Elements of places, transitions, arcs and nets that change what the net does. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['hlinitialMarking', COLOURED],
  ['hlinscription', COLOURED],
  ['structure', COLOURED],
  ['condition', COLOURED],
  ['declaration', COLOURED],
  ['delay', TIMED],
  ['interval', TIMED],
]);

const ORDINARY: ReadonlySet<string> = new Set(['', 'normal', 'regular', 'default', 'ordinary']);

/** The sentence that refuses a net of this type. */
export function refusedType(type: string): string | undefined {
  const [, what] = TYPES.find(([pattern]) => pattern.test(type.slice(type.lastIndexOf('/') + 1))) ?? [];
  return (
    what &&
    `The net is of the type "${shortened(type)}", ${what}; export it as a place/transition net instead.`
  );
}

export function refusedElement(name: string): string | undefined {
  const kind = ELEMENTS.get(name);
  if (kind === undefined) return undefined;
  return `<${name}> belongs to a ${kind} net; export the net as a place/transition net, without it.`;
}

export function refusedArc(kind: string): string | undefined {
  if (ORDINARY.has(kind.trim().toLowerCase())) return undefined;
  const what = `The arc is of the kind "${shortened(kind.trim())}"`;
  return `${what}, and only ordinary arcs can be read; say what it does with places and ordinary arcs.`;
}

/** A capacity of nought means none. */
export function refusedCapacity(text: string): string | undefined {
  const most = /(\d+)\s*$/.exec(text)?.[1] ?? text.trim();
  if (/^0*$/.test(most)) return undefined;
  return `The place has a capacity of ${shortened(most)}; say it with a second place that holds what is free.`;
}

/** `label` is one that has to say the same of all transitions, or some would go first. */
export function refusedMixture(label: string, one: string, other: string): string {
  const both = `"${shortened(one)}" and "${shortened(other)}"`;
  return `Transitions differ in <${label}>, ${both}, so some would go first; give all of them the same.`;
}

export function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
