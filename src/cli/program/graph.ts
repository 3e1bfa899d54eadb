/** Commands about what depends on what. */
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { oneOrMore, wholeNumber } from '../options.ts';
import { type Add, withProject } from './add.ts';

export function addGraph(add: Add, io: Io): void {
  const commands = () => import('../commands/graph.ts');
  add(
    { usage: 'graph <change>', about: 'show what a change depends on and what depends on it' },
    (command) =>
      withProject(command)
        .addOption(new Option('--format <format>', 'how (else text)').choices(['text', 'mermaid', 'dot']))
        .option('--up', 'only what it depends on')
        .option('--down', 'only what depends on it')
        .option('--kinds <kinds>', 'only these kinds of dependency, as textual,declared', oneOrMore)
        .option('--limit <n>', 'how many changes, the nearest', wholeNumber(1, 500)),
    async (options, [change = '']) => (await commands()).graph(io, options, change),
  );
  const listing = (command: Command) =>
    withProject(command).option('--limit <n>', 'how many to list', wholeNumber(1, 1_000));
  add(
    { usage: 'blockers <change>', about: 'what has to land before a change can, and why' },
    listing,
    async (options, [change = '']) => (await commands()).blockers(io, options, change),
  );
  add(
    { usage: 'conflicts <change>', about: 'open changes that edit the same lines, and who goes first' },
    listing,
    async (options, [change = '']) => (await commands()).conflicts(io, options, change),
  );
  add(
    { usage: 'order <change...>', about: 'in which order changes can land' },
    withProject,
    async (options, changes) => (await commands()).order(io, options, changes),
  );
  add(
    {
      usage: 'what-if <change> <what> [other]',
      about: 'what would follow: rejected, withdrawn, superseded, revised, or before OTHER',
    },
    withProject,
    async (options, [change = '', what = '', other]) =>
      (await commands()).whatIf(io, options, change, what, other),
  );
}
