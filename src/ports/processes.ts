/** The one door to process liveness, so that a lock of a dead process can be told from one that is held. */
export interface Processes {
  /** Name of this machine; a process id means something on its own machine only. */
  readonly host: string;
  /** Process id of this process. */
  readonly pid: number;
  /** Whether a process with this id runs on this machine. */
  isAlive(pid: number): boolean;
}
