import type { BodySerializer } from '../../ports/cache-serializer.ts';

/** A serializer that keeps bodies as they came: what is left to it is to say which they are. */
export function createUntouchedSerializer(
  facts: Pick<BodySerializer, 'name' | 'description' | 'suffix' | 'canHandle'>,
): BodySerializer {
  return { ...facts, put: async (body) => ({ chunks: body }), get: (stored) => stored };
}
