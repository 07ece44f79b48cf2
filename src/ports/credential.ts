import type { HttpRequest } from './http.ts';

/** One way in which an archive takes a credential. */
export type CredentialScheme =
  /** `Authorization: Bearer <key>`, from `<PREFIX>_API_KEY`. */
  | { readonly scheme: 'bearer' }
  /** The key as it is, in a header of the archive's own such as `x-api-key`; from `<PREFIX>_API_KEY`. */
  | { readonly scheme: 'header'; readonly name: string }
  /** `Authorization: Basic …`, from `<PREFIX>_USER` and `<PREFIX>_PASSWORD`. */
  | { readonly scheme: 'basic' };

/** What a handler says about the credential of its archive. The values come from the environment or a key file alone. */
export interface CredentialFacts {
  /** Ways that the archive takes; the first whose values are set is used. Default Bearer, then Basic. */
  readonly takes?: readonly CredentialScheme[];
  /** What having one brings, for `celline doctor`: `private samples`. */
  readonly brings?: string;
  /**
   * Asked before the first request with the credential. Status 401 ends every request with it before it is made; what else
   * goes wrong is a warning. It is waited for 10 s and never stored.
   */
  readonly check?: HttpRequest;
}
