import type { ChainEnd, SlotRecord } from './slot-record.ts';

/** The records of one operator, oldest first. Synchronous: a start is checked in the moment in which it happens. */
export interface SlotChain {
  /** Where it ends now. */
  end(): ChainEnd;
  /** Adds a record behind that end; false when somebody else has added one meanwhile. */
  append(end: ChainEnd, record: SlotRecord): boolean;
}

/** A chain within this process. */
export function createMemoryChain(): SlotChain {
  let last: ChainEnd = { number: 0, record: null, unread: 0 };
  return {
    end: () => last,
    append: (end, record) => {
      if (end.number !== last.number) return false;
      last = { number: end.number + 1, record, unread: 0 };
      return true;
    },
  };
}
