import { StoreError } from '../errors/store-error.ts';
import { runTransaction } from '../ports/run-transaction.ts';
import type { Change, CommitReport, StoreReader, Transaction } from '../ports/store.ts';
import { backToSavepoint, type Savepoints, withoutSavepoint, withSavepoint } from './plan/savepoints.ts';
import { createQueue, type Enqueue } from './queue.ts';

/** Where the changes of one transaction wait for its end; each back end has one. Called by one work at a time. */
export interface Staging<Mark> {
  /** Reads the rows as they will be. */
  readonly reader: StoreReader;
  /** Takes a change in. A change that is refused leaves what was staged before as it was. */
  stage(change: Change): Promise<CommitReport>;
  /** Names the present state. */
  mark(): Mark;
  /** Forgets what was staged after the mark. */
  backTo(mark: Mark): Promise<void>;
  /** What the changes since the mark did. */
  reportSince(mark: Mark): CommitReport;
  /** Makes everything durable, or nothing when it throws; called last. */
  publish(): Promise<CommitReport>;
  /** Forgets everything; called last. */
  discard(): Promise<void>;
}

/** A transaction, or one inside it: what its handle may still do. */
interface Level<Mark> {
  readonly outer: Level<Mark> | null;
  readonly start: Mark;
  /** How it ended; null while it is open. */
  ending: 'committed' | 'rolled back' | null;
  inner: Level<Mark> | null;
  savepoints: Savepoints<Mark>;
}

interface Machine<Mark> {
  readonly staging: Staging<Mark>;
  readonly enqueue: Enqueue;
}

function endingOf<Mark>(level: Level<Mark>): 'committed' | 'rolled back' | null {
  return level.ending ?? (level.outer === null ? null : endingOf(level.outer));
}

function checkOpen<Mark>(level: Level<Mark>, action: string): void {
  const ending = endingOf(level);
  if (ending === null) return;
  throw new StoreError('transaction', `Cannot ${action}: the transaction is over, it was ${ending}.`, {
    hint: 'Begin another one.',
    fields: { action },
  });
}

function checkTurn<Mark>(level: Level<Mark>, action: string): void {
  checkOpen(level, action);
  if (level.inner === null) return;
  throw new StoreError('transaction', `Cannot ${action}: a transaction inside this one is still open.`, {
    hint: 'Use the inner one until it ends; they are begun one after the other.',
    fields: { action },
  });
}

/** A transaction over a staging: savepoints by name, transactions inside, and an error for every call after the end. */
export function openTransaction<Mark>(staging: Staging<Mark>): Transaction {
  return handleOf({ staging, enqueue: createQueue() }, openLevel(null, staging.mark()));
}

function openLevel<Mark>(outer: Level<Mark> | null, start: Mark): Level<Mark> {
  return { outer, start, ending: null, inner: null, savepoints: [] };
}

function handleOf<Mark>(machine: Machine<Mark>, level: Level<Mark>): Transaction {
  const { staging, enqueue } = machine;
  const inTurn: InTurn = (action, work) =>
    enqueue(async () => {
      checkTurn(level, action);
      return work();
    });
  return {
    ...readsOf(staging.reader, level),
    get isOpen() {
      return endingOf(level) === null;
    },
    commit: (change) => inTurn('commit', () => staging.stage(change)),
    ...savepointsOf(staging, level, inTurn),
    transaction: async (work) => {
      const inner = await inTurn('begin a transaction inside', () => {
        level.inner = openLevel(level, staging.mark());
        return level.inner;
      });
      return runTransaction(handleOf(machine, inner), work);
    },
    end: () => inTurn('end the transaction', () => endLevel(staging, level)),
    rollback: () =>
      enqueue(async () => {
        checkOpen(level, 'roll back');
        await rollbackLevel(staging, level);
      }),
  };
}

type InTurn = <T>(action: string, work: () => T | Promise<T>) => Promise<T>;

function savepointsOf<Mark>(
  staging: Staging<Mark>,
  level: Level<Mark>,
  inTurn: InTurn,
): Pick<Transaction, 'savepoint' | 'rollbackTo' | 'release'> {
  return {
    savepoint: (name) =>
      inTurn('set a savepoint', () => {
        level.savepoints = withSavepoint(level.savepoints, name, staging.mark());
      }),
    rollbackTo: (name) =>
      inTurn('roll back to a savepoint', async () => {
        const { mark, left } = backToSavepoint(level.savepoints, name);
        await staging.backTo(mark);
        level.savepoints = left;
      }),
    release: (name) =>
      inTurn('release a savepoint', () => {
        level.savepoints = withoutSavepoint(level.savepoints, name);
      }),
  };
}

async function endLevel<Mark>(staging: Staging<Mark>, level: Level<Mark>): Promise<CommitReport> {
  level.ending = 'committed';
  if (level.outer !== null) {
    level.outer.inner = null;
    return staging.reportSince(level.start);
  }
  try {
    return await staging.publish();
  } catch (error) {
    level.ending = 'rolled back';
    throw error;
  }
}

async function rollbackLevel<Mark>(staging: Staging<Mark>, level: Level<Mark>): Promise<void> {
  level.ending = 'rolled back';
  if (level.outer === null) return staging.discard();
  level.outer.inner = null;
  return staging.backTo(level.start);
}

/** The reading half: it refuses after the end, also in the middle of a selection. */
function readsOf<Mark>(reader: StoreReader, level: Level<Mark>): StoreReader {
  const reading = async <T>(work: () => Promise<T>): Promise<T> => {
    checkOpen(level, 'read');
    return work();
  };
  return {
    get: (table, keys) => reading(() => reader.get(table, keys)),
    getByParent: (table, parents) => reading(() => reader.getByParent(table, parents)),
    select: async function* (selection) {
      checkOpen(level, 'read');
      for await (const rows of reader.select(selection)) {
        yield rows;
        checkOpen(level, 'read on');
      }
    },
    count: (selection) => reading(() => reader.count(selection)),
    asked: (ids) => reading(() => reader.asked(ids)),
    resolve: (names) => reading(() => reader.resolve(names)),
    countChildren: (keys) => reading(() => reader.countChildren(keys)),
    outcomes: () => reading(() => reader.outcomes()),
  };
}
