/** How a command is added: its words, its options, and the module it loads when it runs. */
import { type Command, Option } from 'commander';
import type { Common } from '../connection.ts';
import type { Words } from '../options.ts';
import type { Result } from '../result.ts';

/** Called once with what the command came to. */
export type Finish = (result: Result, json: boolean) => void;

/** Adds a command: `take` its options, then `run` it. */
export type Add = (words: Words, take: (command: Command) => Command, run: Run) => void;
// Commander knows options by their text only; each command states the type of its own.
// biome-ignore lint/suspicious/noExplicitAny: the compile boundary between option texts and option types
type Run = (options: any, args: readonly string[]) => Promise<Result>;

export function adder(parent: Command, finish: Finish): Add {
  return ({ usage, about, alias }, take, run) => {
    const command = withCommon(take(parent.command(usage).description(about)));
    if (alias) command.alias(alias);
    command.action(async () => {
      const options = command.optsWithGlobals<Common>();
      finish(await run(options, command.args), options.json === true);
    });
  };
}

export function withCommon(command: Command): Command {
  const common = [
    ['--json', 'print one JSON document on the standard output'],
    ['--url <url>', 'address of the server (else COUNTERSIGN_URL, else the local one)'],
    ['--token <token>', 'token to use (else COUNTERSIGN_TOKEN, else the local one)'],
    ['--data <dir>', 'data directory of the local server (else COUNTERSIGN_DATA, else .countersign)'],
    ['--as <who>', 'on the local development server: be this person, as ada:reviewer,lead'],
  ] as const;
  for (const [flags, about] of common)
    command.addOption(new Option(flags, about).helpGroup('Options of every command:'));
  return command;
}

export function withProject(command: Command): Command {
  return command.option('--project <name>', 'project, where several have a change with this key');
}
