/** Bytes that have to come within the time: a server that drips, a byte a second, would hold a request for hours. */
const LEAST_BYTES = 1024;

/** An answer of which hardly anything more came. */
export class IdleTimeout extends Error {
  readonly code = 'IDLE_TIMEOUT';

  constructor() {
    super('hardly a byte more came');
  }
}

/** Who is told that nothing came. */
export interface Idle {
  onIdle(): void;
}

/**
 * Tells when hardly anything has come for too long. Undici's own watch cannot be stopped while the body waits for the disk, which is not the
 * server's silence.
 */
export class IdleWatch {
  readonly #ms: number;
  readonly #owner: Idle;
  #timer: NodeJS.Timeout | undefined;
  #isQuiet = false;
  /** Bytes since the time began anew. */
  #came = 0;

  /** Watches when it is started. `ms`: milliseconds. */
  constructor(ms: number, owner: Idle) {
    this.#ms = ms;
    this.#owner = owner;
  }

  /** Watches from now on; one that watches already goes on. */
  start(): void {
    this.#timer ??= setTimeout(IdleWatch.#look, this.#ms, this);
  }

  /** So many bytes came. */
  renew(bytes: number): void {
    this.#came += bytes;
    if (this.#came < LEAST_BYTES) return;
    this.#came = 0;
    this.#isQuiet = false;
    this.#timer?.refresh();
  }

  stop(): void {
    this.#isQuiet = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What came while this process was busy is read between the timers and the next `setImmediate`. */
  static #look(watch: IdleWatch): void {
    watch.#isQuiet = true;
    setImmediate(IdleWatch.#decide, watch);
  }

  static #decide(watch: IdleWatch): void {
    if (watch.#isQuiet) watch.#owner.onIdle();
  }
}
