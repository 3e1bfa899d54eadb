/** The CEL parser's own complaints, said so that an author knows what to write. */
import type { ParseError } from '@marcbachmann/cel-js';
import { tooDeep } from './form.ts';
import type { Problem } from './tree.ts';

const TOKENS: Readonly<Record<string, string>> = {
  RPAREN: 'a ")"',
  RBRACKET: 'a "]"',
  RBRACE: 'a "}"',
  COLON: 'a ":"',
  IDENTIFIER: 'a name',
};

/** What people write when they mean an operator. */
const MEANT: Readonly<Record<string, string>> = {
  '=': '==',
  '&': '&&',
  '|': '||',
  and: '&&',
  or: '||',
  not: '!',
  is: '==',
  AND: '&&',
  OR: '||',
};

/** The problem behind an error of the parser about this text. */
export function syntaxProblem(error: ParseError, text: string): Problem {
  const offset = Math.min(error.range?.start ?? 0, text.length);
  if (error.code === 'limit_exceeded') return tooDeep(offset);
  return { message: sentence(error, text.slice(offset, error.range?.end), offset >= text.length), offset };
}

function sentence({ code, summary }: ParseError, token: string, atEnd: boolean): string {
  switch (code) {
    case 'unexpected_token':
      return atEnd ? 'The text ends where a value is expected.' : `A value is expected here, not "${token}".`;
    case 'expected_token': {
      const wanted = TOKENS[/Expected (\w+)/.exec(summary)?.[1] ?? ''] ?? 'something else';
      return atEnd
        ? `The text ends too early; ${wanted} is missing.`
        : `"${token}" stands where ${wanted} is expected.`;
    }
    case 'unexpected_character': {
      const meant = Object.hasOwn(MEANT, token) ? MEANT[token] : undefined;
      return `"${token}" does not belong here; ${meant ? `write "${meant}"` : 'join conditions with "&&" or "||"'}.`;
    }
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
    case 'newline_in_string':
      return 'This text has no closing quote on its line.';
    case 'reserved_identifier':
      return `"${token}" is a word CEL keeps for itself; choose another name.`;
    case 'invalid_macro_argument':
      return '"exists", "all" and "filter" begin with a plain name for one item, as in files.exists(f, f == "x").';
    default:
      return `"${token}" cannot be read (${summary}); correct it.`;
  }
}
