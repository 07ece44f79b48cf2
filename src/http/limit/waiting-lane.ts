import type { Exchange } from '../exchange.ts';
import type { Lane } from '../wire/wire.ts';

/** Times that a connection may fail to stay open while it waits for its slot, before the request is sent anyway. */
const MOST_REOPENINGS = 3;

/** The connection of a request that waits for its slot. The server may close it meanwhile. */
export class WaitingLane {
  readonly lane: Lane;
  /** Times that it was opened again and its slot was lost all the same. */
  reopenings = 0;
  readonly #exchange: Exchange;
  #opening: Promise<void> | null = null;

  constructor(lane: Lane, exchange: Exchange) {
    this.lane = lane;
    this.#exchange = exchange;
  }

  /** True when it is open, or was opened too often. */
  mayStart(): boolean {
    return this.lane.isOpen() || this.reopenings === MOST_REOPENINGS;
  }

  /** Connects; one that is just being opened is not opened twice. */
  reopen(): Promise<void> {
    this.#opening ??= this.lane.reopen(this.#exchange).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }
}
