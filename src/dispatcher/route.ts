import { errorMessage } from '../errors/error-message.ts';
import { readAccession, refusalReason, unsupportedReason } from '../id/accession.ts';
import { cleanIdText } from '../id/clean-text.ts';
import { expandRange } from '../id/range.ts';
import type { OutcomeName } from '../records/asked.ts';
import type { Claim, Registry } from './registry.ts';

/** One id as given, and what became of it before anything was asked. */
export interface Routed {
  /** The text as given; a member of a range is given as itself. */
  readonly given: string;
  /** The accession as understood; null when there is none. */
  readonly id: string | null;
  /** Who is asked; null when nobody is. */
  readonly claim: Claim | null;
  /** Why nobody is asked. */
  readonly refusal: { readonly outcome: OutcomeName; readonly reason: string } | null;
}

/** How texts are routed. */
export interface RouteOptions {
  /** Ask this handler, whoever else claims an id. */
  readonly handler?: string;
  /** Accept ranges of more than 10,000 members. */
  readonly largeRange?: boolean;
}

/** Reads every text as an accession or a range of them and finds the handler that answers it. Pure; one or more per text. */
export function route(texts: readonly string[], registry: Registry, options: RouteOptions = {}): Routed[] {
  return texts.flatMap((text) => routeText(text, registry, options));
}

function routeText(text: string, registry: Registry, options: RouteOptions): Routed[] {
  const range = expandRange(text, options.largeRange === undefined ? {} : { largeRange: options.largeRange });
  if (range === null) return [routeOne(text, registry, options)];
  if (!range.ok) return [refused(text, null, 'invalid', refusalReason(range))];
  return range.ids.map((id) => routeOne(id, registry, options));
}

function routeOne(given: string, registry: Registry, options: RouteOptions): Routed {
  const reading = readAccession(given);
  const id = reading.ok ? reading.id : plainId(given);
  const claims = id === null ? [] : registry.claims(id);
  const claim = options.handler === undefined ? claims[0] : claims.find((one) => one.handler.name === options.handler);
  if (id !== null && claim !== undefined) {
    return { given, id, claim: null, refusal: null, ...claimedOrRefused(claim, id) };
  }
  if (options.handler !== undefined && claims.length > 0) {
    return refused(given, id, 'no_handler', `${options.handler} does not claim it; ${claims[0]?.handler.name} does`);
  }
  const leftOut = id === null ? null : registry.leftOutFor(id);
  if (leftOut !== null) {
    return refused(given, id, 'no_handler', `${leftOut} is disabled: celline handlers enable ${leftOut}`);
  }
  if (reading.ok) return refused(given, id, 'no_handler', unsupportedReason(reading));
  return refused(given, null, 'invalid', refusalReason(reading));
}

/** The claim, unless the handler's own check says no, or fails: it may be of a plug-in. */
function claimedOrRefused(claim: Claim, id: string): Pick<Routed, 'claim'> | Pick<Routed, 'refusal'> {
  try {
    const complaint = claim.handler.validate?.(id) ?? null;
    return complaint === null ? { claim } : { refusal: { outcome: 'invalid', reason: complaint } };
  } catch (error) {
    const reason = `${claim.handler.name}: ${errorMessage(error)}`;
    return { refusal: { outcome: 'internal_error', reason } };
  }
}

/** The text as a plug-in's patterns see it: cleaned and upper-case; null when it has letters or digits of other scripts. */
function plainId(given: string): string | null {
  const cleaned = cleanIdText(given);
  return /^[\x21-\x7E]+$/.test(cleaned) ? cleaned.toUpperCase() : null;
}

function refused(given: string, id: string | null, outcome: OutcomeName, reason: string): Routed {
  return { given, id, claim: null, refusal: { outcome, reason } };
}
