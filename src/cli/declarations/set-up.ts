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
  summary: 'list, order, write and test the handlers of archives',
  description:
    'new writes a handler of your own with its tests and an archive to test it with, and names it in the configuration. ' +
    'test runs the contract of handlers; --live asks the real archive for the examples. order: who is asked first.',
  arguments: [
    {
      name: '[action]',
      summary: 'list (default), show, enable, disable, order, new or test',
      choices: ['list', 'show', 'enable', 'disable', 'order', 'new', 'test'],
    },
    { name: '[names...]', summary: 'of handlers' },
  ],
  options: [
    { flags: '--live', summary: 'test: ask the real archive' },
    {
      flags: '--fixture <file>',
      summary:
        'test: module whose startArchive gives an archive (default: fixture-server.mjs of a handler that new wrote)',
      completes: 'file',
    },
  ],
  examples: [
    { line: 'celline handlers', says: 'names, patterns, limits' },
    { line: 'celline handlers --json', says: 'everything about them' },
    { line: 'celline handlers new lab', says: 'a handler of your own, in handlers/lab' },
    { line: 'celline handlers test lab', says: 'whether it does what celline relies on' },
    { line: 'celline handlers order lab geo', says: 'who is asked first' },
    { line: 'celline handlers disable custom', says: 'leave one out' },
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
