/** Short ways to what the exploration says of a source. */
import { check } from '../../src/machines/check.ts';
import { define, sourceOf } from './build.ts';

export const DONE = { final: 'approved' };
export const NO = { final: 'rejected' };

/** What the check says; triggers and roles that nothing uses are left out. */
export function verdict(parts: object) {
  const { findings, ...rest } = check(define(sourceOf({ triggers: [], ...parts })));
  return { ...rest, findings: findings.filter(({ code }) => !code.startsWith('UNUSED')) };
}

export function codes(parts: object): string[] {
  return verdict(parts).findings.map(({ code }) => code);
}
