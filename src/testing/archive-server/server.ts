import { createHash, type Hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, jsonAnswer, notFoundPage, textAnswer } from './answer.ts';
import { answerBrowserXml } from './ena-browser.ts';
import { answerFileReport, answerFileReportCount, answerSearch } from './ena-portal.ts';
import { createEntrezHistory } from './entrez-history.ts';
import { answerEutils, type EutilsState } from './eutils.ts';
import { type Ending, endingOf, type Fault, type FaultPlan, spoil } from './faults.ts';
import { answerAccession, answerSeriesFile, type Hidden } from './geo-endpoints.ts';
import { type ArchiveLimits, createRateGate, DEFAULT_LIMITS, type RateGate } from './limits.ts';
import { neighbourOf } from './neighbour.ts';
import { type ArchiveRequest, askedAccessions, endpointOf, operatorOf, readBody, readParameters } from './request.ts';
import { type RequestRecord, type RequestSummary, summarizeRequests } from './request-log.ts';
import { sendAnswer } from './send.ts';
import type { World } from './world.ts';
import { indexWorld } from './world-index.ts';

/** How long the archives take. */
export interface ArchiveLatency {
  /** Milliseconds to the first byte at NCBI; the archive needs about 200. */
  readonly ncbiMs: number;
  /** Milliseconds to the first byte at ENA; about 120. */
  readonly enaMs: number;
  /** Milliseconds for each further record; a few. */
  readonly perRecordMs: number;
}

/** What the server plays. */
export interface ArchiveServerOptions {
  readonly world: World;
  /** Limits that differ from the archives' own; default: none does. */
  readonly limits?: Partial<ArchiveLimits>;
  /** Default: none, every answer comes at once. */
  readonly latency?: Partial<ArchiveLatency>;
  /** Default: every request is answered well. */
  readonly faults?: FaultPlan;
  /** Port on 127.0.0.1; default 0: any free one. */
  readonly port?: number;
  /** Told of each answer that was sent whole. */
  readonly onAnswered?: (answered: Answered) => void;
}

/** An answer that was sent whole. */
export interface Answered {
  readonly request: ArchiveRequest;
  /** Path and query as they were asked. */
  readonly url: string;
  /** Body of the request. */
  readonly payload: string;
  readonly fault: Fault | undefined;
  readonly status: number;
  /** True when no fault has changed the body. */
  readonly isGood: boolean;
  /** SHA-256 (hex) of the body. */
  readonly sha256: string;
  /** The beginning of the body: all of it for an answer without records. */
  readonly head: string;
  /** The good answer, made anew. */
  good(): Answer;
}

/** A running server. */
export interface ArchiveServer {
  /** Origin without a slash at its end: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RequestRecord[];
  summary(): RequestSummary;
  /**
   * The longest time in milliseconds that the server itself was held up. Arrivals may look that much closer together than
   * they were: a count of requests per second is as good as this is small.
   */
  longestStallMs(): number;
  /** Stops at once: open answers, hanging ones too, are broken off. */
  close(): Promise<void>;
}

