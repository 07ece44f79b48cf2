import type { JsonObject } from '../../src/ports/handler.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';

/** One TAG of a sample record. */
export interface TaggedValue {
  readonly tag: string;
  readonly value: string | null;
  readonly units: string | null;
}

/** The key of a characteristic that has no tag of its own: GEO's word for such lines. */
const UNTAGGED = 'characteristics';

/**
 * Attributes of an INSDC sample record: name to list of values, in its words and order. A tag without a value has an empty
 * list; a unit is an attribute of its own, `<name> [unit]`, so that the value stays as it was written. Null for no attributes.
 */
export function recordAttributes(tags: readonly TaggedValue[]): JsonObject | null {
  return toObject(
    tags.flatMap(({ tag, value, units }) => [
      [tag, value] as const,
      ...(units === null || units === '' ? [] : [[`${tag} [unit]`, units] as const]),
    ]),
  );
}

/** Attributes of GEO's text, for a sample that INSDC does not describe: source_name and the characteristics of every channel. */
export function geoAttributes(geo: GeoSample): JsonObject | null {
  return toObject([
    ...geo.channels.flatMap((channel) => (channel.source === null ? [] : [['source_name', channel.source] as const])),
    ...characteristicsOf(geo),
  ]);
}

/** GEO's own characteristics of every channel, in their order. */
export function geoCharacteristics(geo: GeoSample): JsonObject | null {
  return toObject(characteristicsOf(geo));
}

function characteristicsOf(geo: GeoSample): (readonly [string, string])[] {
  return geo.channels.flatMap((channel) =>
    channel.characteristics.map(({ tag, value }) => [tag === null ? UNTAGGED : tag, value] as const),
  );
}

/** GEO's own texts by SOFT key without `Sample_`: type, description, per channel source, molecule, label, protocols; the rest. */
export function geoProtocols(geo: GeoSample): JsonObject | null {
  const channels = geo.channels.flatMap((channel) => {
    const key = (name: string): string => `${name}_ch${channel.number}`;
    return [
      [key('source_name'), channel.source] as const,
      [key('molecule'), channel.molecule] as const,
      [key('label'), channel.label] as const,
      ...listed(channel.protocols, key),
    ];
  });
  const description = geo.description.map((line) => ['description', line] as const);
  const all = [['type', geo.type] as const, ...description, ...channels, ...listed(geo.texts, (name) => name)];
  return toObject(all.filter(([, value]) => value !== null));
}

function listed(
  texts: Readonly<Record<string, readonly string[]>>,
  key: (name: string) => string,
): (readonly [string, string | null])[] {
  return Object.entries(texts).flatMap(([name, values]) => values.map((value) => [key(name), value] as const));
}

function toObject(entries: readonly (readonly [string, string | null])[]): JsonObject | null {
  const lists = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const list = lists.get(name) ?? [];
    if (value !== null) list.push(value);
    lists.set(name, list);
  }
  return lists.size === 0 ? null : Object.fromEntries(lists);
}
