import type { FailureName } from '../../errors/failure-name.ts';

/**
 * What a host said of an address. `ok`: it is there, and as large as the archive says where that is known; `missing`: the host
 * has no such file; `differs`: of another size, or a web page in its place; `unknown`: it is not asked (`s3://`), or the host did
 * not tell.
 */
export type AddressState = 'ok' | 'missing' | 'differs' | 'unknown';

/** One address of a file, as it was found. */
export interface AddressFacts {
  readonly url: string;
  readonly state: AddressState;
  /** Bytes that the file has by the archive; null when it does not say. */
  readonly bytes: bigint | null;
  /** Bytes that the host has; null when it does not say. */
  readonly found: bigint | null;
  /** Media type that the host names; null when it does not. */
  readonly type: string | null;
  /** Why the state is not `ok`; null when it is. */
  readonly reason: string | null;
  /** How the request failed, when the state is `unknown` for that; else null. */
  readonly failure: FailureName | null;
  /** Key of the run, sample or project that has the file. */
  readonly parent: string;
  /** Name of the file. */
  readonly name: string;
}

/** How addresses are checked. */
export interface CheckFilesOptions {
  /** True: every mirror of a file, not its first address alone. Default false. */
  readonly mirrors?: boolean;
  /** Stops early: who reads on gets its reason. */
  readonly signal?: AbortSignal;
}
