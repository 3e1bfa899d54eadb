/**
 * One receiver of `@statelyai/inspect`: an ordinary session, with a translator between it and its socket, so that tokens,
 * tenants, permissions, positions and slow readers are looked after as on the stream. The session's rows come out as
 * actors, events and snapshots; a replay reads the same log by itself, from its start to its end.
 */
import type { LogRow } from '../../persistence/records.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import { transitionDocument } from '../http/wire.ts';
import { CLOSE, type CloseReason } from '../limits.ts';
import { filterOf, matches } from '../live/matches.ts';
import type { Problem } from '../problem.ts';
import { Session, type SessionServices } from '../session.ts';
import type { Frame, SendResult, Socket, SocketListener } from '../transport.ts';
import { Actors } from './actors.ts';
import type { InspectFrame } from './frames.ts';
import { INSPECT_CLOSE, type InspectLimits } from './limits.ts';
import { Pump } from './pump.ts';
import { isNarrowed, scopeOf, type Target } from './target.ts';
import type { InspectedWorkflows } from './workflows.ts';

export interface InspectServices extends SessionServices {
  readonly inspection: { readonly limits: InspectLimits; readonly workflows: InspectedWorkflows };
}

/** A frame of the session, as far as it is read here; it was written by this process. */
type SessionFrame =
  | { readonly type: 'connected'; readonly tenant: string }
  | { readonly type: 'reply'; readonly recovered: boolean }
  | { readonly type: 'event'; readonly transition: TransitionDocument }
  | { readonly type: 'error'; readonly id: number | null; readonly error: Problem }
  | { readonly type: 'advance' | 'snapshot' };

const PAGE = 200;

export class InspectLink implements SocketListener {
  readonly session: Session;
  readonly #services: InspectServices;
  readonly #socket: Socket;
  readonly #target: Target;
  readonly #pump: Pump;
  #tenant = '';
  #actors: Actors | undefined;
  #isClosed = false;

