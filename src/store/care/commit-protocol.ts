import type { CommitProtocol } from '../../ports/store-care.ts';
import { findLinkFault, sharedFileSystem, systemLink } from '../disk/hard-links.ts';
import type { CareContext } from './care-context.ts';

/** How commits get their number in this store, with a try whether that still works where the folder is now. */
export async function examineProtocol({ context, makeLink = systemLink }: CareContext): Promise<CommitProtocol | null> {
  const format = await context.log.format();
  if (format === null) return null;
  const { protocol, because } = format;
  const fileSystem = await sharedFileSystem(context.layout.manifests);
  const fault = protocol === 'lock' ? null : await findLinkFault(context.layout.newest, context.randomId, makeLink);
  return { protocol, because, fileSystem, fault };
}
