import { open } from 'node:fs/promises';
import { platform } from 'node:os';
import { resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import type { CredentialScheme } from '../ports/credential.ts';
import { type Environment, type EnvironmentHandler, environmentPrefix, variable } from './environment.ts';

/** Variable of NCBI's key. */
const NCBI_KEY = 'NCBI_API_KEY';

/** A key or password. Never printed, logged or stored. */
export interface Secret {
  readonly text: string;
  /** `NCBI_API_KEY`, without `_FILE`. */
  readonly variable: string;
  /** File that holds it (absolute), null when the variable does. */
  readonly file: string | null;
}

/** What is known to one handler. */
export interface HandlerSecrets {
  /** `<PREFIX>_API_KEY`. */
  readonly key?: Secret;
  /** `<PREFIX>_USER` and `<PREFIX>_PASSWORD`. */
  readonly login?: { readonly user: string; readonly password: Secret };
}

/** Keys and passwords, from the environment or a key file only. */
export interface Secrets {
  /** `NCBI_API_KEY`: 10 requests per second instead of 3. */
  readonly ncbiKey?: Secret;
  /** By handler name; handlers that take a credential and have one. */
  readonly handlers: Readonly<Record<string, HandlerSecrets>>;
}

/** What was read, and what the user should know about it. */
export interface ReadSecrets {
  readonly secrets: Secrets;
  readonly warnings: readonly string[];
}

/** Ways in which the archive of a handler takes a credential; none for NCBI's key, which is the stack's. */
export function takenSchemes({ auth, credential }: EnvironmentHandler): readonly CredentialScheme[] {
  if (credential === undefined && auth !== 'content') return [];
  return credential?.takes ?? [{ scheme: 'bearer' }, { scheme: 'basic' }];
}

/** Reads the keys. One that cannot be used is a `ConfigError` that names the variable, never the value. */
export async function readSecrets(
  env: Environment,
  cwd: string,
  handlers: readonly EnvironmentHandler[],
): Promise<ReadSecrets> {
  const reader = { env, cwd, warnings: [] as string[] };
  const byHandler: Record<string, HandlerSecrets> = {};
  for (const handler of handlers) {
    const own = await readHandlerSecrets(handler, reader);
    if (own.key !== undefined || own.login !== undefined) byHandler[handler.name] = own;
  }
  const ncbiKey = await readKey(NCBI_KEY, reader);
  const secrets = { ...(ncbiKey === undefined ? {} : { ncbiKey }), handlers: byHandler };
  return { secrets, warnings: [...new Set(reader.warnings)] };
}

/** Every secret with its path: `secrets.ncbiKey`, `secrets.handlers.custom.key`. */
export function secretsByPath({ ncbiKey, handlers }: Secrets): ReadonlyMap<string, Secret> {
  const found = new Map<string, Secret>();
  if (ncbiKey !== undefined) found.set('secrets.ncbiKey', ncbiKey);
  for (const [name, { key, login }] of Object.entries(handlers)) {
    if (key !== undefined) found.set(`secrets.handlers.${name}.key`, key);
    if (login !== undefined) found.set(`secrets.handlers.${name}.password`, login.password);
  }
  return found;
}

/** `environment NCBI_API_KEY_FILE`: where a secret comes from. */
export function secretSource({ variable: name, file }: Secret): string {
  return `environment ${name}${file === null ? '' : '_FILE'}`;
}

interface Reader {
  readonly env: Environment;
  readonly cwd: string;
  readonly warnings: string[];
}

async function readHandlerSecrets(handler: EnvironmentHandler, reader: Reader): Promise<HandlerSecrets> {
  const prefix = environmentPrefix(handler);
  const schemes = new Set(takenSchemes(handler).map(({ scheme }) => scheme));
  const takesKey = schemes.has('bearer') || schemes.has('header');
  if (!takesKey) warnOfUnused(`${prefix}_API_KEY`, handler, reader);
  const key = takesKey ? await readKey(`${prefix}_API_KEY`, reader) : undefined;
  const login = schemes.has('basic') ? await readLogin(prefix, key !== undefined, reader) : undefined;
  return { ...(key === undefined ? {} : { key }), ...(login === undefined ? {} : { login }) };
}

function warnOfUnused(name: string, handler: EnvironmentHandler, { env, warnings }: Reader): void {
  const given = [name, `${name}_FILE`].find((one) => variable(env, one) !== undefined);
  if (given === undefined) return;
  const instead = handler.auth === 'rate' ? `; the key of NCBI is ${NCBI_KEY}` : '';
  warnings.push(`${given} is not used: the handler ${handler.name} takes no key of its own${instead}`);
}

async function readKey(name: string, reader: Reader): Promise<Secret | undefined> {
  const secret = await readSecret(name, reader);
  // What a header can hold; RFC 6750 allows fewer, archives more.
  if (secret === undefined || /^[\x21-\x7e]+$/.test(secret.text)) return secret;
  throw new ConfigError(
    `${nameOf(secret)} holds something that is no key: spaces, line breaks or letters beyond ASCII`,
    {
      hint: 'A key is one word.',
      fields: { variable: nameOf(secret), path: secret.file },
    },
  );
}

async function readLogin(prefix: string, hasKey: boolean, reader: Reader): Promise<HandlerSecrets['login']> {
  const user = variable(reader.env, `${prefix}_USER`);
  const password = await readSecret(`${prefix}_PASSWORD`, reader);
  if (user === undefined || password === undefined) {
    if ((user === undefined && password === undefined) || hasKey) return undefined;
    const [given, missing] = user === undefined ? ['PASSWORD', 'USER'] : ['USER', 'PASSWORD'];
    throw new ConfigError(`${prefix}_${given} is set, ${prefix}_${missing} is not`, {
      hint: `Set both, or ${prefix}_API_KEY.`,
      fields: { variable: `${prefix}_${missing}` },
    });
  }
  if (user.includes(':')) {
    throw new ConfigError(`${prefix}_USER holds a colon, which Basic authentication cannot send`, {
      hint: 'Write the name without the password.',
      fields: { variable: `${prefix}_USER` },
    });
  }
  return { user, password };
}

/** The variable itself wins over the file that `<name>_FILE` names. */
async function readSecret(name: string, reader: Reader): Promise<Secret | undefined> {
  const text = variable(reader.env, name);
  if (text !== undefined) return { text, variable: name, file: null };
  const file = variable(reader.env, `${name}_FILE`);
  if (file === undefined) return undefined;
  const path = resolve(reader.cwd, file);
  return { text: await readKeyFile(`${name}_FILE`, path, reader.warnings), variable: name, file: path };
}

async function readKeyFile(name: string, path: string, warnings: string[]): Promise<string> {
  const { text, mode } = await readWithMode(path).catch((cause: unknown) => {
    throw new ConfigError(`${name} names ${path}, which cannot be read`, {
      hint: 'Check the path and its permissions.',
      fields: { variable: name, path },
      cause,
    });
  });
  // As ssh has it; on Windows the bits say nothing.
  if ((mode & 0o077) !== 0 && platform() !== 'win32') {
    warnings.push(`${path} (${name}) can be read by others: chmod 600 ${path}`);
  }
  if (text !== '') return text;
  throw new ConfigError(`${name} names ${path}, which is empty`, {
    hint: 'Put the key into the file, or unset the variable.',
    fields: { variable: name, path },
  });
}

async function readWithMode(path: string): Promise<{ text: string; mode: number }> {
  const file = await open(path, 'r');
  try {
    return { mode: (await file.stat()).mode, text: (await file.readFile('utf8')).trim() };
  } finally {
    await file.close();
  }
}

function nameOf({ variable: name, file }: Secret): string {
  return file === null ? name : `${name}_FILE`;
}
