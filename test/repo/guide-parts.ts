/** A guide in Markdown as its fenced snippets, each with what its fence says of it, and its tables. */
export interface Snippet {
  readonly line: number;
  readonly language: string;
  /** `sound`, `finding=CODE`, `into=Name`, `same=Name`, `file=path`; or `calendar=name`, which is no workflow. */
  readonly info: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Table {
  readonly line: number;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Splits the guide into its fenced snippets and its tables. */
export function partsOf(text: string): { snippets: Snippet[]; tables: Table[] } {
  const snippets: Snippet[] = [];
  const tables: Table[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    const fence = /^```(\w+)(.*)$/.exec(lines[at] ?? '');
    if (fence) {
      const end = lines.indexOf('```', at);
      const info = Object.fromEntries(
        (fence[2] ?? '')
          .trim()
          .split(' ')
          .map((word) => split(word)),
      );
      snippets.push({
        line,
        language: fence[1] ?? '',
        info,
        text: `${lines.slice(at + 1, end).join('\n')}\n`,
      });
      at = end;
    } else if (/^\| --- /.test(lines[at + 1] ?? '')) {
      const end = lines.findIndex((each, index) => index > at && !each.startsWith('|'));
      const [head = [], , ...rows] = lines.slice(at, end).map(cellsOf);
      tables.push({ line, head, rows });
      at = end;
    }
  }
  return { snippets, tables };
}

function split(word: string): [string, string] {
  const [key = '', value = ''] = word.split('=');
  return [key, value];
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.replaceAll('\\|', '|').trim());
}

export function spans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
