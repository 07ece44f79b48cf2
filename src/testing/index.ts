// What a handler, a back end or a program around celline is tested with: contract suites, each of which takes the `test` of
// the runner and what it tests, servers on the loopback address, time that a test moves, whole rows.

export type { Clock } from '../ports/clock.ts';
export { type BlobContract, blobContract, type MetadataContract, metadataContract } from './contract/cache.ts';
export { type HandlerContract, handlerContract, type TestArchive } from './contract/handler.ts';
export { type CallAnswer, type CallSettings, callHandler, type HandlerDoor } from './contract/handler-calls.ts';
export { type RecordsContract, recordsContract } from './contract/records.ts';
export { type SampleBody, type SerializerContract, serializerContract } from './contract/serializer.ts';
export { storeContract, type TestFunction } from './contract/store.ts';
export type { StoreContract } from './contract/store-tests.ts';
export { aFile, aProject, aRun, aSample } from './factories.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { loadHandler } from './load-handler.ts';
export {
  type ReceivedRequest,
  type Script,
  type ScriptedAnswer,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts';
