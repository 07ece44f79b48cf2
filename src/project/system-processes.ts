import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { systemCode } from '../disk/system-code.ts';
import type { Processes } from '../ports/processes.ts';

/** Version of the running Node. */
export const NODE_VERSION: string = process.versions.node;

/** Number of the user; null where users have none (Windows). */
export const USER_ID: number | null = process.getuid?.() ?? null;

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
  let known: ProcessStart | null | undefined;
  const ownStart = (): ProcessStart | null => {
    if (known === undefined) known = processStart(process.pid);
    return known;
  };
  return {
    host: hostname(),
    pid: process.pid,
    // Asked only by who writes it down: where `ps` must tell, it takes some milliseconds.
    get started() {
      const own = ownStart();
      return own === null ? undefined : startText(own);
    },
    isAlive(pid, started) {
      const wanted = started === undefined ? null : parseStart(started);
      const own = wanted === null ? null : ownStart();
      if (wanted === null || own === null) return exists(pid);
      // Another container, or a copy of this machine: its process ids say nothing here.
      if (wanted.machine !== own.machine || (wanted.boot === own.boot && wanted.space !== own.space)) return true;
      if (wanted.boot !== own.boot || !exists(pid)) return false;
      const now = processStart(pid);
      return now === null || now.began === wanted.began;
    },
  };
}

/** Asks a process of this machine to stop, as Ctrl-C does; throws when it is not there or belongs to somebody else. */
export function stopProcess(pid: number): void {
  process.kill(pid, 'SIGINT');
}

/** What tells one process from all that had, have or will have its id. */
interface ProcessStart {
  /** The installation of the operating system. */
  readonly machine: string;
  /** The run of the system since it was last started. */
  readonly boot: string;
  /** What process ids are counted in: containers have their own. */
  readonly space: string;
  /** When the process began, in ticks since the boot, or as `ps` prints it. */
  readonly began: string;
}

function startText({ machine, boot, space, began }: ProcessStart): string {
  return [machine, boot, space, began].join('|');
}

function parseStart(text: string): ProcessStart | null {
  const [machine, boot, space, began] = text.split('|');
  if (machine === undefined || boot === undefined || space === undefined || began === undefined) return null;
  return { machine, boot, space, began };
}

/** Null when there is no such process, or the system does not tell (Windows). */
function processStart(pid: number): ProcessStart | null {
  if (process.platform === 'linux') {
    // After the name, which may hold blanks and parentheses; the 22nd value of the line is the start in ticks.
    const began = textOf(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').trim().split(' ')[19];
    if (began === undefined) return null;
    const [machine, boot] = ['/etc/machine-id', '/proc/sys/kernel/random/boot_id'].map((path) => textOf(path) ?? '');
    return { machine: machine ?? '', boot: boot ?? '', space: linkOf('/proc/self/ns/pid'), began };
  }
  if (process.platform === 'win32') return null;
  try {
    const began = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return began === '' ? null : { machine: '', boot: '', space: '', began };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return systemCode(error) === 'EPERM';
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
