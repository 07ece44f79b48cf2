import type { Config } from '../../config/schema.ts';
import { createChannel } from '../../dispatcher/row-channel.ts';
import { InterruptedError } from '../../errors/interrupted-error.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { HostLimit, Http } from '../../ports/http.ts';
import type { FileRow } from '../../records/file.ts';
import type { HandlerSetup } from '../handler-setup.ts';
import { addressToAsk } from './address-to-ask.ts';
import type { AddressFacts, CheckFilesOptions } from './address-type.ts';
import { askAddress } from './ask-address.ts';
import { fileHostLimit } from './file-hosts.ts';
import { type Found, judgeAddress } from './judge-address.ts';

/** What addresses are checked with. */
export interface FileCheckParts {
  readonly config: Pick<Config, 'offline' | 'replay'>;
  /** The handlers, whose limits count at the hosts that they declare. */
  readonly setups: () => readonly HandlerSetup[];
  /** The door to hosts of files, by which nobody in particular asks. */
  readonly httpOf: (hosts: readonly HostLimit[], signal: AbortSignal) => Promise<Http>;
  readonly signal: AbortSignal;
}

/** Asks the hosts of files what they have, each within its limit; in the order of answering. One request serves equal addresses. */
export function checkFiles(
  files: readonly FileRow[],
  options: CheckFilesOptions,
  parts: FileCheckParts,
): AsyncIterable<AddressFacts> {
  const { offline, replay } = parts.config;
  if (offline || replay !== undefined) {
    throw new UsageError(`addresses are not checked ${offline ? 'offline' : 'while a recording answers'}`, {
      hint: `leave out ${offline ? '--offline' : '--replay'} (or the setting ${offline ? 'offline' : 'replay'})`,
    });
  }
  return checkOnline(files, options, parts);
}

/** One address of a file. */
interface Address {
  readonly url: string;
  readonly file: FileRow;
}

async function* checkOnline(
  files: readonly FileRow[],
  { mirrors = false, signal }: CheckFilesOptions,
  parts: FileCheckParts,
): AsyncGenerator<AddressFacts> {
  const addresses = files.flatMap((file) =>
    (mirrors ? file.urls : file.urls.slice(0, 1)).map((url) => ({ url, file })),
  );
  const left = new AbortController();
  const stop = AbortSignal.any([parts.signal, left.signal, ...(signal === undefined ? [] : [signal])]);
  const channel = createChannel<AddressFacts>();
  const work = checkAll(addresses, parts, stop, channel.push).then(
    () => channel.end(),
    (error: unknown) => channel.end(stop.aborted ? stop.reason : error),
  );
  try {
    yield* channel.values();
  } finally {
    left.abort(new InterruptedError('nobody reads on'));
    await work;
  }
}

async function checkAll(
  addresses: readonly Address[],
  parts: FileCheckParts,
  signal: AbortSignal,
  tell: (facts: AddressFacts) => void,
): Promise<void> {
  signal.throwIfAborted();
  const { asked, byHost } = sorted(addresses, tell);
  const setups = parts.setups();
  const hosts = [...byHost.keys()].map((host) => fileHostLimit(host, setups));
  if (hosts.length === 0) return;
  const http = await parts.httpOf(hosts, signal);
  const answers = new Map<string, Promise<Found>>();
  const answerOf = (url: string): Promise<Found> => {
    const answer = answers.get(url) ?? askAddress(url, http);
    answers.set(url, answer);
    return answer;
  };
  // No more are prepared than may be asked at once; the limits themselves are the stack's.
  const works = hosts.flatMap(({ host, connections }) => {
    const waiting = (byHost.get(host) ?? []).values();
    return Array.from({ length: connections }, async () => {
      for (const address of waiting) {
        signal.throwIfAborted();
        tell(factsOf(address, await answerOf(asked.get(address) ?? address.url)));
      }
    });
  });
  await Promise.all(works);
}

/** The addresses by the host that is asked, and what is asked for each. What nobody is asked for is told at once. */
function sorted(addresses: readonly Address[], tell: (facts: AddressFacts) => void) {
  const asked = new Map<Address, string>();
  const byHost = new Map<string, Address[]>();
  for (const address of addresses) {
    const target = addressToAsk(address.url);
    if ('reason' in target) {
      tell(factsOf(address, { kind: 'unknown', reason: target.reason, failure: null }));
      continue;
    }
    const { host, href } = target.url;
    asked.set(address, href);
    const others = byHost.get(host);
    if (others === undefined) byHost.set(host, [address]);
    else others.push(address);
  }
  return { asked, byHost };
}

function factsOf({ url, file: { parent, name, bytes } }: Address, found: Found): AddressFacts {
  return { url, bytes, parent, name, ...judgeAddress(found, { name, bytes }) };
}
