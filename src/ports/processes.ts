/** The one door to process liveness, so that a lock of a dead process can be told from one that is held. */
export interface Processes {
  /** Name of this machine; a process id means something on its own machine only. */
  readonly host: string;
  /** Process id of this process. */
  readonly pid: number;
  /**
   * When this process began, in the system's own words: a process id that is given again comes with another text. Absent
   * where the system does not tell.
   */
  readonly started?: string | undefined;
  /**
   * Whether a process with this id runs on this machine, and, when its `started` is given, is that one. What cannot be
   * known (another container of the same machine name) counts as alive.
   */
  isAlive(pid: number, started?: string): boolean;
}
