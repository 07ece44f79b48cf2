/**
 * What ends a request early. An `AbortSignal` takes longer to make and to listen to than a small answer takes to check, and most
 * requests are never ended: here the signal is made when something of Node's asks for it.
 */
export class Stop {
  #aborted = false;
  #reason: unknown;
  #signal: AbortSignal | null;
  #controller: AbortController | null = null;
  /** Most have one listener at a time. */
  #first: (() => void) | null = null;
  #others: Set<() => void> | null = null;

  /** Over a signal: ends when it does. Without one it ends by `abort` alone. */
  constructor(signal: AbortSignal | null = null) {
    this.#signal = signal;
    if (signal?.aborted) this.abort(signal.reason);
    else signal?.addEventListener('abort', () => this.abort(signal.reason), { once: true });
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** The same as a signal, for sleeping and for what else is not ours. */
  get signal(): AbortSignal {
    if (this.#signal !== null) return this.#signal;
    this.#controller = new AbortController();
    if (this.#aborted) this.#controller.abort(this.#reason);
    this.#signal = this.#controller.signal;
    return this.#signal;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  /** Ends it; whoever listens is called once. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    const listeners = [...(this.#first === null ? [] : [this.#first]), ...(this.#others ?? [])];
    this.#first = null;
    this.#others = null;
    for (const listener of listeners) listener();
  }

  /** The listener is called when it ends; at once when it has ended. */
  onAbort(listener: () => void): void {
    if (this.#aborted) listener();
    else if (this.#first === null) this.#first = listener;
    else {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }

  offAbort(listener: () => void): void {
    if (this.#first === listener) this.#first = null;
    else this.#others?.delete(listener);
  }
}

const stops = new WeakMap<AbortSignal, Stop>();

/** The stop over a signal: one, and one listener, however many requests and doors share the signal. */
export function stopOf(signal: AbortSignal): Stop {
  const stop = stops.get(signal) ?? new Stop(signal);
  stops.set(signal, stop);
  return stop;
}
