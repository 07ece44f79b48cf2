import { errorMessage } from '../errors/error-message.ts';
import type { CommitProtocol, StoreCare } from '../ports/store-care.ts';
import type { Check } from './project.ts';

const NAME = 'commits';

/** Looks how commits get their number here, and whether what that relies on holds. Nothing to say without a store. */
export async function examineCommits(openCare: () => Promise<StoreCare>): Promise<Check | null> {
  try {
    const protocol = await (await openCare()).protocol();
    return protocol === null ? null : judgeCommits(protocol);
  } catch (error) {
    const detail = errorMessage(error);
    return { name: NAME, state: 'warning', detail, hint: null };
  }
}

/** What a doctor says of it; pure. */
export function judgeCommits({ protocol, because, fileSystem, fault }: CommitProtocol): Check {
  const where = fileSystem === null ? '' : ` on ${fileSystem}`;
  if (fault !== null) {
    const hint = 'The tables folder was moved: move it back, or write "protocol":"lock" into its format.json.';
    return { name: NAME, state: 'error', detail: `by hard links, but ${fault}${where}`, hint };
  }
  if (protocol === 'link') return { name: NAME, state: 'ok', detail: `by hard links${where}`, hint: null };
  const reason = because === null ? '' : `: ${because}`;
  const hint = 'Commands that write wait for each other. Put the project on a local disk when many write at once.';
  return { name: NAME, state: 'warning', detail: `under a lock file${where}${reason}`, hint };
}
