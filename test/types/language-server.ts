/** TypeScript's language server over stdio, as far as a completion needs it (Language Server Protocol 3.17). */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COLLECT_RARELY, TSC } from './project.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: { readonly items?: readonly { readonly label: string }[] } | null;
}

/** Who asks for what is wrong is not told it after every change, which is work. */
const CAPABILITIES = { textDocument: { diagnostic: {} } };

export class LanguageServer {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;
  #version = 0;

  constructor(directory: string) {
    this.#directory = directory;
    this.#process = spawn(TSC, ['--lsp', '--stdio'], {
      cwd: directory,
      env: { ...process.env, ...COLLECT_RARELY },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  async start(): Promise<void> {
    const rootUri = pathToFileURL(this.#directory).href;
    await this.#request('initialize', { processId: process.pid, rootUri, capabilities: CAPABILITIES });
    this.#send({ method: 'initialized', params: {} });
  }

  /** What is offered at `|`, which is not part of the text. It becomes the text of the one open document: a second would be checked too. */
  async complete(textWithCursor: string): Promise<string[]> {
    const [before = '', after = ''] = textWithCursor.split('|');
    const text = before + after;
    const uri = pathToFileURL(join(this.#directory, 'open.ts')).href;
    const version = ++this.#version;
    if (version === 1) {
      const textDocument = { uri, languageId: 'typescript', version, text };
      this.#send({ method: 'textDocument/didOpen', params: { textDocument } });
    } else {
      const params = { textDocument: { uri, version }, contentChanges: [{ text }] };
      this.#send({ method: 'textDocument/didChange', params });
    }
    const lines = before.split('\n');
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const { result } = await this.#request('textDocument/completion', { textDocument: { uri }, position });
    return (result?.items ?? []).map(({ label }) => label.replace(/\?$/, ''));
  }

  stop(): void {
    this.#process.kill();
  }

  #request(method: string, params: unknown): Promise<Message> {
    const id = ++this.#lastId;
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#received.subarray(0, end).toString())?.[1]);
      if (this.#received.length < end + 4 + length) return;
      const body = this.#received.subarray(end + 4, end + 4 + length).toString();
      this.#received = this.#received.subarray(end + 4 + length);
      this.#dispatch(JSON.parse(body) as Message);
    }
  }

  /** Answers the server's own requests with nothing, so that it goes on. */
  #dispatch(message: Message): void {
    if (message.id === undefined) return;
    if (message.method) {
      const result = message.params?.items?.map(() => null) ?? null;
      this.#send({ id: message.id, result });
    } else this.#waiting.get(message.id)?.(message);
  }
}
