import type { Transaction } from '../../ports/store.ts';
import type { Enqueue } from '../queue.ts';
import { openTransaction, type Staging } from '../transaction.ts';
import type { CommitContext } from './commit.ts';
import type { EngineHolder } from './engine-holder.ts';
import { stageChanges } from './stage-changes.ts';

/** What the transactions of one store need. */
export interface TransactionParts {
  readonly context: CommitContext;
  readonly door: EngineHolder;
  /** The queue of everything that writes. A transaction takes its place with each step, never for its whole life. */
  readonly enqueue: Enqueue;
  /** Changes after which the engine is opened anew. */
  readonly changesPerEngine: number;
  /** Called after each end that made something durable. */
  readonly ended: () => void;
}

/** The open transactions of a store. */
export interface Transactions {
  begin(): Promise<Transaction>;
  /** Rolls back those that are open. */
  rollbackAll(): Promise<void>;
}

/** The transactions of a Parquet store. */
export function createTransactions(parts: TransactionParts): Transactions {
  const open = new Set<Transaction>();
  return {
    begin: async () => {
      const transaction = openTransaction(inQueue(await stageChanges(parts.context), parts));
      for (const one of open) if (!one.isOpen) open.delete(one);
      open.add(transaction);
      return transaction;
    },
    rollbackAll: async () => {
      for (const one of open) if (one.isOpen) await one.rollback();
      open.clear();
    },
  };
}

function inQueue<Mark>(staging: Staging<Mark>, parts: TransactionParts): Staging<Mark> {
  const { enqueue, door } = parts;
  let changes = 0;
  return {
    ...staging,
    stage: (change) =>
      enqueue(async () => {
        const report = await staging.stage(change);
        changes += 1;
        if (changes % parts.changesPerEngine === 0) await door.close();
        return report;
      }),
    backTo: (mark) => enqueue(() => staging.backTo(mark)),
    discard: () => enqueue(staging.discard),
    publish: async () => {
      const report = await enqueue(staging.publish);
      parts.ended();
      return report;
    },
  };
}
