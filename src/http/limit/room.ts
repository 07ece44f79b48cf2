/** Room for so many at once; who finds none waits in line. Costs nothing where there is room, unlike a queue of functions. */
export class Room {
  /** How many may be in it; it may be lowered while some are. */
  most: number;
  #inside = 0;
  readonly #line: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** Enters, perhaps at once: then there is nothing to wait for. */
  enter(): Promise<void> | undefined {
    if (this.#inside >= this.most) return new Promise((resolve) => this.#line.push(resolve));
    this.#inside += 1;
    return undefined;
  }

  /** Leaves; whoever waits longest takes the place. */
  leave(): void {
    this.#inside -= 1;
    if (this.#inside >= this.most) return;
    const next = this.#line.shift();
    if (next === undefined) return;
    this.#inside += 1;
    next();
  }
}
