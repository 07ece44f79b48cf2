import { HttpStatusError } from '../errors/http-status-error.ts';
import { isReadOnTheWay, takesNcbiIdentity } from '../http/secrets/identity.ts';
import type { Http, HttpRequest } from '../ports/http.ts';
import { check, failed } from './check-row.ts';
import { apiUrlSetting, type HandlerSetup } from './handler-setup.ts';
import type { Check } from './project.ts';

/** Milliseconds that a check may take to its first byte. */
const CHECK_MS = 10_000;

/** An archive, or a mirror that stands in for it, with a small question to it. */
export interface ArchiveToCheck {
  readonly operator: string;
  /** The mirror; null: the archive itself. */
  readonly mirror: { readonly url: string; readonly setting: string } | null;
  readonly request: HttpRequest;
  /** Whether NCBI's key goes along; null where it never does. */
  readonly sendsNcbiKey: boolean | null;
  readonly http: () => Promise<Http>;
}

/** One question per operator and mirror that the handlers would ask. */
export function archivesToCheck(
  setups: readonly HandlerSetup[],
  open: (setup: HandlerSetup) => Promise<Http>,
): readonly ArchiveToCheck[] {
  const archives = new Map<string, ArchiveToCheck>();
  for (const setup of setups) {
    const { handler, apiUrl } = setup;
    for (const request of handler.checks ?? []) {
      const { host } = new URL(request.url);
      const operator = handler.hosts.find((limit) => limit.host === host)?.operator;
      const name = `${operator} ${apiUrl ?? ''}`;
      if (operator === undefined || archives.has(name)) continue;
      const isHidden = apiUrl === undefined || !isReadOnTheWay(new URL(apiUrl));
      archives.set(name, {
        operator,
        mirror: apiUrl === undefined ? null : { url: apiUrl, setting: apiUrlSetting(handler) },
        request,
        sendsNcbiKey: takesNcbiIdentity(host) ? isHidden : null,
        http: () => open(setup),
      });
    }
  }
  return [...archives.values()];
}

/** Asks the archive its question, past cache and circuit, once. `error`: null when it was answered. */
export async function examineArchive(
  archive: ArchiveToCheck,
): Promise<{ readonly row: Check; readonly error: unknown }> {
  const { operator, mirror } = archive;
  const answers = mirror === null ? 'answers' : `${operator} (${mirror.url}) answers`;
  try {
    await (await archive.http()).send({
      ...archive.request,
      ttl: 0,
      refresh: true,
      attempts: 1,
      evenInTrouble: true,
      firstByteTimeoutMs: CHECK_MS,
    });
    return { row: check(operator, 'ok', answers), error: null };
  } catch (error) {
    if (error instanceof HttpStatusError && error.status === 404) {
      return { row: check(operator, 'warning', `${answers}, but not this question: ${error.message}`), error };
    }
    return { row: failed(operator, error), error };
  }
}
