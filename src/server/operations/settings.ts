/** How the process itself is run: what it tells operators, when it sheds load, how it ends. Set by environment variables. */
import { isNetwork } from '../../access/address-list.ts';
import type { Environment } from '../../config/fill.ts';

/** Who may read `/metrics`; at least one of token, port and addresses is set. */
export interface MetricsSettings {
  /** To be brought as a bearer token. */
  readonly token?: string | undefined;
  /** A port of their own: the API does not answer them then. */
  readonly port?: number | undefined;
  /** The address that port is of. */
  readonly host: string;
  /** Addresses and networks that may read them; without any, all. */
  readonly addresses: readonly string[];
}

/** Beyond these, requests are answered with status 503 until it is better. 0 switches one off. */
export interface PressureSettings {
  readonly eventLoopMilliseconds: number;
  /** While the event loop is late, so many requests are served beside one another. */
  readonly requests: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export interface OperationsSettings {
  /** Proxies whose X-Forwarded headers are believed: none, whoever it is, or these. */
  readonly trustProxy: boolean | string[];
  /** Without them there are none. */
  readonly metrics?: MetricsSettings | undefined;
  /** Spans go to the OpenTelemetry SDK that the operator loads. */
  readonly tracing: boolean;
  readonly serverTiming: boolean;
  /** How long the process serves on once it is told to stop; unset: as long as those who ask for its readiness need to notice. */
  readonly drainSeconds?: number | undefined;
  /** How long requests under way have after that. */
  readonly closeSeconds: number;
  readonly pressure: PressureSettings;
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly requestSeconds: number;
  readonly keepAliveSeconds: number;
}

export const usualOperations: OperationsSettings = {
  trustProxy: false,
  tracing: false,
  serverTiming: false,
  closeSeconds: 30,
  pressure: { eventLoopMilliseconds: 1_000, requests: 100, heapBytes: 0, rssBytes: 0 },
  bodyBytes: 16 * 1024 * 1024,
  // Lists of keys and filters are long.
  headerBytes: 128 * 1024,
  requestSeconds: 300,
  keepAliveSeconds: 72,
};

/** The variables read, with what each is for; the documentation shows this list. */
export const operationsVariables = [
  'TRUST_PROXY',
  'METRICS_TOKEN',
  'METRICS_PORT',
  'METRICS_HOST',
  'METRICS_ADDRESSES',
  'TRACING',
  'SERVER_TIMING',
  'DRAIN_SECONDS',
  'CLOSE_SECONDS',
  'PRESSURE_EVENT_LOOP_MILLISECONDS',
  'PRESSURE_REQUESTS',
  'PRESSURE_HEAP_BYTES',
  'PRESSURE_RSS_BYTES',
  'BODY_BYTES',
  'HEADER_BYTES',
  'REQUEST_SECONDS',
  'KEEP_ALIVE_SECONDS',
] as const;

type Variable = (typeof operationsVariables)[number];

/** Words that the server knows for networks of proxies. */
const namedNetworks: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Characters that the token for metrics has at least. */
const shortestToken = 16;

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/**
 * Reads them.
 *
 * @returns the settings, or every fault as a sentence that names its variable and never its value
 */
export function operationsOf(environment: Environment): OperationsSettings | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const set = (name: Variable): string | undefined => (environment[name] === '' ? undefined : environment[name]);

  function whole<T>(name: Variable, least: number, most: number, usual: T): number | T {
    const text = set(name);
    if (text === undefined) return usual;
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value;
    faults.push(`${name} must be a whole number, ${least} to ${most}`);
    return usual;
  }
  function truth(name: Variable): boolean {
    const text = set(name);
    if (text !== undefined && text !== 'true' && text !== 'false') faults.push(`${name} must be true or false`);
    return text === 'true';
  }

  const token = set('METRICS_TOKEN');
  if (token !== undefined && token.length < shortestToken) faults.push(`METRICS_TOKEN must have at least ${shortestToken} characters`);
  const port = whole('METRICS_PORT', 0, 65_535, undefined);
  const addresses = listOf(set('METRICS_ADDRESSES'));
  if (!addresses.every(isNetwork)) faults.push('METRICS_ADDRESSES must be addresses and networks, separated by commas');
  const proxies = set('TRUST_PROXY');
  const everybody = proxies === 'true';
  const trustProxy = proxies === undefined || proxies === 'true' || proxies === 'false' ? everybody : listOf(proxies);
  if (trustProxy !== everybody && !listOf(proxies).every((network) => isNetwork(network) || namedNetworks.has(network))) {
    faults.push('TRUST_PROXY must be true, or addresses and networks, separated by commas');
  }
  if (everybody && addresses.length > 0 && token === undefined) {
    faults.push('METRICS_ADDRESSES needs the addresses of your proxies in TRUST_PROXY: with true anybody may claim an address');
  }
  const asked = token !== undefined || port !== undefined || addresses.length > 0;
  const host = set('METRICS_HOST') ?? '127.0.0.1';

  const usual = usualOperations;
  const settings: OperationsSettings = {
    trustProxy,
    metrics: asked ? { token, port, host, addresses } : undefined,
    tracing: truth('TRACING'),
    serverTiming: truth('SERVER_TIMING'),
    drainSeconds: whole('DRAIN_SECONDS', 0, 3_600, undefined),
    closeSeconds: whole('CLOSE_SECONDS', 1, 3_600, usual.closeSeconds),
    pressure: {
      eventLoopMilliseconds: whole('PRESSURE_EVENT_LOOP_MILLISECONDS', 0, 600_000, usual.pressure.eventLoopMilliseconds),
      requests: whole('PRESSURE_REQUESTS', 0, 1_000_000, usual.pressure.requests),
      heapBytes: whole('PRESSURE_HEAP_BYTES', 0, 2 ** 44, usual.pressure.heapBytes),
      rssBytes: whole('PRESSURE_RSS_BYTES', 0, 2 ** 44, usual.pressure.rssBytes),
    },
    bodyBytes: whole('BODY_BYTES', 1_024, 2 ** 30, usual.bodyBytes),
    headerBytes: whole('HEADER_BYTES', 8_192, 2 ** 24, usual.headerBytes),
    requestSeconds: whole('REQUEST_SECONDS', 1, 86_400, usual.requestSeconds),
    keepAliveSeconds: whole('KEEP_ALIVE_SECONDS', 1, 86_400, usual.keepAliveSeconds),
  };
  return faults.length > 0 ? { faults } : settings;
}
