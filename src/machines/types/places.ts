/** Paths of places: `Review`, `Review.code`, `Review.code.pending`. */
import type { Names } from './graph.ts';

export type Places<States> = Names<States> | { [S in Names<States>]: Within<States[S], S> }[Names<States>];

type Within<State, S extends string> = State extends { readonly regions: infer Regions }
  ? {
      [R in Names<Regions>]:
        | `${S}.${R}`
        | (Regions[R] extends { readonly states: infer Inner } ? `${S}.${R}.${Names<Inner>}` : never);
    }[Names<Regions>]
  : never;
