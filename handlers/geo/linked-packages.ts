import type { CellineError, HandlerContext } from '../../src/ports/handler.ts';
import { searchPackages } from '../fetch/packages.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';

/** Packages of experiments that GEO names, each marked as its sample's, and the samples whose experiments were asked in vain. */
export interface LinkedPackages {
  readonly packages: readonly SraPackage[];
  /** By GSM. */
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Fetches packages by their experiment (experiment to GSM), for samples whose GSM SRA's search does not know. */
export async function linkedPackages(
  experiments: ReadonlyMap<string, string>,
  context: HandlerContext,
): Promise<LinkedPackages> {
  if (experiments.size === 0) return { packages: [], failed: new Map() };
  const answer = await searchPackages([...experiments.keys()], 'accn', context);
  const packages = answer.packages
    .filter((found) => experiments.has(found.experiment))
    .map((found) => ({ ...found, gsm: found.gsm ?? experiments.get(found.experiment) ?? null }));
  return { packages, failed: new Map([...answer.failed].map(([srx, error]) => [experiments.get(srx) ?? srx, error])) };
}
