import { expect, it } from 'vitest';
import { storeError } from '../../src/persistence/failures.ts';

const failing = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });

it.each(['EPIPE', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', '57P01', '08006', '53300'])(
  '%s means that the database cannot be reached, and the command may be repeated',
  (code) => {
    expect(storeError(failing(code), 'commit')).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  },
);

it.each([
  ['22P05', 'INVALID_INPUT'],
  ['42P01', 'INTERNAL'],
  ['XX000', 'INTERNAL'],
])('SQLSTATE %s is %s, and repeating does not help', (state, code) => {
  expect(storeError(failing(state), 'commit')).toMatchObject({ code, retryable: false });
});
