/** A place/transition net as plain data: places by index, arcs with weights, the marking it starts from. */

export type Arc = readonly [place: number, weight: number];

export interface NetTransition {
  readonly name: string;
  readonly pre: readonly Arc[];
  readonly post: readonly Arc[];
}

export interface Net {
  readonly places: readonly string[];
  readonly transitions: readonly NetTransition[];
  /** Tokens by place. */
  readonly initial: readonly number[];
}

/** A workflow net has one source; it ends where only sinks are marked. */
export interface Ends {
  readonly source: number;
  readonly sinks: readonly number[];
}

/** Places nothing leads to, and places nothing leads from; a place without any arc is neither. */
export function endsOf({ places, transitions }: Net): { sources: number[]; sinks: number[] } {
  const fed = new Uint8Array(places.length);
  const drained = new Uint8Array(places.length);
  for (const { pre, post } of transitions) {
    for (const [place] of pre) drained[place] = 1;
    for (const [place] of post) fed[place] = 1;
  }
  const indices = places.map((_, index) => index);
  return {
    sources: indices.filter((index) => !fed[index] && drained[index]),
    sinks: indices.filter((index) => fed[index] && !drained[index]),
  };
}

/** Whether it is a workflow net: one source, some sink, and no token but one on the source. */
export function workflowEnds(net: Net): Ends | undefined {
  const { sources, sinks } = endsOf(net);
  const [source] = sources;
  if (source === undefined || sources.length > 1 || sinks.length === 0) return undefined;
  const elsewhere = net.initial.some((tokens, place) => tokens > (place === source ? 1 : 0));
  return elsewhere ? undefined : { source, sinks };
}

/** The net with one token on its source. */
export function started(net: Net, { source }: Ends): Net {
  return { ...net, initial: net.places.map((_, place) => (place === source ? 1 : 0)) };
}

/** `2 × a, b`, in the net's names; `nothing` for the empty marking. At most ten places are named. */
export function markingText({ places }: Pick<Net, 'places'>, marking: readonly number[]): string {
  const marked = marking.flatMap((tokens, place) =>
    tokens > 0 ? [`${tokens > 1 ? `${tokens} × ` : ''}${places[place]}`] : [],
  );
  if (marked.length === 0) return 'nothing';
  const more = marked.length > 10 ? ` and ${marked.length - 10} more` : '';
  return `${marked.slice(0, 10).join(', ')}${more}`;
}
