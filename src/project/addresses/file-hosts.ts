import type { HostLimit } from '../../ports/http.ts';
import { type HandlerSetup, hostLimits } from '../handler-setup.ts';

/** Starts per second, and connections, at a host for which nobody states a limit: no archive publishes one for its files. */
const OWN = { perSecond: 3, connections: 2 };

/** The limit of a host: that of the handlers that declare it, the strictest; else one of its own. Nobody's key raises it. */
export function fileHostLimit(host: string, setups: readonly HandlerSetup[]): HostLimit {
  const declared = setups.flatMap((setup) =>
    hostLimits(setup)
      .filter((limit) => limit.host === host)
      .map((limit) => lowered(limit, setup)),
  );
  const [slowest] = declared.toSorted((left, right) => left.perSecond - right.perSecond);
  if (slowest !== undefined) return slowest;
  const own = { host, operator: host, ...OWN, source: 'no handler declares it' };
  return setups.filter((setup) => isMirrorAt(host, setup)).reduce(lowered, own);
}

/** What the user set for the requests of a handler counts for these too. */
function lowered(limit: HostLimit, { rateLimit = Number.POSITIVE_INFINITY }: HandlerSetup): HostLimit {
  return { ...limit, perSecond: Math.min(limit.perSecond, rateLimit) };
}

function isMirrorAt(host: string, { apiUrl }: HandlerSetup): boolean {
  return apiUrl !== undefined && new URL(apiUrl).host === host;
}