  /** The arguments are those of a session, and what is inspected. */
  constructor(
    services: InspectServices,
    socket: Socket,
    name: string,
    token: string | undefined,
    onClosed: (session: Session) => void,
    target: Target,
  ) {
    this.#services = services;
    this.#socket = socket;
    this.#target = target;
    const { rowsPerSecond, rowBurst } = services.inspection.limits;
    this.#pump = new Pump({
      perSecond: target.pace ?? rowsPerSecond,
      burst: target.pace === undefined ? rowBurst : 1,
      hasRoom: () => socket.buffered() <= services.limits.bufferedBytes,
      onEmpty: () => this.session.drain(),
      onFailure: (error) => this.#fail(error, name),
    });
    const translated: Socket = {
      send: (frame) => this.#translate(frame),
      buffered: () => socket.buffered() + this.#pump.held,
      close: (code, reason) => this.#close({ code, reason }),
    };
    this.session = new Session(services, translated, name, token, onClosed);
  }

  message(): void {
    this.session.end(INSPECT_CLOSE.NOT_ASKED);
  }

  binary(): void {
    this.session.binary();
  }

  drain(): void {
    this.#pump.drained();
    this.session.drain();
  }

  closed(): void {
    this.#stop();
    this.session.closed();
  }

  #stop(): void {
    this.#isClosed = true;
    this.#pump.close();
  }

  #close({ code, reason }: CloseReason): void {
    this.#stop();
    this.#socket.close(code, reason);
  }

  #fail(error: unknown, name: string): void {
    if (this.#isClosed) return;
    this.#services.log.warn({ err: error, session: name }, 'an inspected change could not be read');
    this.session.end(CLOSE.STREAM_UNREADABLE);
  }

  #translate(frame: Frame): SendResult {
    const text = String(frame);
    const said = JSON.parse(text) as SessionFrame;
    // An error about the token ends the session by itself.
    if (said.type === 'error' && said.id !== null) this.#refused(said.error);
    if (said.type === 'connected') void this.#pump.add(0, () => this.#begin(said.tenant));
    if (said.type === 'reply' && !said.recovered) this.session.end(CLOSE.STREAM_RESET);
    else if (said.type === 'reply') void this.#pump.add(0, () => this.#announce());
    if (said.type === 'event') void this.#pump.add(text.length, () => this.#row(said.transition));
    return 'sent';
  }

  #refused({ retryable }: Problem): void {
    this.session.end(retryable ? CLOSE.STREAM_UNREADABLE : INSPECT_CLOSE.NOT_THERE);
  }

  async #begin(tenant: string): Promise<void> {
    const { backend, inspection } = this.#services;
    const { change, query, since, isReplay } = this.#target;
    this.#tenant = tenant;
    this.#actors = new Actors({
      tenant,
      query,
      limit: inspection.limits.changes,
      store: backend.store,
      workflows: inspection.workflows,
    });
    const found = change === undefined ? undefined : await backend.store.change({ tenant, change });
    if (change !== undefined && (found === undefined || this.session.hidden.has(found.project))) {
      this.session.end(INSPECT_CLOSE.NOT_THERE);
    } else if (isReplay) void this.#replay(since ?? 0);
    else {
      const command = { id: 1, type: 'subscribe', stream: this.#stream(), since };
      this.session.message(JSON.stringify(command));
    }
  }

  #stream(): string {
    const { change, project } = scopeOf(this.#target);
    if (change !== undefined) return `change:${change}`;
    return project === undefined ? 'tenant' : `project:${project}`;
  }

  /** How things are now, unless rows from before are to come. What moves while this is read is told again by its rows. */
  async #announce(): Promise<void> {
    const { change, query, since } = this.#target;
    const { backend, inspection } = this.#services;
    if (since !== undefined || (change === undefined && !isNarrowed(query))) return;
    const tenant = this.#tenant;
    const found = change
      ? [await backend.store.change({ tenant, change })]
      : await backend.store.changes(tenant, filterOf(query), { limit: inspection.limits.firstChanges });
    for (const record of found) {
      if (!record || !matches(query, record) || this.session.hidden.has(record.project)) continue;
      await this.#pump.room();
      this.#say(await this.#actors?.announce(record));
    }
  }

  async #row(row: TransitionDocument): Promise<void> {
    const frames = await this.#actors?.frames(row);
    if (frames?.length !== 0) await this.#pump.turn();
    this.#say(frames);
  }

  /** Up to where the stream is at the beginning: what happens meanwhile is for who inspects it live. */
  async #replay(from: number): Promise<void> {
    const { store } = this.#services.backend;
    const read = async () => {
      const end = (await store.position(this.#tenant))?.seq ?? 0;
      let after = from;
      while (!this.#isClosed && after < end) {
        const { hidden } = this.session;
        const query = { after, limit: PAGE, ...scopeOf(this.#target), exceptProjects: [...hidden] };
        const rows = await store.log(this.#tenant, query);
        for (const row of rows) {
          // What was read may be for somebody else now.
          if (this.session.hidden !== hidden) break;
          if (row.seq <= end) await this.#replayed(row);
          after = row.seq;
        }
        if (rows.length < PAGE && this.session.hidden === hidden) after = end;
      }
      this.session.end(INSPECT_CLOSE.DONE);
    };
    await read().catch((error) => this.#fail(error, 'replay'));
  }

  async #replayed(row: LogRow): Promise<void> {
    await this.#pump.add(0, () => this.#row(transitionDocument(row)));
  }

  #say(frames: readonly InspectFrame[] | undefined): void {
    if (this.#isClosed) return;
    if (frames === undefined) this.session.end(INSPECT_CLOSE.TOO_MANY_CHANGES);
    for (const frame of frames ?? [])
      if (!this.#isClosed && this.#socket.send(JSON.stringify(frame)) === 'dropped')
        this.session.end(CLOSE.SLOW);
  }
}
