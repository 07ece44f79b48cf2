import { VARIABLE_NAMES } from '../../config/environment.ts';
import type { CommandDeclaration } from '../command-type.ts';

/** `celline init`. */
export const INIT: CommandDeclaration = {
  name: 'init',
  group: 'Set up',
  summary: 'make a project: configuration, tables folder, .gitignore',
  description: 'Safe to run twice: what is there is left as it is.',
  arguments: [{ name: '[folder]', summary: 'where (default: the working folder)' }],
  options: [{ flags: '-y, --yes', summary: 'accepted for scripts; init never asks' }],
  examples: [
    { line: 'celline init', says: 'here' },
    { line: 'celline init brain-atlas', says: 'in a new folder' },
  ],
};

/** `celline config`. */
export const CONFIG: CommandDeclaration = {
  name: 'config',
  group: 'Set up',
  summary: 'show, check or change the configuration',
  description: `Without an action it lists every value and where it came from (show is the same). Variables: ${VARIABLE_NAMES.join(', ')}, and of every handler NAME_API_URL, NAME_API_KEY, NAME_RATE_LIMIT, NAME_CACHE_TTL.`,
  arguments: [
    {
      name: '[action]',
      summary: 'list (default), get, set, unset or validate',
      choices: ['list', 'show', 'get', 'set', 'unset', 'validate'],
    },
    { name: '[key]', summary: 'for example cache.ttl or handlers.geo.rateLimit' },
    { name: '[value]', summary: 'for set: JSON, or a plain word' },
  ],
  options: [
    { flags: '--effective', summary: 'every value with its origin (the same as list)' },
    { flags: '--sources', summary: 'the same' },
    { flags: '--files', summary: 'the files that were read' },
  ],
  examples: [
    { line: 'celline config', says: 'the effective configuration' },
    { line: 'celline config set cache.ttl 86400', says: 'keep answers for a day' },
    { line: 'celline config unset cache.ttl', says: 'back to the default' },
    { line: 'celline config validate', says: 'everything that is wrong, for CI' },
  ],
};

/** `celline handlers`. */
export const HANDLERS: CommandDeclaration = {
  name: 'handlers',
  group: 'Set up',
  summary: 'list the archives that celline can ask, first asked first',
  arguments: [],
  options: [],
  examples: [
    { line: 'celline handlers', says: 'names, patterns, limits' },
    { line: 'celline handlers --json', says: 'everything about them' },
  ],
};

/** `celline doctor`. */
export const DOCTOR: CommandDeclaration = {
  name: 'doctor',
  group: 'Set up',
  summary: 'examine project, tables, cache, disk, archives and credentials',
  description: 'Exits 0 when nothing is wrong, 1 when a check found an error. With --offline no archive is asked.',
  arguments: [],
  options: [],
  examples: [
    { line: 'celline doctor', says: 'everything' },
    { line: 'celline doctor --offline --json', says: 'for CI' },
  ],
};

/** `celline completion`. */
export const COMPLETION: CommandDeclaration = {
  name: 'completion',
  group: 'Set up',
  summary: 'print the completion script of a shell',
  arguments: [{ name: '<shell>', summary: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
  options: [],
  examples: [
    { line: 'source <(celline completion bash)', says: 'bash, this session' },
    { line: 'celline completion zsh > ~/.zfunc/_celline', says: 'zsh, for good' },
    { line: 'celline completion fish > ~/.config/fish/completions/celline.fish', says: 'fish, for good' },
  ],
};
