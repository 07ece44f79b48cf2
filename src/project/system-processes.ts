import { hostname, userInfo } from 'node:os';
import type { Processes } from '../ports/processes.ts';

/** Version of the running Node. */
export const NODE_VERSION: string = process.versions.node;

/** `user@machine`: who makes changes. A process without a user name (some containers) is named by its number. */
export function systemUser(): string {
  const name = (): string => {
    try {
      return userInfo().username;
    } catch {
      return String(process.getuid?.() ?? 'unknown');
    }
  };
  return `${name()}@${hostname()}`;
}

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
