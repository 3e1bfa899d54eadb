/** ITIL change enablement, as ServiceNow runs it. Through HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Process, startProcess } from './rig.ts';

const rita = { sub: 'rita', roles: ['requester'] };
const tom = { sub: 'tom', roles: ['technical_approver'] };
const cab = { sub: 'cora', roles: ['cab_member'] };
const ivo = { sub: 'ivo', roles: ['implementer'] };

let process: Process;
beforeAll(async () => {
  process = await startProcess('itil-change.toml');
});
afterAll(() => process.close());

describe('an ITIL change', () => {
  it('of the standard type is not assessed: it is scheduled at once', async () => {
    const change = await process.propose(rita, { type: 'standard' });
    const refused = await change.send(rita, 'assess');
    expect(refused).toMatchObject({ code: 'CONDITION_UNMET' });
    expect(refused.detail).toContain('type is standard');
    expect(await change.try(rita, 'schedule')).toBe('ok');
    expect((await change.view()).state).toBe('Scheduled');
  });

  it('goes back to New when the board rejects it, and the technical approval is void', async () => {
    const change = await process.propose(rita);
    await change.send(rita, 'assess');
    await change.send(tom, 'technical_approve');
    expect((await change.view()).state).toBe('Authorize');
    await change.send(cab, 'cab_reject', { reason: 'freeze' });
    const { state, ballots } = await change.view();
    expect([state, ballots.technical.approvals, ballots.cab.rejections]).toEqual(['New', 0, 0]);
    await change.send(rita, 'assess');
    expect((await change.view()).state).toBe('Assess');
  });

  it('of the emergency type skips the assessment and needs the board', async () => {
    const change = await process.propose(rita, { type: 'emergency' });
    expect(await change.try(rita, 'assess')).toBe('CONDITION_UNMET');
    await change.send(rita, 'authorize');
    await change.send(cab, 'cab_approve');
    expect((await change.view()).state).toBe('Scheduled');
  });

  it('cannot be cancelled in Review', async () => {
    const change = await process.propose(rita, { type: 'standard' });
    await change.send(rita, 'schedule');
    await change.send(ivo, 'implement');
    await change.send(ivo, 'review');
    expect(await change.try(rita, 'cancel')).toBe('NOT_ENABLED');
  });

  it('changes its type in New only, while nobody has approved', async () => {
    const change = await process.propose(rita);
    expect(await change.try(rita, 'change.amend', { data: { type: 'emergency' } })).toBe('ok');
    expect((await change.view()).attributes.type).toBe('emergency');
    expect(await change.try(rita, 'change.amend', { data: { type: 'odd' } })).toBe('DATA_INVALID');
    await change.send(rita, 'change.amend', { data: { type: 'normal' } });
    await change.send(rita, 'assess');
    const refused = await change.send(rita, 'change.amend', { data: { type: 'standard' } });
    expect(refused).toMatchObject({ code: 'NOT_ENABLED', accepted: ['New'] });
    expect((await change.view()).attributes.type).toBe('normal');
  });
});
