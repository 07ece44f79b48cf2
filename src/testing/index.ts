// What a handler, a back end or a program around celline is tested with; no runner is needed.

// Contract suites: each takes the `test` of the runner and what it tests.
export { type BlobContract, blobContract, type MetadataContract, metadataContract } from './contract/cache.ts';
export { type RecordsContract, recordsContract } from './contract/records.ts';
export { type SampleBody, type SerializerContract, serializerContract } from './contract/serializer.ts';
export { storeContract, type TestFunction } from './contract/store.ts';
export type { StoreContract } from './contract/store-tests.ts';

// Servers on the loopback address.
export {
  type ReceivedRequest,
  type Script,
  type ScriptedAnswer,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts';

// Time that a test moves.
export type { Clock } from '../ports/clock.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';

// Whole rows.
export { aFile, aProject, aRun, aSample } from './factories.ts';