/** Starts a server on the loopback that answers like NCBI's E-utilities, GEO and ENA from a world. */
export async function startArchiveServer(options: ArchiveServerOptions): Promise<ArchiveServer> {
  const play = new Play(options);
  const server = createServer((incoming, response) => {
    play.serve(incoming, response).catch(() => response.destroy());
  });
  // Longer than any pause of a client, so that no request meets a connection that is just being closed.
  server.keepAliveTimeout = 65_000;
  server.requestTimeout = 0;
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return {
    url: `http://127.0.0.1:${port}`,
    requests: play.requests,
    summary: () => summarizeRequests(play.requests),
    longestStallMs: () => delay.max / 1e6,
    close: () =>
      new Promise((resolve) => {
        delay.disable();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

/** The server without its socket: reads a request, decides, answers. */
class Play {
  readonly requests: RequestRecord[] = [];
  readonly #limits: ArchiveLimits;
  readonly #latency: ArchiveLatency;
  readonly #faults: FaultPlan | undefined;
  readonly #onAnswered: ArchiveServerOptions['onAnswered'];
  readonly #state: EutilsState;
  readonly #gate: RateGate;
  readonly #seen = new Map<string, number>();
  readonly #started = performance.now();

  constructor(options: ArchiveServerOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#latency = { ncbiMs: 0, enaMs: 0, perRecordMs: 0, ...options.latency };
    this.#faults = options.faults;
    this.#onAnswered = options.onAnswered;
    this.#state = {
      index: indexWorld(options.world),
      history: createEntrezHistory(),
      mostIds: this.#limits.ncbiIds,
    };
    this.#gate = createRateGate(this.#limits);
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const record = this.#note(incoming, url);
    const number = this.requests.length;
    const body = await readBody(incoming);
    if (body === undefined) return this.#send(record, response, textAnswer(413, 'Request Entity Too Large'));
    const parameters = readParameters(url, incoming.headers['content-type'] ?? '', body);
    const accessions = askedAccessions(url.pathname, parameters, body);
    record.endpoint = endpointOf(url.pathname, parameters);
    record.ids = accessions.length;
    const tooFast = this.#gate.arrive(record.operator, record.at, parameters.get('api_key'));
    if (tooFast !== undefined) return this.#send(record, response, tooFast);
    const same = `${record.method} ${incoming.url} ${body}`;
    const repeat = this.#seen.get(same) ?? 0;
    this.#seen.set(same, repeat + 1);
    const { operator, method, path, endpoint } = record;
    const request = { number, operator, method, path, endpoint, parameters, accessions, repeat };
    await this.#answer(request, { incoming, payload: body }, response, record);
  }

  #note(incoming: IncomingMessage, url: URL): RequestRecord {
    const record: RequestRecord = {
      at: performance.now() - this.#started,
      method: incoming.method ?? 'GET',
      path: url.pathname,
      operator: operatorOf(url.pathname),
      endpoint: endpointOf(url.pathname, url.searchParams),
      ids: 0,
      status: null,
      bytes: 0,
      endedAt: null,
      fault: null,
    };
    this.requests.push(record);
    return record;
  }

  async #answer(
    request: ArchiveRequest,
    { incoming, payload }: { readonly incoming: IncomingMessage; readonly payload: string },
    response: ServerResponse,
    record: RequestRecord,
  ): Promise<void> {
    const fault = this.#faults?.(request);
    record.fault = fault?.kind ?? null;
    if (fault?.kind === 'reset') return void incoming.socket.resetAndDestroy();
    if (fault?.kind === 'hang' && fault.bytes === undefined) return;
    const hidden: Hidden = new Set(fault?.kind === 'drop' ? fault.accessions : []);
    const url = incoming.url ?? '';
    const plain = () => route(request, this.#state, this.#limits, hidden);
    const good = () => this.#good(request, url, fault, plain);
    const first = request.operator === 'NCBI' ? this.#latency.ncbiMs : this.#latency.enaMs;
    if (first > 0) await wait(first);
    if (response.destroyed) return;
    const hash = this.#onAnswered === undefined ? undefined : createHash('sha256');
    const ending = endingOf(fault);
    let kept: Answer | undefined;
    const answer = spoil(fault, () => {
      kept = good();
      return kept;
    });
    await this.#send(record, response, answer, ending, hash);
    const isCut = ending !== undefined && record.bytes >= ending.bytes;
    if (hash === undefined || isCut) return;
    const isGood = fault?.kind === 'media-type' || (answer === kept && fault?.kind !== 'other-records');
    const { status, head } = answer;
    this.#onAnswered?.({ request, url, payload, fault, status, isGood, sha256: hash.digest('hex'), head, good: plain });
  }

  #good(request: ArchiveRequest, url: string, fault: Fault | undefined, plain: () => Answer): Answer {
    if (url.length > this.#limits.urlCharacters) return textAnswer(414, 'Request-URI Too Long');
    if (fault?.kind !== 'other-records') return plain();
    const other = route(neighbourOf(request), this.#state, this.#limits, new Set());
    return other.status === 200 ? other : plain();
  }

  async #send(
    record: RequestRecord,
    response: ServerResponse,
    answer: Answer,
    ending?: Ending,
    hash?: Hash,
  ): Promise<void> {
    record.status = answer.status;
    const options = { perRecordMs: this.#latency.perRecordMs, ending, hash };
    record.bytes = await sendAnswer(response, answer, options);
    record.endedAt = performance.now() - this.#started;
  }
}

/** What a client asks to see that the archive is there: EInfo of one database, and ENA's list of results. */
function answerCheck(path: string): Answer | null {
  if (path === '/entrez/eutils/einfo.fcgi') {
    const dbinfo = [{ dbname: 'sra', menuname: 'SRA', description: 'SRA Database' }];
    return jsonAnswer(200, { header: { type: 'einfo', version: '0.3' }, einforesult: { dbinfo } });
  }
  if (path !== '/ena/portal/api/results') return null;
  return jsonAnswer(200, [{ resultId: 'read_run', description: 'Raw reads', primaryAccessionType: 'run' }]);
}

/** The good answer of a request. */
function route(request: ArchiveRequest, state: EutilsState, limits: ArchiveLimits, hidden: Hidden): Answer {
  const { accessions, method, parameters, path } = request;
  const [, tool] = /^\/entrez\/eutils\/(esearch|esummary|efetch)\.fcgi$/.exec(path) ?? [];
  if (tool !== undefined) return answerEutils(tool, parameters, state, hidden);
  const check = answerCheck(path);
  if (check !== null) return check;
  const { index } = state;
  if (path === '/geo/query/acc.cgi') return answerAccession(parameters, index, hidden);
  if (path.startsWith('/geo/series/')) return answerSeriesFile(path, index, hidden);
  if (path === '/ena/portal/api/filereport') return answerFileReport(parameters, index, hidden);
  if (path === '/ena/portal/api/filereportcount') return answerFileReportCount(parameters, index, hidden);
  if (path === '/ena/portal/api/search') return answerSearch(parameters, index, hidden, limits.enaAccessions);
  if (path === '/ena/browser/api/xml' || path.startsWith('/ena/browser/api/xml/')) {
    return answerBrowserXml(accessions, method === 'POST', index, hidden, limits.enaAccessions);
  }
  return notFoundPage(path);
}
