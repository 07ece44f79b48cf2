import type { HandlerContext } from '../../src/ports/handler.ts';

/**
 * Ids that two batch answers left out and that are then asked alone, per archive and command; the rest are absent. Only
 * the page of a record tells private from unknown; 100 of them take 35 s at 3 requests a second (decision 0008).
 */
const ALONE_PER_COMMAND = 100;

/** Takes one of the single requests that a command may spend on ids that an archive left out of its batches. */
export function mayAskAlone(archive: string, context: HandlerContext): boolean {
  const name = `alone:${archive}`;
  const spent = context.memo.get(name);
  const count = typeof spent === 'number' ? spent : 0;
  if (count >= ALONE_PER_COMMAND) return false;
  context.memo.set(name, count + 1);
  return true;
}
