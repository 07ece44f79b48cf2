type Fields = Readonly<Record<string, unknown>>;

/** What the figures of a limit must be. */
const FIGURES: Readonly<Record<string, (value: unknown) => boolean>> = {
  perSecond: isPositive,
  perSecondWithKey: isPositive,
  // With none nothing would ever be asked, without a number everything at once.
  connections: (value) => Number.isSafeInteger(value) && isPositive(value),
  firstByteTimeoutMs: isPositive,
};

/** Figures that may be left out. */
const OPTIONAL: readonly string[] = ['perSecondWithKey', 'firstByteTimeoutMs'];

/** Those of `rate`: celline has a number of connections for small handlers. */
const OPTIONAL_OF_RATE: readonly string[] = [...OPTIONAL, 'connections'];

/** The members of a handler's limits that are of another kind than the port says: `hosts[1].connections`, `rate.perSecond`. */
export function wrongLimits({ hosts, rate }: Fields): string[] {
  const ofRate = rate === undefined ? [] : wrongFigures(rate, 'rate', OPTIONAL_OF_RATE);
  if (hosts === undefined) return ofRate;
  if (!Array.isArray(hosts)) return ['hosts', ...ofRate];
  return [...hosts.flatMap((limit, index) => wrongLimit(limit, `hosts[${index}]`)), ...ofRate];
}

function wrongLimit(limit: unknown, place: string): string[] {
  const texts = ['host', 'operator'].filter((name) => !isText((limit as Fields | null)?.[name]));
  return [...texts.map((name) => `${place}.${name}`), ...wrongFigures(limit, place, OPTIONAL)];
}

function wrongFigures(limit: unknown, place: string, optional: readonly string[]): string[] {
  const fields = (limit ?? {}) as Fields;
  return Object.entries(FIGURES)
    .filter(([name, isGood]) => !(fields[name] === undefined && optional.includes(name)) && !isGood(fields[name]))
    .map(([name]) => `${place}.${name}`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}
