import { NetworkError } from '../../errors/network-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpEvent } from '../../ports/http.ts';
import type { Exchange, Reply } from '../exchange.ts';
import type { OperatorBudget } from '../limit/operator-budget.ts';
import {
  afterFailedAttempt,
  afterFailedProbe,
  afterFailure,
  afterGood,
  afterLostProbe,
  type Circuit,
  CLOSED,
  type Failure,
  startProbe,
} from './circuit.ts';
import { circuitEvents, givenUpText } from './circuit-events.ts';
import { troubleText, verdictOf } from './trouble.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** What circuits work with. */
export interface CircuitSettings {
  readonly clock: Clock;
  readonly report: (event: HttpEvent) => void;
  /** Milliseconds without a good answer after which an operator is given up. */
  readonly maxTroubleMs: number;
}

/** Bytes of an answer up to which its question may be a probe: 256 KiB. */
const MOST_PROBE_BYTES = 256 * 1024;

/** How a request goes out. */
export type Turn = 'usual' | 'probe';

/** The circuit of one operator at work. */
export interface OperatorCircuit {
  /** False while requests wait, and when they are given up. */
  isClosed(): boolean;
  /** Waits until the request may go out, if it has to. Rejects when the operator is given up, and with the reason of its stop. */
  enter(exchange: Exchange): Turn | Promise<Turn>;
  /** Takes note of an attempt that failed, begun at `began`, and is not the last. */
  attemptFailed(exchange: Exchange, error: unknown, began: number): void;
  /** Gives the question whether the operator answers at all, for as long as none was answered well. The first one stays. */
  checkedBy(question: Exchange): void;
  /** What is sent as a probe in the name of a request: a question that was answered well before, or its own. With one attempt: its retries would be three probes. */
  probeFor(exchange: Exchange): Exchange;
  /** The request was answered. */
  succeeded(exchange: Exchange, reply: Reply): void;
  /** The request failed; true when it is to be asked again, because the operator is to blame. Waits when that is not known yet. */
  failed(exchange: Exchange, error: unknown, went: { readonly turn: Turn; readonly began: number }): Promise<boolean>;
}

/** Gives the circuit of each operator of a stack. */
export function createCircuits(settings: CircuitSettings): (operator: OperatorBudget) => OperatorCircuit {
  const circuits = new WeakMap<OperatorBudget, OperatorCircuit>();
  return (operator) => {
    const circuit = circuits.get(operator) ?? new CircuitAtWork(operator.name, settings);
    circuits.set(operator, circuit);
    return circuit;
  };
}

class CircuitAtWork {
  readonly #name: string;
  readonly #settings: CircuitSettings;
  #circuit: Circuit = CLOSED;
  /** Requests that wait for the circuit to close; one is called with true to be the next probe. */
  readonly #waiting = createWaitingRoom();
  /** Requests that failed while others are under way, which will tell who is to blame; called with true when it is the operator. */
  readonly #undecided = createWaitingRoom();
  #underWay = 0;
  /** The last small question that was answered well: it tells an archive in trouble from bad ids. */
  #known: Exchange | null = null;
  /** What to ask while there is no such question. Prepared by its door: what a plug-in got wrong must not fail amid a probe. */
  #check: Exchange | null = null;
  /** Ends the sleep of the request that will be the next probe; null while there is none. */
  #nextProbe: AbortController | null = null;

