/** 21 CFR Part 11: signatures in order, each with its meaning, bound to a revision, with the factors the rule asks for. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Change, type Process, startProcess, type Who } from './rig.ts';

const now = () => Math.floor(Date.now() / 1000);
const signedIn = (who: Who, sid: string, ...amr: string[]): Who => ({ ...who, sid, amr, auth_time: now() });
const ada = { sub: 'ada', roles: ['author'] };
const rex = { sub: 'rex', roles: ['reviewer', 'approver'] };
const amy = { sub: 'amy', roles: ['approver'] };

let process: Process;
let record: Change;
beforeAll(async () => {
  process = await startProcess('part-11.toml');
});
afterAll(() => process.close());
beforeEach(async () => {
  record = await process.propose(ada);
  await record.push(ada, { tree: 't1' });
});
const submit = () => record.send(signedIn(ada, 'a1', 'pwd', 'otp'), 'submit');

describe('a record under Part 11', () => {
  it('is effective after two signatures of different signers, in order', async () => {
    await submit();
    expect(await record.try(signedIn(rex, 'r1', 'pwd', 'otp'), 'sign_review')).toBe('ok');
    expect(await record.try(signedIn(rex, 'r1', 'pwd', 'otp'), 'sign_approval')).toBe('NOT_INDEPENDENT');
    expect(await record.try(signedIn(amy, 'm1', 'pwd', 'otp'), 'sign_approval')).toBe('ok');
    expect((await record.view()).outcome).toBe('approved');
  });

  it('asks for two factors at first, for one in the same session, and for two again in a new one', async () => {
    expect(await record.try(ada, 'submit')).toBe('SIGNATURE_REQUIRED');
    expect(await record.try(signedIn(ada, 'a1', 'pwd'), 'submit')).toBe('SIGNATURE_REQUIRED');
    expect(await record.try(signedIn(ada, 'a1', 'pwd', 'otp'), 'submit')).toBe('ok');
    await record.send(rex, 'reject', { reason: 'typo' });
    expect(await record.try(signedIn(ada, 'a2', 'pwd'), 'submit')).toBe('SIGNATURE_REQUIRED');
    expect(await record.try(signedIn(ada, 'a1', 'pwd'), 'submit')).toBe('ok');
  });

  it('does not take a sign-in of long ago for a signature', async () => {
    const stale = { ...ada, sid: 'a1', amr: ['pwd', 'otp'], auth_time: now() - 3_600 };
    expect(await record.try(stale, 'submit')).toBe('SIGNATURE_REQUIRED');
  });

  it('loses its signatures with an amendment', async () => {
    await submit();
    await record.send(signedIn(rex, 'r1', 'pwd', 'otp'), 'sign_review');
    await record.push(ada, { tree: 't2' });
    const { state, ballots, revision } = await record.view();
    expect([state, ballots.review.votes, revision.number]).toEqual(['Draft', [], 2]);
  });

  it('binds a signature to the revision the signer saw', async () => {
    await submit();
    const signer = signedIn(rex, 'r1', 'pwd', 'otp');
    expect(await record.try(signer, 'sign_review', { revision: 0 })).toBe('STALE_REVISION');
    expect(await record.try(signer, 'sign_review', { revision: 1 })).toBe('ok');
  });

  it('refuses steps out of order, and keeps every signature and refusal in the log with its meaning', async () => {
    expect(await record.try(signedIn(amy, 'm1', 'pwd', 'otp'), 'sign_approval')).toBe('NOT_ENABLED');
    await submit();
    await record.send(signedIn(rex, 'r1', 'pwd', 'otp'), 'sign_review', { revision: 1 });
    const log = await record.log();
    expect(log.map(({ event, kind }) => `${event} ${kind}`)).toEqual([
      'propose proposed',
      'change.revise transition',
      'sign_approval refusal',
      'submit transition',
      'sign_review transition',
    ]);
    expect(log.at(-1)?.data).toMatchObject({ signature: { meaning: 'review', signer: 'rex', revision: 1 } });
    expect(log.at(-2)?.data).toMatchObject({ signature: { meaning: 'authorship', signer: 'ada' } });
  });
});
