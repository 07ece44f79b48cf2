/** An answer of which nothing more came. */
export class IdleTimeout extends Error {
  readonly code = 'IDLE_TIMEOUT';

  constructor() {
    super('no further byte came');
  }
}

/** Who is told that nothing came. */
export interface Idle {
  onIdle(): void;
}

/**
 * Tells when nothing has come for too long. Undici's own watch cannot be stopped while the body waits for the disk, which is not the
 * server's silence.
 */
export class IdleWatch {
  readonly #ms: number;
  readonly #owner: Idle;
  #timer: NodeJS.Timeout | undefined;
  #isQuiet = false;

  /** Watches from now on. `ms`: milliseconds. */
  constructor(ms: number, owner: Idle) {
    this.#ms = ms;
    this.#owner = owner;
    this.start();
  }

  start(): void {
    this.#timer = setTimeout(IdleWatch.#look, this.#ms, this);
  }

  /** Something came. */
  renew(): void {
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
