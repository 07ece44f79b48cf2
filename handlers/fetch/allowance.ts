import type { HandlerContext } from '../../src/ports/handler.ts';

/** Ids that two batch answers left out and that are then asked alone, per archive and command. The rest are absent. */
const ALONE_PER_COMMAND = 20;

/** Takes one of the 20 single requests that a command may spend on ids that an archive left out of its batches. */
export function mayAskAlone(archive: string, context: HandlerContext): boolean {
  const name = `alone:${archive}`;
  const spent = context.memo.get(name);
  const count = typeof spent === 'number' ? spent : 0;
  if (count >= ALONE_PER_COMMAND) return false;
  context.memo.set(name, count + 1);
  return true;
}
