import { UsageError } from '../errors/usage-error.ts';

type Flags = Readonly<Record<string, unknown>>;

/** The flag under its own name when it was given as text, else nothing. */
export function optionalText<Name extends string>(flags: Flags, name: Name): { readonly [N in Name]?: string } {
  const value = flags[name];
  return (typeof value === 'string' ? { [name]: value } : {}) as { readonly [N in Name]?: string };
}

/** The flag under its own name when it was given as a number of at least `least`, else nothing; UsageError for other text. */
export function optionalNumber<Name extends string>(
  flags: Flags,
  name: Name,
  { least, isWhole }: { readonly least: number; readonly isWhole: boolean },
): { readonly [N in Name]?: number } {
  const value = flags[name];
  if (typeof value !== 'string') return {};
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || number < least || (isWhole && !Number.isInteger(number))) {
    throw new UsageError(`--${name} takes ${isWhole ? 'a whole number' : 'a number'} from ${least}, not "${value}".`, {
      hint: `--${name} ${Math.max(least, 10)}`,
    });
  }
  return { [name]: number } as { readonly [N in Name]?: number };
}

/**
 * The names that a flag lists, joined with commas; of one that was given more than once all of them, each once. Undefined when
 * it was not given.
 */
export function listedNames(flags: Flags, name: string): readonly string[] | undefined {
  const value = flags[name];
  const texts = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  const names = texts.flatMap((text) => String(text).split(',')).map((one) => one.trim());
  return texts.length === 0 ? undefined : [...new Set(names.filter((one) => one !== ''))];
}

/** True when the flag was given. */
export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true;
}
