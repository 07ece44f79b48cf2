/** What of its process a project is opened with when its caller says nothing else. */
export interface Surroundings {
  /** Working folder. */
  readonly cwd: string;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells of a fault in what the caller handed in, which must not break anything else. */
  warn(fault: unknown): void;
}

/** The working folder, the environment and the warnings of this process. */
export function processSurroundings(): Surroundings {
  return {
    cwd: process.cwd(),
    env: process.env,
    warn: (fault) => process.emitWarning(fault instanceof Error ? fault : String(fault)),
  };
}
