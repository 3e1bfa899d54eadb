/** `docs/errors.md` is written from the tables in `src/errors.ts`; after a change: `npx vitest run test/repo -u`. */
import { expect, it } from 'vitest';
import { ERRORS, REFUSALS } from '../../src/errors.ts';
import { filesUnder, read } from './sources.ts';

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function page(): string {
  const refusals = Object.entries(REFUSALS).map(([code, { status, title }]) =>
    row([`\`${code}\``, status, title]),
  );
  const errors = Object.entries(ERRORS).map(([code, { status, title, retryable, hint }]) =>
    row([`\`${code}\``, status, retryable ? 'yes' : 'no', title, hint.replaceAll('<', '\\<')]),
  );
  return `# Refusals and errors

Every failure that leaves Countersign carries one of these codes: in the \`code\` of a problem document (RFC 9457), in a
WebSocket reply, in the \`--json\` output of the command line. Codes are stable; sentences may be improved.

## Refusals

A refusal is an expected answer of the domain. Its message says what was refused and why, \`accepted\` lists what would be
accepted instead, and where a permission was decided it stands in the transition log. Send something else, or let
somebody else send it.

${[row(['Code', 'Status', 'Title']), row(['---', '---', '---']), ...refusals].join('\n')}

## Errors

An error is a failure to do what was asked. Where *Retry* says yes, the same request may succeed later without being
changed: send it again with the same idempotency key.

${[row(['Code', 'Status', 'Retry', 'Title', 'What to do']), row(['---', '---', '---', '---', '---']), ...errors].join('\n')}
`;
}

it('docs/errors.md lists exactly the codes of the program, with status, title and what to do', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/errors.md');
});

it('each code of a refusal or an error is used somewhere', () => {
  const program = filesUnder('src', '.ts')
    .filter((path) => path !== 'src/errors.ts')
    .map(read)
    .join('\n');
  const codes = [...Object.keys(REFUSALS), ...Object.keys(ERRORS)];
  expect(codes.filter((code) => !program.includes(`'${code}'`))).toEqual([]);
});
