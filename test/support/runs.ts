/** How often a test of random inputs draws: few times in `npm test`, many in `npm run test:long` and the campaigns of `.ci/run`. */

export const isLong = process.env.COUNTERSIGN_LONG === '1';

/** A count of draws: `short` in `npm test`, `long` where COUNTERSIGN_LONG=1. What a test expects of the draws scales with it. */
export const runs = (short: number, long: number): number => (isLong ? long : short);
