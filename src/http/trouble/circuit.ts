/** What is known about the health of an operator. A value; the functions below give the next one. */
export type Circuit =
  /** Requests go out. `trouble`: what has failed since the last good answer. */
  | { readonly state: 'closed'; readonly trouble: Trouble | null }
  /** Nothing goes out before `probeAt`, and then one request. */
  | {
      readonly state: 'open';
      readonly since: number;
      readonly probeAt: number;
      readonly probes: number;
      readonly last: string;
    }
  /** One request is out; the others wait for what it brings. */
  | { readonly state: 'half_open'; readonly since: number; readonly probes: number; readonly last: string }
  /** Nothing goes out any more. */
  | { readonly state: 'given_up'; readonly since: number; readonly at: number; readonly last: string };

/** Failures without a good answer between them. Times in milliseconds since 1970-01-01 UTC. */
export interface Trouble {
  /** When the first attempt failed. */
  readonly since: number;
  /** When the last one did. */
  readonly lastAt: number;
  /** Requests that failed, all attempts spent. */
  readonly requests: number;
  /** Of these: requests that can be blamed on nothing but the operator. */
  readonly telling: number;
  /** Attempts of such requests that failed and were not the last. */
  readonly attempts: number;
}

/** An attempt, or a request with all its attempts, that failed as a sign that the operator is in trouble. */
export interface Failure {
  /** When it was begun. */
  readonly began: number;
  readonly now: number;
  /** In a few words. */
  readonly what: string;
  /** True when what is asked may be to blame: a batch, or an id that failed before. */
  readonly doubtful: boolean;
  /** True when there is a question that tells an archive in trouble from bad ids: it is the probe, and the first one goes at once. */
  readonly hasKnown: boolean;
}

/** Nothing has failed. */
export const CLOSED: Circuit = { state: 'closed', trouble: null };

/** Telling failures in a row that open the circuit. A batch that fails tries four single ids before it calls the archive dead. */
const TELLING_FAILURES = 4;

/** Attempts in a row that open it as well: of 200 requests that wait for their start each would fail once before one has failed for good. */
const TELLING_ATTEMPTS = 3 * TELLING_FAILURES;

/** Milliseconds of trouble before the circuit opens: at full pace a run of bad ids has met a good one by then. */
const LEAST_TROUBLE_MS = 2000;

/** Milliseconds before the first probe; doubled after each. */
const FIRST_WAIT_MS = 5000;

/** Probes that failed, before one that goes at once. */
const AT_ONCE = -1;

/** Longest wait between two probes in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** Milliseconds without a request after which a failure is the beginning of a new trouble: nobody has asked meanwhile. */
const LULL_MS = 60_000;

/** After an attempt that failed and is not the last one of its request. */
export function afterFailedAttempt(circuit: Circuit, failure: Failure, maxTroubleMs: number): Circuit {
  if (circuit.state !== 'closed') return circuit;
  const before = continued(circuit.trouble, failure);
  const trouble = { ...before, attempts: before.attempts + (failure.doubtful ? 0 : 1) };
  return judged(trouble, failure, maxTroubleMs);
}

/** After an answer that shows that the operator works. What was given up stays so. */
export function afterGood(circuit: Circuit): Circuit {
  return circuit.state === 'given_up' ? circuit : CLOSED;
}

/** After a failed request that was no probe. Those that were under way when the circuit opened tell nothing new. */
export function afterFailure(circuit: Circuit, failure: Failure, maxTroubleMs: number): Circuit {
  if (circuit.state !== 'closed') return circuit;
  const { now, what: last, doubtful } = failure;
  const before = continued(circuit.trouble, failure);
  const trouble = { ...before, requests: before.requests + 1, telling: before.telling + (doubtful ? 0 : 1) };
  const { since } = trouble;
  if (now - since >= maxTroubleMs && trouble.requests > 1) return { state: 'given_up', since, at: now, last };
  return judged(trouble, failure, maxTroubleMs);
}

/** When the probe goes out. */
export function startProbe(circuit: Circuit): Circuit {
  if (circuit.state !== 'open') return circuit;
  const { since, probes, last } = circuit;
  return { state: 'half_open', since, probes, last };
}

/** After a probe that failed. */
export function afterFailedProbe(
  circuit: Circuit,
  { now, what: last }: Pick<Failure, 'now' | 'what'>,
  maxTroubleMs: number,
): Circuit {
  if (circuit.state !== 'half_open') return circuit;
  const { since, probes } = circuit;
  if (now - since >= maxTroubleMs) return { state: 'given_up', since, at: now, last };
  return opened({ since, last, probes: probes + 1 }, now, maxTroubleMs);
}

/** After a probe that ended without telling anything, because it was aborted: another may go at once. */
export function afterLostProbe(circuit: Circuit, now: number): Circuit {
  if (circuit.state !== 'half_open') return circuit;
  const { since, probes, last } = circuit;
  return { state: 'open', since, probes, last, probeAt: now };
}

/** The last probe goes out when the time is over, not after it: its failure is the end. */
function opened(
  about: { readonly since: number; readonly last: string; readonly probes: number },
  now: number,
  maxTroubleMs: number,
): Circuit {
  const wait = about.probes === AT_ONCE ? 0 : Math.min(FIRST_WAIT_MS * 2 ** about.probes, LONGEST_WAIT_MS);
  const probeAt = Math.max(now, Math.min(now + wait, about.since + maxTroubleMs));
  return { state: 'open', ...about, probeAt };
}

/** Open when the trouble is enough. */
function judged(trouble: Trouble, { now, what: last, hasKnown }: Failure, maxTroubleMs: number): Circuit {
  const { since, telling, attempts } = trouble;
  const isEnough = telling >= TELLING_FAILURES || attempts >= TELLING_ATTEMPTS;
  if (!isEnough || now - since < LEAST_TROUBLE_MS) return { state: 'closed', trouble };
  return opened({ since, last, probes: hasKnown ? AT_ONCE : 0 }, now, maxTroubleMs);
}

function continued(trouble: Trouble | null, { began, now }: Failure): Trouble {
  if (trouble !== null && began - trouble.lastAt <= LULL_MS) return { ...trouble, lastAt: now };
  return { since: now, lastAt: now, requests: 0, telling: 0, attempts: 0 };
}
