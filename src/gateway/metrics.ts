/** What the server counts, in Prometheus' terms. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; the first is about what a read from memory takes, the last what nobody should wait for. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export class Metrics {
  readonly live: { readonly sockets: () => number; readonly subscriptions: () => number };
  readonly #registry = new Registry();
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #latency: Histogram<'route'>;
  readonly #deliveries: Counter;
  readonly #frames: Counter;

  /** `sockets` and `subscriptions` are asked when the figures are collected. */
  constructor(live: Metrics['live']) {
    this.live = live;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: 'countersign_http_requests_total',
      help: 'HTTP requests answered, by route and status',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'countersign_http_request_seconds',
      help: 'Time from the arrival of a whole request to its answer',
      labelNames: ['route'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#deliveries = new Counter({
      name: 'countersign_stream_deliveries_total',
      help: 'Transitions pushed to subscriptions',
      registers,
    });
    this.#frames = new Counter({
      name: 'countersign_stream_commands_total',
      help: 'Frames received from WebSocket clients',
      registers,
    });
    gauge(registers, 'countersign_sockets', 'Open WebSocket connections', live.sockets);
    gauge(registers, 'countersign_subscriptions', 'Subscriptions of open connections', live.subscriptions);
  }

  /** A further figure, asked for when the figures are collected. */
  gauge(name: string, help: string, value: () => number): void {
    gauge([this.#registry], name, help, value);
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.inc({ method, route, status });
    this.#latency.observe({ route }, seconds);
  }

  delivered(): void {
    this.#deliveries.inc();
  }

  frame(): void {
    this.#frames.inc();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function gauge(registers: Registry[], name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value());
    },
  });
}
