import { StoreError } from '../../errors/store-error.ts';
import type { CommitReport } from '../../ports/store.ts';
import { syncFolder } from '../disk/disk.ts';
import { endTurn, LOST_RACES, takeTurn } from '../disk/turn.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { refuseOlder } from '../manifest/older-version.ts';
import { mergeReports } from '../plan/merge-reports.ts';
import { areThere, type CommitContext, concerns, MAX_ATTEMPTS, tooManyWriters } from './commit.ts';
import { type Chain, isSame, liveFiles, manifestOn } from './private-chain.ts';

/** Times that all changes of a transaction are made again because others changed the rows that it looked at. */
export const MAX_REPLAYS = 5;

/** The link of the manifest failed in a way that does not say whether it is there. */
export class UnknownEnd extends Error {}

/** Makes the staged changes the newest manifest; `replay` makes them again over a newer one. */
export async function publishChain(
  context: CommitContext,
  first: Chain,
  replay: (newest: Manifest) => Promise<Chain>,
): Promise<{ manifest: Manifest; report: CommitReport }> {
  const commit = context.randomId();
  let chain = first;
  let replays = 0;
  let hasTurn = false;
  const takeTheTurn = async (): Promise<void> => {
    await takeTurn(context.layout, context, commit);
    hasTurn = true;
  };
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const newest = await context.log.newest();
      refuseOlder(newest, context.layout.tables);
      if (await isOvertaken(context, chain, newest)) {
        replays += 1;
        if (replays > MAX_REPLAYS) throw overtaken();
        if (replays > 1) await takeTheTurn();
        chain = await replay(newest);
        continue;
      }
      const reports = chain.changes.map(({ report }) => report);
      if (isSame(chain)) return { manifest: newest, report: mergeReports(reports, newest.sequence) };
      const next = manifestOn(context, newest, chain, commit);
      if (await append(context, next)) return { manifest: next, report: mergeReports(reports, next.sequence) };
      if (attempt >= LOST_RACES && !hasTurn) await takeTheTurn();
    }
  } finally {
    if (hasTurn) await endTurn(context.layout);
  }
  throw tooManyWriters();
}

async function append(context: CommitContext, manifest: Manifest): Promise<boolean> {
  await syncFolder(context.layout.segments);
  try {
    return await context.log.append(manifest);
  } catch (error) {
    throw new UnknownEnd('', { cause: error });
  }
}

/** True when others changed what the transaction looked at, or garbage collection took a segment of a sleeping process. */
async function isOvertaken(context: CommitContext, chain: Chain, newest: Manifest): Promise<boolean> {
  if (chain.changes.some(({ footprint }) => concerns(footprint, chain.began, newest))) return true;
  const live = liveFiles(chain.current);
  return !(await areThere(
    context,
    chain.written.filter(({ file }) => live.has(file)),
  ));
}

function overtaken(): StoreError {
  return new StoreError(
    'deadlock',
    `Others changed the rows of this transaction ${MAX_REPLAYS} times while it ended.`,
    {
      hint: 'Nothing was changed. Run it again when fewer commands write to the same records.',
    },
  );
}
