import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSystemProcesses } from '../../src/project/system-processes.ts';

const processes = createSystemProcesses();
/** Where the system tells when a process began. */
const tells = processes.started !== undefined;

describe('the processes of this machine', () => {
  it('this one runs, and a process that ended does not', async () => {
    expect(processes.pid).toBe(process.pid);
    expect(processes.isAlive(process.pid, processes.started)).toBe(true);
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    expect(processes.isAlive(child.pid ?? 0)).toBe(false);
  });

  it.runIf(tells)('an id that was given again is another process', () => {
    const earlier = processes.started?.replace(/[^|]*$/, 'long ago');
    expect(processes.isAlive(process.pid, earlier)).toBe(false);
    // The same machine before it was started anew.
    const parts = (processes.started ?? '').split('|');
    expect(processes.isAlive(process.pid, [parts[0], 'another boot', ...parts.slice(2)].join('|'))).toBe(false);
  });

  it.runIf(tells)('of another container or machine of the same name nothing is known, so it counts as alive', () => {
    const [machine, boot, space, began] = (processes.started ?? '').split('|');
    expect(processes.isAlive(999_999_999, [machine, boot, 'another space', began].join('|'))).toBe(true);
    expect(processes.isAlive(999_999_999, ['another machine', boot, space, began].join('|'))).toBe(true);
    expect(processes.isAlive(999_999_999, processes.started)).toBe(false);
  });

  it('a text that cannot be read says nothing', () => {
    expect(processes.isAlive(process.pid, 'rubbish')).toBe(true);
  });
});
