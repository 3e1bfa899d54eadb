/** One invocation: arguments in, exit code out. Whatever goes wrong is told in one way. */
import { CommanderError } from 'commander';
import { CountersignError } from '../errors.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { type Exit, failed, show } from './result.ts';

export async function run(argv: readonly string[], io: Io): Promise<Exit> {
  let json = argv.includes('--json');
  let exit: Exit = 0;
  const program = createProgram(io, (result, asJson) => {
    json = asJson;
    exit = show(io, json, result);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) return show(io, json, failed(error));
    if (error.exitCode === 0) return 0;
    return show(io, json, failed(wrongUse(error)));
  }
}

function wrongUse({ code, message }: CommanderError): CountersignError {
  if (code === 'commander.help')
    return new CountersignError('INVALID_INPUT', 'No command was given.', {
      hint: '"countersign --help" lists the commands.',
    });
  const sentence = message.replace(/^error: /, '');
  const hint = 'Add --help to see what the command takes.';
  return new CountersignError('INVALID_INPUT', sentence[0]?.toUpperCase() + sentence.slice(1), { hint });
}
