/**
 * A response whose body is text known beforehand, behind the standard interface. Node's own `Response` makes a stream of
 * every text (35 µs and more); transports write this one as it is.
 */

export class TextResponse {
  readonly status: number;
  readonly bodyText: string;
  /** As given, for transports; names as they go on the wire. */
  readonly rawHeaders: Readonly<Record<string, string>>;
  #headers: Headers | undefined;
  #full: Response | undefined;

  constructor(status: number, bodyText: string, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.bodyText = bodyText;
    this.rawHeaders = headers;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    this.#headers ??= new Headers(this.rawHeaders);
    return this.#headers;
  }

  async text(): Promise<string> {
    return this.bodyText;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.bodyText);
  }

  get body(): ReadableStream | null {
    this.#full ??= new Response(this.bodyText);
    return this.#full.body as ReadableStream | null;
  }
}

/** The one place where it is passed off as what it stands for. */
function standardResponse(response: TextResponse): Response {
  return response as unknown as Response;
}

export type ResponseHeaders = Readonly<Record<string, string>>;

export function textResponse(status: number, text: string, headers: ResponseHeaders): Response {
  return standardResponse(new TextResponse(status, text, headers));
}

export function jsonResponse(status: number, document: unknown, headers: ResponseHeaders = {}): Response {
  return textResponse(status, JSON.stringify(document), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'private, no-cache',
    ...headers,
  });
}

/** What a transport writes: the text where there is one, else a stream to be read. */
export type Written = { readonly text: string } | { readonly stream: ReadableStream | null };

export function bodyOf(response: Response): Written {
  const known: unknown = response;
  return known instanceof TextResponse
    ? { text: known.bodyText }
    : { stream: response.body as ReadableStream | null };
}

export function headersOf(response: Response): Iterable<readonly [string, string]> {
  const known: unknown = response;
  return known instanceof TextResponse ? Object.entries(known.rawHeaders) : response.headers;
}
