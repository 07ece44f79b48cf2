import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../disk/system-code.ts';
import { errorMessage } from '../../errors/error-message.ts';
import type { Clock } from '../../ports/clock.ts';
import { FULL_PACE, spacing } from './pace.ts';
import { createMemoryChain, type SlotChain } from './slot-chain.ts';
import { createSlotFiles } from './slot-files.ts';
import type { SlotRecord } from './slot-record.ts';
import {
  createLocalSlots,
  createOperatorSlots,
  type LimitedPlace,
  type OperatorSlots,
  type SlotSource,
} from './slot-source.ts';
import { createWhole, makeFolderIn, removeQuietly, type WholeFileSettings } from './whole-file.ts';

/** Milliseconds: a limit with less between two starts is none, and stays within the process. */
const LEAST_SPACING_MS = 5;

/** Milliseconds without a start after which the records of an operator say nothing any more. */
const CHAIN_LIFE_MS = 3_600_000;

/** Characters of an operator's name that become part of a file name. */
const NAME_LENGTH = 60;

/** What start times that processes share need. */
export interface SharedSlotsSettings extends WholeFileSettings {
  readonly clock: Clock;
  /** The folder that the processes share; made, or found good, by the call. Throws when it cannot be used. */
  readonly folder: () => string;
  /** Told once when the folder cannot be used. */
  readonly warn: (message: string) => void;
}

/** Start times that all processes share which use the folder. Where it cannot be used they are this process's own. */
export function createSharedSlots(settings: SharedSlotsSettings): SlotSource {
  const { clock, warn } = settings;
  const local = createLocalSlots(clock);
  const byPlace = new Map<string, OperatorSlots>();
  let isUsable = true;
  const isSharing = () => isUsable;
  const stopSharing = (error: unknown) => {
    if (!isUsable) return;
    isUsable = false;
    const why = errorMessage(error);
    warn(`the limits of the archives are not shared with other processes (${why}): run one at a time`);
  };

  function create(place: LimitedPlace): OperatorSlots {
    const name = () => chainName(place, () => saltOf(settings));
    const files = createSlotFiles({ ...settings, name, limitsFolder: () => limitsFolder(settings) });
    return createOperatorSlots(withFallback(files, isSharing, stopSharing), clock);
  }

  return {
    slotsOf(place) {
      if (spacing(place.perSecond, FULL_PACE) < LEAST_SPACING_MS) return local.slotsOf(place);
      const { operator, origin, credential } = place;
      const known = JSON.stringify([operator, origin, credential]);
      const slots = byPlace.get(known) ?? create(place);
      byPlace.set(known, slots);
      return slots;
    },
  };
}

/** Goes on within the process, from the last record that is known, when the files fail; also when somebody removed them. */
function withFallback(files: SlotChain, isSharing: () => boolean, stopSharing: (error: unknown) => void): SlotChain {
  const memory = createMemoryChain();
  const keep = (record: SlotRecord) => memory.append(memory.end(), record);
  const first = <T>(ask: () => T, otherwise: () => T): T => {
    if (!isSharing()) return otherwise();
    try {
      return ask();
    } catch (error) {
      stopSharing(error);
      return otherwise();
    }
  };
  return {
    end: () =>
      first(() => {
        const end = files.end();
        if (end.record === null) return { ...end, record: memory.end().record };
        keep(end.record);
        return end;
      }, memory.end),
    // A number of the files is none of the memory: who hears false asks for the end again.
    append: (end, record) =>
      first(
        () => files.append(end, record) && keep(record),
        () => memory.append(end, record),
      ),
  };
}

/** The folder of all chains. Those that nobody has used for long go. */
function limitsFolder({ folder, clock }: SharedSlotsSettings): string {
  const limits = makeFolderIn(folder(), 'limits');
  for (const name of readdirSync(limits)) {
    const chain = join(limits, name);
    const usedAt = statSync(chain, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (clock.now() - usedAt > CHAIN_LIFE_MS) removeQuietly(chain);
  }
  return limits;
}

/** `NCBI`, `NCBI-1a2b3c4d` with a key, `NCBI@mirror.org` at a mirror. Of a key it holds eight digits that nobody can turn back. */
function chainName({ operator, origin, credential }: LimitedPlace, salt: () => string): string {
  const place = origin === null ? '' : `@${fileName(origin.replace(/^\w+:\/\//, ''))}`;
  const key =
    credential === null ? '' : `-${createHmac('sha256', salt()).update(credential).digest('hex').slice(0, 8)}`;
  return `${fileName(operator)}${place}${key}`;
}

/** A text as part of a file name; one that cannot stand there as it is gets a hash. */
function fileName(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9.:-]/g, '_')
    .replaceAll(':', '+')
    .slice(0, NAME_LENGTH);
  const isSame = /^[A-Za-z0-9][A-Za-z0-9.:-]*$/.test(text) && text.length <= NAME_LENGTH;
  return isSame ? plain : `_${plain}~${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** What keys are mixed with, so that their digits in a name say nothing elsewhere; made at the first key. */
function saltOf(settings: SharedSlotsSettings): string {
  const path = join(settings.folder(), 'salt');
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  createWhole(path, `${settings.randomId()}${settings.randomId()}\n`, settings);
  return readFileSync(path, 'utf8');
}
