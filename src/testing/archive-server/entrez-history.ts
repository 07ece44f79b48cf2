/** Searches whose results are kept; the oldest go first, as NCBI lets them expire. */
const MOST_ENVIRONMENTS = 1000;

/** The history of E-utilities: results kept under a session token and a number. */
export interface EntrezHistory {
  /** Keeps a result; with a token, beside what that session already has. */
  keep(
    uids: readonly string[],
    environment: string | null,
  ): { readonly environment: string; readonly queryKey: string };
  /** The result, or undefined when the session is unknown or has expired. */
  find(environment: string | null, queryKey: string | null): readonly string[] | undefined;
}

/** Creates an empty history. */
export function createEntrezHistory(): EntrezHistory {
  const environments = new Map<string, (readonly string[])[]>();
  let created = 0;
  return {
    keep(uids, environment) {
      const known = environment === null ? undefined : environments.get(environment);
      if (known !== undefined && environment !== null) {
        known.push(uids);
        return { environment, queryKey: String(known.length) };
      }
      created += 1;
      const name = `MCID_${created.toString(16).padStart(24, '0')}`;
      environments.set(name, [uids]);
      const [oldest] = environments.keys();
      if (environments.size > MOST_ENVIRONMENTS && oldest !== undefined) environments.delete(oldest);
      return { environment: name, queryKey: '1' };
    },
    find: (environment, queryKey) => environments.get(environment ?? '')?.[Number(queryKey) - 1],
  };
}
