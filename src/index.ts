// Everything that a program or a plug-in may use of celline; docs/api has it in the order of the journey of one id.

export type { DispatchPlan } from './dispatcher/plan.ts';
export { AuthError } from './errors/auth-error.ts';
export { BadResponseError } from './errors/bad-response-error.ts';
export { CacheError } from './errors/cache-error.ts';
export { CellineError, type ErrorDetails } from './errors/celline-error.ts';
export { ConfigError } from './errors/config-error.ts';
export { type FailureName, failureName } from './errors/failure-name.ts';
export { HttpStatusError } from './errors/http-status-error.ts';
export { InterruptedError } from './errors/interrupted-error.ts';
export { NetworkError } from './errors/network-error.ts';
export { NotCachedError } from './errors/not-cached-error.ts';
export { PluginError } from './errors/plugin-error.ts';
export { RateLimitedError } from './errors/rate-limited-error.ts';
export { STORE_FAILURES, StoreError, type StoreFailure } from './errors/store-error.ts';
export { UsageError } from './errors/usage-error.ts';
export type * from './export/export-type.ts';
export { type Accession, type Refusal, readAccession } from './id/accession.ts';
export type { AccessionLevel, ArchiveName } from './id/accession-kinds.ts';
export { type IdList, type IdListOptions, type IdTable, readIdList, readIdTable } from './id/id-list.ts';
export type * from './import/import-type.ts';
export type * from './ports/backend.ts';
export { type BodyFaultKind, bodyFault } from './ports/body-faults.ts';
export type * from './ports/cache.ts';
export type * from './ports/cache-care.ts';
export type * from './ports/cache-serializer.ts';
export { defineBatchHandler, defineHandler, PORT_VERSION } from './ports/check-handler.ts';
export type { Clock } from './ports/clock.ts';
export type * from './ports/comparison.ts';
export type { CredentialFacts, CredentialScheme } from './ports/credential.ts';
export type {
  AccessionPattern,
  Handler,
  HandlerContext,
  HandlerEvent,
  HandlerFacts,
  HandlerOutcome,
  Level,
  OptionsSchema,
  PlannedRequests,
  SearchHit,
  SearchLimit,
  StandardResult,
} from './ports/handler.ts';
export type {
  BodyExpectation,
  CacheState,
  ExchangeEvent,
  HostLimit,
  Http,
  HttpAnswer,
  HttpBody,
  HttpEvent,
  HttpRequest,
} from './ports/http.ts';
export type { AskingJob, JobFilter, JobInfo, JobInput, JobSpec, Jobs, TrackedJob } from './ports/jobs.ts';
export type { AnyHandler, Plugin, PluginExport, PluginHost, PluginPlace } from './ports/plugin.ts';
export type * from './ports/query.ts';
export type { Filters, Repositories, Repository } from './ports/records.ts';
export {
  type CellineEvent,
  type JobEvent,
  LOG_LEVELS,
  type LogLevel,
  type OutcomeRow,
  type Reporter,
  type SavedRecord,
  type WrittenEvent,
} from './ports/reporter.ts';
export type {
  AskOptions,
  FileRecord,
  LinkRecord,
  ProjectRecord,
  RecordsById,
  RunRecord,
  SampleRecord,
  SmallContext,
  SmallHandler,
  SmallHttp,
  SmallPattern,
} from './ports/small-handler.ts';
export type * from './ports/store.ts';
export type * from './ports/store-care.ts';
export { openProject, type ProjectSettings } from './project/open-here.ts';
export type { FlagOverrides } from './project/open-project-settings.ts';
export type {
  AddOptions,
  AddPlan,
  AddressFacts,
  AddressState,
  Annotated,
  Check,
  CheckFilesOptions,
  DiffOptions,
  Ending,
  EndpointFigures,
  HandlerInfo,
  HandlerTestOptions,
  HandlerTestResult,
  HttpStats,
  HttpStatsOptions,
  NoteChange,
  NoteRequest,
  Project,
  RecordView,
  RemoveOptions,
  Resolution,
  SearchAnswer,
  SearchOptions,
  StateDiff,
} from './project/project.ts';
export type { RemovalOptions, Removed } from './project/remove-records.ts';
export { VERSION } from './project/version.ts';
export type { AnnotationRow } from './records/annotation.ts';
export { type AskedRow, GOOD_OUTCOMES, OUTCOMES, type OutcomeName } from './records/asked.ts';
export { type FileOrigin, type FilePatch, type FileRole, type FileRow, fileKey } from './records/file.ts';
export type { JobRow, JobState } from './records/job.ts';
export type { JobFileRow } from './records/job-file.ts';
export type { LinkKind, LinkRow } from './records/link.ts';
export type { AddedColumns, ExtensibleTable, HandlerColumns, PluginColumn } from './records/plugin-column.ts';
export type { ProjectPatch, ProjectRow } from './records/project.ts';
export { type CompleteSet, EMPTY_UNIT, type RecordUnit } from './records/record-unit.ts';
export type { RunPatch, RunRow } from './records/run.ts';
export type { Access, SamplePatch, SampleRow } from './records/sample.ts';
export { isNumeric, sqlType } from './records/sql-type.ts';
export type {
  CellValue,
  Column,
  ColumnShape,
  ColumnType,
  JsonObject,
  Patch,
  Provenance,
  Row,
  Table,
  TableName,
} from './records/table.ts';
export { TABLES } from './records/tables.ts';
