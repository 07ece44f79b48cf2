import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { bodyOfBytes, type RawBody } from '../body/body.ts';
import type { Exchange, Reply } from '../exchange.ts';
import { isoTime } from '../iso-time.ts';
import { collectAnswer, isKeptAsItComes } from './collect-answer.ts';
import { HeldSocket } from './held-socket.ts';
import { type Idle, IdleTimeout, IdleWatch } from './idle-watch.ts';
import { proxyRefused } from './proxy-fault.ts';
import type { ProxyServer } from './proxy-server.ts';
import type { WireSettings } from './wire.ts';
import { networkFault } from './wire-fault.ts';
import type { Line } from './wire-lines.ts';

/** Where an answer comes from and goes to. */
export interface AnswerParts {
  readonly settings: Pick<WireSettings, 'clock' | 'spool'>;
  /** The proxy that answers in place of the host, or null. */
  readonly forwardedBy: ProxyServer | null;
  readonly line: Pick<Line, 'socket'>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * What undici tells about one answer as it comes. The usual one is kept as it comes; any other goes through a stream, whose reader
 * says when more may come.
 */
export class Answer implements Dispatcher.DispatchHandler, Idle {
  readonly #exchange: Exchange;
  readonly #parts: AnswerParts;
  readonly #onAbort = () => this.#break(this.#exchange.stop.reason);
  readonly #chunks: Buffer[] = [];
  #controller: Controller | null = null;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #stream: Readable | null = null;
  #socket: HeldSocket | null = null;
  #watch: IdleWatch | null = null;
  #isWhole = false;
  /** True when it is whole or has failed. */
  #isOver = false;

  constructor(exchange: Exchange, parts: AnswerParts) {
    this.#exchange = exchange;
    this.#parts = parts;
    exchange.stop.onAbort(this.#onAbort);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    const { stop } = this.#exchange;
    if (stop.aborted) this.#break(stop.reason);
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // Word that the answer will come is none.
    if (status < 200) return;
    this.#status = status;
    this.#headers = plainHeaders(headers);
    // A timer costs more than all else that is done here: what comes whole with its headers, as most does, needs none.
    queueMicrotask(() => this.#startWatch());
    const { forwardedBy } = this.#parts;
    if (forwardedBy !== null && status === 407) {
      this.#break(proxyRefused(forwardedBy, 407, this.#exchange.url.host));
    } else if (!isKeptAsItComes({ status, headers: this.#headers }, this.#exchange)) {
      this.#stream = this.#openStream();
      void this.#collect(this.#stream);
    }
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#watch?.renew(chunk.length);
    if (this.#stream === null) this.#chunks.push(chunk);
    else if (!this.#stream.push(chunk)) this.#hold();
  }

  onResponseEnd(controller: Controller): void {
    // Undici takes a body of no stated length for whole when its connection is reset.
    const fault = this.#socket?.fault ?? null;
    if (fault === null) this.#end();
    else this.onResponseError(controller, fault);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#unwatch();
    const stream = this.#stream;
    if (stream === null) this.#reject(error);
    // What has come may be read first.
    else queueMicrotask(() => stream.destroy(error));
  }

  onIdle(): void {
    this.#break(new IdleTimeout());
  }

  #openStream(): Readable {
    const { socket } = this.#parts.line;
    this.#socket = socket === null ? null : new HeldSocket(socket);
    const stream = new Readable({
      read: () => this.#letGo(),
      destroy: (error, done) => {
        this.#break(error);
        done(error);
      },
    });
    // Its reader hears of it; nobody else has to.
    return stream.on('error', () => {});
  }

  #end(): void {
    this.#isWhole = true;
    this.#unwatch();
    const [first] = this.#chunks;
    if (this.#stream !== null) this.#stream.push(null);
    else
      this.#resolve(
        bodyOfBytes(first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)),
      );
  }

  /** The reader is behind. That it is, is not the server's silence. */
  #hold(): void {
    this.#socket?.hold();
    this.#watch?.stop();
  }

  #letGo(): void {
    if (this.#socket?.isHeld !== true) return;
    this.#socket.letGo();
    this.#startWatch();
  }

  #startWatch(): void {
    if (this.#isOver || this.#socket?.isHeld === true) return;
    this.#watch ??= new IdleWatch(this.#exchange.idleTimeoutMs, this);
    this.#watch.start();
  }

  /** Nothing more comes. */
  #unwatch(): void {
    this.#isOver = true;
    this.#watch?.stop();
    this.#socket?.letGo();
  }

  async #collect(stream: Readable): Promise<void> {
    const coming = { status: this.#status, headers: this.#headers, stream };
    try {
      this.#resolve(await collectAnswer(coming, this.#exchange, this.#parts.settings.spool));
    } catch (error) {
      this.#reject(error);
    } finally {
      stream.destroy();
    }
  }

  /** What is not read to its end would keep the connection busy. */
  #break(reason: unknown): void {
    if (this.#isWhole) return;
    this.#controller?.abort(reason instanceof Error ? reason : new Error('the rest of the answer is not wanted'));
  }

  #resolve(body: RawBody): void {
    this.#exchange.stop.offAbort(this.#onAbort);
    const fetchedAt = isoTime(this.#parts.settings.clock.now());
    this.#parts.resolve({ status: this.#status, headers: this.#headers, body, fromCache: false, fetchedAt });
  }

  #reject(error: unknown): void {
    this.#exchange.stop.offAbort(this.#onAbort);
    this.#parts.reject(networkFault(error, this.#exchange, this.#status !== 0));
  }
}

/** Undici gives names in lower case, and a list where one came more than once. */
function plainHeaders(headers: Headers): Readonly<Record<string, string>> {
  let plain = headers;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (!Array.isArray(value)) continue;
    if (plain === headers) plain = { ...headers };
    plain[name] = value.join(', ');
  }
  return plain as Record<string, string>;
}
