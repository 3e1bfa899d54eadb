/** The typed spelling of a workflow. */

/** Returns the literal it is given. */
export function workflow<const S>(source: S): S {
  return source;
}