  constructor(name: string, settings: CircuitSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  isClosed(): boolean {
    return this.#circuit.state === 'closed';
  }

  enter(exchange: Exchange): Turn | Promise<Turn> {
    if (!this.isClosed()) return this.#waitToEnter(exchange);
    this.#underWay += 1;
    return 'usual';
  }

  async #waitToEnter(exchange: Exchange): Promise<Turn> {
    const { clock } = this.#settings;
    const began = clock.now();
    let turn: Turn = 'usual';
    while (turn === 'usual' && !this.isClosed()) {
      if (this.#circuit.state === 'given_up') throw this.#givenUp(this.#circuit, exchange);
      const called = this.#waiting.wait(exchange);
      this.#callNext();
      if ((await called) && (await this.#isTimeToProbe(exchange))) turn = 'probe';
    }
    exchange.notes.waitedForCircuit += clock.now() - began;
    this.#underWay += 1;
    return turn;
  }

  attemptFailed(exchange: Exchange, error: unknown, began: number): void {
    const failure = this.#failure(exchange, error, began);
    this.#become(afterFailedAttempt(this.#circuit, failure, this.#settings.maxTroubleMs));
  }

  checkedBy(question: Exchange): void {
    this.#check ??= question;
  }

  probeFor(exchange: Exchange): Exchange {
    const { stop, notes } = exchange;
    return { ...(this.#known ?? this.#check ?? exchange), attempts: 1, stop, notes };
  }

  succeeded(exchange: Exchange, { body }: Reply): void {
    this.#underWay -= 1;
    if (exchange.repeatable && body.size <= MOST_PROBE_BYTES) this.#known = exchange;
    this.#works();
  }

  async failed(exchange: Exchange, error: unknown, went: { turn: Turn; began: number }): Promise<boolean> {
    this.#underWay -= 1;
    const verdict = exchange.stop.aborted ? 'neither' : verdictOf(error);
    if (verdict === 'works') this.#works();
    if (verdict === 'trouble') this.#become(this.#afterTrouble(exchange, error, went));
    if (verdict === 'neither') this.#become(this.#afterNothingTold(exchange, error, went));
    // When nobody else is asking, nobody will tell.
    if (this.#underWay === 0) this.#undecided.callAll(false);
    if (verdict !== 'trouble') return false;
    if (this.#circuit.state === 'given_up') return true;
    if (!exchange.repeatable || exchange.doubtful) return false;
    return !this.isClosed() || (this.#underWay > 0 && this.#blamesOperator(exchange));
  }

  #works(): void {
    if (this.#circuit !== CLOSED) this.#become(afterGood(this.#circuit));
    this.#undecided.callAll(false);
  }

  #failure({ doubtful }: Exchange, error: unknown, began: number): Failure {
    return {
      began,
      now: this.#settings.clock.now(),
      what: troubleText(error),
      doubtful,
      hasKnown: this.#known !== null || this.#check !== null,
    };
  }

  #afterTrouble(exchange: Exchange, error: unknown, { turn, began }: { turn: Turn; began: number }): Circuit {
    const { maxTroubleMs } = this.#settings;
    const failure = this.#failure(exchange, error, began);
    return turn === 'probe'
      ? afterFailedProbe(this.#circuit, failure, maxTroubleMs)
      : afterFailure(this.#circuit, failure, maxTroubleMs);
  }

  /** A probe that was aborted is followed by another at once; one that could not be made (a certificate, a proxy, the rate) has failed. */
  #afterNothingTold(exchange: Exchange, error: unknown, went: { turn: Turn; began: number }): Circuit {
    if (went.turn === 'usual') return this.#circuit;
    if (exchange.stop.aborted) return afterLostProbe(this.#circuit, this.#settings.clock.now());
    return this.#afterTrouble(exchange, error, went);
  }

  async #blamesOperator(exchange: Exchange): Promise<boolean> {
    const { clock } = this.#settings;
    const began = clock.now();
    const blames = await this.#undecided.wait(exchange);
    exchange.notes.waitedForCircuit += clock.now() - began;
    return blames;
  }

  /** Sleeps until the probe may go out; false when the circuit has closed meanwhile. */
  async #isTimeToProbe({ stop, firstByteTimeoutMs }: Exchange): Promise<boolean> {
    const { clock } = this.#settings;
    const closed = this.#nextProbe?.signal ?? stop.signal;
    const either = AbortSignal.any([stop.signal, closed]);
    try {
      for (let ms = this.#untilProbe(); ms > 0; ms = this.#untilProbe()) await clock.sleep(ms, either);
      stop.throwIfAborted();
      if (this.#circuit.state !== 'open') return false;
      this.#become(startProbe(this.#circuit), firstByteTimeoutMs);
      return true;
    } catch (error) {
      stop.throwIfAborted();
      if (closed.aborted) return false;
      throw error;
    } finally {
      this.#nextProbe = null;
      this.#callNext();
    }
  }

  /** Milliseconds until the next probe; 0 when the circuit is not open. */
  #untilProbe(): number {
    return this.#circuit.state === 'open' ? this.#circuit.probeAt - this.#settings.clock.now() : 0;
  }

  /** Calls the request that will be the next probe, unless there is one. */
  #callNext(): void {
    if (this.#circuit.state !== 'open' || this.#nextProbe !== null) return;
    if (this.#waiting.callOne(true)) this.#nextProbe = new AbortController();
  }

  #become(next: Circuit, probeMs?: number): void {
    const { clock, report, maxTroubleMs } = this.#settings;
    const events = circuitEvents(this.#name, this.#circuit, next, { now: clock.now(), probeMs, maxTroubleMs });
    this.#circuit = next;
    for (const event of events) report(event);
    if (next.state !== 'closed') this.#undecided.callAll(true);
    if (next.state === 'closed' || next.state === 'given_up') {
      this.#nextProbe?.abort();
      this.#waiting.callAll(false);
    }
    this.#callNext();
  }

  #givenUp(circuit: Extract<Circuit, { state: 'given_up' }>, exchange: Exchange): NetworkError {
    return new NetworkError(givenUpText(this.#name, circuit), {
      hint: 'run "celline refresh" later: it asks again for what failed, and what is stored stays',
      fields: { operator: this.#name, url: exchange.shownUrl, kind: 'given_up' },
    });
  }
}
