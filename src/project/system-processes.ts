import { hostname } from 'node:os';
import type { Processes } from '../ports/processes.ts';

/** Version of the running Node. */
export const NODE_VERSION: string = process.versions.node;

/** The processes of this machine, as the operating system tells. */
export function createSystemProcesses(): Processes {
  return {
    host: hostname(),
    pid: process.pid,
    isAlive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        // EPERM: it runs, but belongs to somebody else.
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
  };
}
