import { type Answer, jsonAnswer, textAnswer } from './answer.ts';
import type { Operator } from './world.ts';

/** What the archives take; the defaults are their published or measured figures. */
export interface ArchiveLimits {
  /** Requests per second at NCBI without a key: 3. Source: NLM KA-05317. `Infinity` lifts it. */
  readonly ncbiPerSecond: number;
  /** Requests per second at NCBI with an `api_key`: 10. */
  readonly ncbiPerSecondWithKey: number;
  /** Requests per second at ENA: 50. */
  readonly enaPerSecond: number;
  /** Most ids, terms or records of one request at NCBI: 500, the hard cap of its JSON summaries. */
  readonly ncbiIds: number;
  /** Most accessions of one request at ENA: 1,000, what its own downloader sends. */
  readonly enaAccessions: number;
  /** Most characters of path and query; longer ones are answered 414. */
  readonly urlCharacters: number;
}

/** The archives' own figures. */
export const DEFAULT_LIMITS: ArchiveLimits = {
  ncbiPerSecond: 3,
  ncbiPerSecondWithKey: 10,
  enaPerSecond: 50,
  ncbiIds: 500,
  enaAccessions: 1000,
  urlCharacters: 8000,
};

/** Decides who came too fast. */
export interface RateGate {
  /** Takes note of an arrival; the answer to send instead when it came too fast. */
  arrive(operator: Operator, at: number, key: string | null): Answer | undefined;
}

/**
 * Creates the gate: arrivals of each operator within the last second, refused ones included, as NCBI counts.
 * All clients of the loopback are one address, so a key, once seen, counts for every NCBI request after it.
 */
export function createRateGate(limits: ArchiveLimits): RateGate {
  const arrivals: Record<Operator, number[]> = { NCBI: [], ENA: [] };
  let keySeen = false;
  return {
    arrive(operator, at, key) {
      if (key !== null && key !== '') keySeen = true;
      const times = arrivals[operator].filter((time) => time > at - 1000);
      times.push(at);
      arrivals[operator] = times;
      if (operator === 'ENA')
        return times.length > limits.enaPerSecond ? textAnswer(429, 'Too Many Requests') : undefined;
      const most = keySeen ? limits.ncbiPerSecondWithKey : limits.ncbiPerSecond;
      if (times.length <= most) return undefined;
      const body = {
        error: 'API rate limit exceeded',
        'api-key': keySeen ? 'hidden' : '127.0.0.1',
        count: String(times.length),
        limit: String(most),
      };
      const headers = { 'Retry-After': '2', 'X-RateLimit-Limit': String(most), 'X-RateLimit-Remaining': '0' };
      return { ...jsonAnswer(429, body), headers };
    },
  };
}
