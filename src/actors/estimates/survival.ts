/**
 * How long something lasts, learnt from what lasted and from what is still going on. What is still going on has lasted at
 * least so long, and to leave it out, or to take it for ended, would make everything look shorter than it is.
 *
 * Kaplan & Meier, Nonparametric Estimation from Incomplete Observations, JASA 53 (1958). Waiting that is behind us is
 * accounted for by a landmark: only what lasted longer is looked at, from there on (Anderson, Cain & Gelber, J. Clin.
 * Oncol. 1, 1983), which for one estimate is the same as S(t + w) / S(w). Which of several ends comes is the cumulative
 * incidence of Aalen & Johansen (Scand. J. Statist. 5, 1978).
 */

/** Something that lasted `ms`: until `end` came, or at least until nobody looked any more. */
export interface Sojourn {
  readonly ms: number;
  readonly end: string | null;
}

/** From `ms` on the share `left` still goes on; times grow, shares fall, and before the first all of it does. */
export interface Step {
  readonly ms: number;
  readonly left: number;
}

export interface Curve {
  readonly steps: readonly Step[];
  /** How much ends with what, in the long run; the rest goes on beyond what was seen. */
  readonly ends: Readonly<Record<string, number>>;
}

/** Rounding must not move a quantile to the next step. */
const EPSILON = 1e-9;

/** What lasted longer than `ms`, counted from there. */
export function after(sojourns: readonly Sojourn[], ms: number): Sojourn[] {
  return sojourns.filter((each) => each.ms > ms).map((each) => ({ ...each, ms: each.ms - ms }));
}

export function curveOf(sojourns: readonly Sojourn[]): Curve {
  const sorted = sojourns.toSorted((a, b) => a.ms - b.ms);
  const steps: Step[] = [];
  const ends: Record<string, number> = {};
  let left = 1;
  for (let first = 0; first < sorted.length; ) {
    const { ms } = sorted[first] as Sojourn;
    let next = first;
    const ended: Record<string, number> = {};
    let count = 0;
    for (; sorted[next]?.ms === ms; next++) {
      const end = sorted[next]?.end ?? null;
      if (end === null) continue;
      ended[end] = (ended[end] ?? 0) + 1;
      count += 1;
    }
    // Whatever stopped being looked at at this very time counts as at risk in it.
    const atRisk = sorted.length - first;
    for (const [end, n] of Object.entries(ended)) ends[end] = (ends[end] ?? 0) + (left * n) / atRisk;
    if (count > 0) {
      left *= (atRisk - count) / atRisk;
      steps.push({ ms, left });
    }
    first = next;
  }
  return { steps, ends };
}

/** How long nothing has ended, where each goes its own way: the shares multiply. */
export function together(curves: readonly (readonly Step[])[]): Step[] {
  const moments = [...new Set(curves.flatMap((steps) => steps.map(({ ms }) => ms)))].sort((a, b) => a - b);
  const places = curves.map(() => 0);
  return moments.map((ms) => {
    let left = 1;
    for (const [index, steps] of curves.entries()) {
      let place = places[index] ?? 0;
      while ((steps[place]?.ms ?? Number.POSITIVE_INFINITY) <= ms) place += 1;
      places[index] = place;
      left *= steps[place - 1]?.left ?? 1;
    }
    return { ms, left };
  });
}

/** When this share (0 to 1) has ended; null where it has not within what was seen. */
export function quantile(steps: readonly Step[], share: number): number | null {
  return steps.find(({ left }) => left <= 1 - share + EPSILON)?.ms ?? null;
}

/** How much goes on beyond what was seen. */
export function remaining(steps: readonly Step[]): number {
  return steps.at(-1)?.left ?? 1;
}
