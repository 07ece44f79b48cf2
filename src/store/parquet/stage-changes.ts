import { join } from 'node:path';
import type { CommitReport } from '../../ports/store.ts';
import { type ChangeLog, createChangeLog } from '../disk/change-log.ts';
import { removeIfThere } from '../disk/disk.ts';
import { holdPin } from '../disk/pins.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { mergeReports } from '../plan/merge-reports.ts';
import type { Staging } from '../transaction.ts';
import { type CommitContext, discard } from './commit.ts';
import { beginChain, type Chain, liveFiles, stageOn } from './private-chain.ts';
import { publishChain, UnknownEnd } from './publish-chain.ts';
import { createReader } from './reader.ts';

/** A state of a transaction to come back to. */
interface Mark {
  readonly current: Manifest;
  readonly changes: number;
  readonly written: number;
  readonly logBytes: number;
}

/** What an open transaction holds. */
interface Held {
  readonly context: CommitContext;
  readonly log: ChangeLog;
  /** Another one after a replay. */
  chain: Chain;
  /** Gives the pin back; null: not taken yet. */
  unpin: (() => Promise<void>) | null;
}

/**
 * The staging of one transaction: each change is merged with the rows of a private manifest, written as segments, and that
 * manifest advances in memory. All reading code works on it unchanged. The end links one public manifest.
 */
export async function stageChanges(context: CommitContext): Promise<Staging<Mark>> {
  const log = createChangeLog(context.layout.spill, context.randomId());
  const held: Held = { context, log, chain: beginChain(await context.log.newest()), unpin: null };
  // Before there is a store nothing is made until there is something to stage.
  if ((await context.log.format()) !== null) await pin(held);
  return {
    reader: createReader(context, async () => held.chain.current),
    stage: async (change) => {
      const before = log.bytes;
      await pin(held);
      await log.append(change);
      try {
        return await stageOn(context, held.chain, change);
      } catch (error) {
        await log.cut(before);
        throw error;
      }
    },
    mark: () => {
      const { current, changes, written } = held.chain;
      return { current, changes: changes.length, written: written.length, logBytes: log.bytes };
    },
    backTo: (mark) => backTo(held, mark),
    reportSince: (mark) => {
      const reports = held.chain.changes.slice(mark.changes).map(({ report }) => report);
      return mergeReports(reports, held.chain.began.sequence);
    },
    publish: () => publish(held),
    discard: () => letGo(held, new Set()),
  };
}

/** Garbage collection spares what the transaction reads and what it has written. */
async function pin(held: Held): Promise<void> {
  held.unpin ??= await holdPin(held.context, held.chain.began.sequence);
}

async function backTo({ context, log, chain }: Held, mark: Mark): Promise<void> {
  chain.current = mark.current;
  chain.changes.length = mark.changes;
  const gone = chain.written.splice(mark.written);
  await log.cut(mark.logBytes);
  await discard(context, gone);
}

/** Removes the segments that are not kept, and everything else that was held. */
async function letGo({ context, log, chain, unpin }: Held, kept: ReadonlySet<string>): Promise<void> {
  for (const { file } of chain.written) {
    if (!kept.has(file)) await removeIfThere(join(context.layout.segments, file));
  }
  await log.close();
  await unpin?.();
}

async function publish(held: Held): Promise<CommitReport> {
  let kept: ReadonlySet<string> = new Set();
  try {
    const { manifest, report } = await publishChain(held.context, held.chain, (newest) => replay(held, newest));
    kept = liveFiles(manifest);
    return report;
  } catch (error) {
    if (!(error instanceof UnknownEnd)) throw error;
    // The manifest may name the segments although its writer heard of an error; garbage collection knows.
    kept = liveFiles(held.chain.current);
    throw error.cause;
  } finally {
    await letGo(held, kept);
  }
}

/** Makes all changes again over a newer manifest. */
async function replay(held: Held, newest: Manifest): Promise<Chain> {
  await discard(held.context, held.chain.written);
  held.chain = beginChain(newest);
  for await (const change of held.log.read()) await stageOn(held.context, held.chain, change);
  return held.chain;
}
