import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { readTextIfThere, removeIfThere, replaceText } from './disk.ts';
import type { Layout } from './layout.ts';

/** Races that a writer loses before it asks for a turn. */
export const LOST_RACES = 5;

/** Milliseconds for which a turn is honoured by the others. */
export const TURN_MS = 2_000;

const POLL_MS = 10;

interface TurnContext {
  readonly clock: Clock;
  readonly randomId: () => string;
}

function turnPath(layout: Layout): string {
  return join(layout.root, 'turn');
}

/** Until when (ms since 1970) another writer has the turn; 0 when nobody has. A lease longer than allowed is none. */
async function turnOfAnother(layout: Layout, commit: string, now: number): Promise<number> {
  const text = await readTextIfThere(turnPath(layout));
  if (text === null) return 0;
  const [owner, until] = text.split(' ');
  const end = Number(until);
  return owner !== commit && end > now && end <= now + TURN_MS ? end : 0;
}

/** Waits while another writer has the turn. It is a courtesy that keeps a slow writer from starving, never a lock. */
export async function awaitTurn(layout: Layout, context: TurnContext, commit: string): Promise<void> {
  const deadline = context.clock.now() + TURN_MS;
  while (context.clock.now() < deadline) {
    const end = await turnOfAnother(layout, commit, context.clock.now());
    if (end === 0) return;
    await context.clock.sleep(POLL_MS);
  }
}

/** Asks the other writers to wait for this one. */
export async function takeTurn(layout: Layout, context: TurnContext, commit: string): Promise<void> {
  await replaceText(turnPath(layout), `${commit} ${context.clock.now() + TURN_MS}`, context.randomId());
}

/** Gives the turn back. */
export async function endTurn(layout: Layout): Promise<void> {
  await removeIfThere(turnPath(layout));
}
