/** What an editor offers while a workflow is being written, asked from TypeScript's own language server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gap, GROWN_GAPS } from './gaps.ts';
import { GROWN } from './grown.ts';
import { LanguageServer } from './language-server.ts';
import { changed, SOUND, writeProject } from './project.ts';

const GAPS: readonly Gap[] = [
  {
    gap: 'transition keys',
    changes: [["'Recorded -> Review': { trigger: 'submit', role: 'developer' }", "'|': {}"]],
    offered: ['Recorded -> Review', 'Recorded -> Approved', 'Review -> Review'],
    never: ['Approved -> Review'],
  },
  {
    gap: 'triggers',
    changes: [["trigger: 'submit', role: 'developer'", "trigger: '|'"]],
    offered: ['submit', 'approve', 'reject'],
  },
  {
    gap: 'roles',
    changes: [["role: 'developer' }", "role: '|' }"]],
    offered: ['developer', 'reviewer'],
  },
  {
    gap: 'roles in a list',
    changes: [["role: ['reviewer']", "role: ['|']"]],
    offered: ['developer', 'reviewer'],
  },
  {
    gap: 'keys of a transition',
    changes: [["{ trigger: 'submit', role: 'developer' }", "{ trigger: 'submit', | }"]],
    offered: ['role', 'by', 'exclude', 'reason', 'late'],
  },
  {
    gap: 'initial states',
    changes: [["initial: 'Recorded'", "initial: '|'"]],
    offered: ['Recorded', 'Review', 'Approved', 'Rejected'],
  },
  {
    gap: 'outcomes',
    changes: [["Approved: { final: 'approved' }", "Approved: { final: '|' }"]],
    offered: ['approved', 'rejected', 'withdrawn', 'applied'],
  },
  {
    gap: 'roles to escalate to',
    changes: [["escalate: 'reviewer'", "escalate: '|'"]],
    offered: ['developer', 'reviewer'],
  },
  {
    gap: 'transition keys of a region',
    changes: [["'pending -> passed': { trigger: 'approve', role: 'reviewer' }", "'|': {}"]],
    offered: ['pending -> passed'],
    never: ['Recorded -> Review'],
  },
  {
    gap: 'triggers in a region',
    changes: [["trigger: 'approve', role: 'reviewer' },", "trigger: '|' },"]],
    offered: ['submit', 'approve', 'reject'],
  },
];

const ALL = [
  ...GAPS.map((each) => ({ ...each, sound: SOUND })),
  ...GROWN_GAPS.map((each) => ({ ...each, sound: GROWN })),
];

describe('an editor', () => {
  let server: LanguageServer;
  beforeAll(async () => {
    server = new LanguageServer(await writeProject({ 'sound.ts': SOUND }));
    await server.start();
  }, 60_000);
  afterAll(() => server.stop());

  for (const { gap, changes, sound, offered, never = [] } of ALL)
    it(`offers ${gap} that exist`, async () => {
      const labels = await server.complete(changed(changes, sound));
      expect(labels).toEqual(expect.arrayContaining([...offered]));
      expect(labels.filter((label) => never.includes(label))).toEqual([]);
    });
});
