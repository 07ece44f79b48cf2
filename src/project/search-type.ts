import type { SearchHit } from '../ports/handler.ts';
import type { OutcomeName } from '../records/asked.ts';

/** How archives are searched. */
export interface SearchOptions {
  /** Ask this handler alone; default every one that can search. */
  readonly handler?: string;
  /** Most hits per handler; default 100. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What a search found, in the order of the handlers. */
export interface SearchAnswer {
  readonly hits: readonly (SearchHit & { readonly handler: string })[];
  /** Handlers that gave no answer. */
  readonly failed: readonly { readonly handler: string; readonly outcome: OutcomeName; readonly reason: string }[];
  /** Handlers that were asked. */
  readonly asked: readonly string[];
}
