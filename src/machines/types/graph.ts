/** Reachability in types: transition keys become a map from state to its successors, and a frontier grows over it. */

/** Text keys only. */
export type Names<T> = keyof T & string;

export type FromOf<Edge> = Edge extends `${infer From} -> ${string}` ? From : never;
export type ToOf<Edge> = Edge extends `${string} -> ${infer To}` ? To : never;

/** For each state that is left, the union of the states it is left for. */
export type Successors<Edge extends string> = { [E in Edge as FromOf<E>]: ToOf<E> };

/** All states that can be reached from `Frontier`, itself included. Tail-recursive: one round per step of distance. */
export type Reached<Graph, Frontier, Seen = Frontier> = [
  Exclude<Graph[Frontier & keyof Graph], Seen>,
] extends [never]
  ? Seen
  : Reached<Graph, Exclude<Graph[Frontier & keyof Graph], Seen>, Seen | Graph[Frontier & keyof Graph]>;

/** Names of the states that carry an outcome. */
export type Finals<States> = {
  [S in Names<States>]: States[S] extends { final: string } ? S : never;
}[Names<States>];
