/** Every promise to users; each is kept on every vendor. */
import type { Feature } from '../support/expect.ts';
import { addresses } from './addresses.ts';
import { adminAppCalls } from './admin-app-calls.ts';
import { aggregate } from './aggregate.ts';
import { aggregateGroups } from './aggregate-groups.ts';
import { aggregateProperty } from './aggregate-property.ts';
import { aggregateRules } from './aggregate-rules.ts';
import { aggregateValues } from './aggregate-values.ts';
import { answerEvents } from './answer-events.ts';
import { askingFirst } from './asking-first.ts';
import { askingGraphql } from './asking-graphql.ts';
import { askingSchema } from './asking-schema.ts';
import { assets } from './assets.ts';
import { badInput } from './bad-input.ts';
import { batch } from './batch.ts';
import { becomingAdministrator } from './becoming-administrator.ts';
import { changes } from './changes.ts';
import { comments } from './comments.ts';
import { contract } from './contract.ts';
import { contractCalls } from './contract-calls.ts';
import { contractDialectCalls } from './contract-dialect-calls.ts';
import { contractDialects } from './contract-dialects.ts';
import { counts } from './counts.ts';
import { cursorCost } from './cursor-cost.ts';
import { cursorProperty } from './cursor-property.ts';
import { cursors } from './cursors.ts';
import { databaseDown } from './database-down.ts';
import { deep } from './deep.ts';
import { directusSdk } from './directus-sdk.ts';
import { directusSdkSurface } from './directus-sdk-surface.ts';
import { doneOnceEverywhere } from './done-once.ts';
import { doneOnceAccounts } from './done-once-accounts.ts';
import { doneOnceTables } from './done-once-tables.ts';
import { doorsClosed } from './doors-closed.ts';
import { endpointTable } from './endpoints.ts';
import { entityTags } from './entity-tags.ts';
import { envelope } from './envelope.ts';
import { events } from './events.ts';
import { everyDoor } from './every-door.ts';
import { exporting } from './export.ts';
import { exportStreams } from './export-streams.ts';
import { extensions } from './extensions.ts';
import { fields } from './fields.ts';
import { filter } from './filter.ts';
import { filterJson } from './filter-json.ts';
import { fullText } from './full-text.ts';
import { places } from './geo-filters.ts';
import { postgisPlaces } from './geo-postgis.ts';
import { graphqlReads } from './graphql.ts';
import { graphqlHttp } from './graphql-http.ts';
import { graphqlWrites } from './graphql-writes.ts';
import { history } from './history.ts';
import { hookedWrites } from './hooked-writes.ts';
import { idempotency } from './idempotency.ts';
import { instances } from './instances.ts';
import { itemFiles } from './item-files.ts';
import { lastAdministrator } from './last-administrator.ts';
import { limits } from './limits.ts';
import { lockout } from './lockout.ts';
import { lostPasswords } from './lost-passwords.ts';
import { meta } from './meta.ts';
import { oddTables } from './odd-tables.ts';
import { oneStatement } from './one-statement.ts';
import { openConnections } from './open-connections.ts';
import { orderAndPages } from './order-and-pages.ts';
import { ownColumns } from './own-columns.ts';
import { ownTriggers } from './own-triggers.ts';
import { payloadEndpoints } from './payload-endpoints.ts';
import { payloadFirstUser } from './payload-first-user.ts';
import { payloadMail } from './payload-mail.ts';
import { payloadMedia } from './payload-media.ts';
import { payloadOperations } from './payload-operations.ts';
import { payloadReads } from './payload-reads.ts';
import { payloadWrites } from './payload-writes.ts';
import { permissionHoles } from './permission-holes.ts';
import { permissions } from './permissions.ts';
import { permissionsProperty } from './permissions-property.ts';
import { refusals } from './refusals.ts';
import { refusedDryRuns } from './refused-dry-runs.ts';
import { relationalSort } from './relational-sort.ts';
import { relations } from './relations.ts';
import { rememberedCallers } from './remembered-callers.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { revertRights } from './revert-rights.ts';
import { rowsForEach } from './rows-for-each.ts';
import { schemaEditing } from './schema-editing.ts';
import { schemaEditingApart } from './schema-editing-apart.ts';
import { schemaEditingFaults } from './schema-editing-faults.ts';
import { schemaEditingLinks } from './schema-editing-links.ts';
import { schemaEditingRelations } from './schema-editing-relations.ts';
import { scim } from './scim.ts';
import { search } from './search.ts';
import { secondFactor } from './second-factor.ts';
import { sessions } from './sessions.ts';
import { signInFeature } from './sign-in.ts';
import { signInLimits } from './sign-in-limits.ts';
import { sso } from './sso.ts';
import { ssoCode } from './sso-code.ts';
import { statementTime } from './statement-time.ts';
import { status } from './status.ts';
import { statusOfSystemTables } from './status-of-system-tables.ts';
import { strapiFilters } from './strapi-filters.ts';
import { strapiReads } from './strapi-reads.ts';
import { strapiSending } from './strapi-sending.ts';
import { strapiWrites } from './strapi-writes.ts';
import { subscriptions } from './subscriptions.ts';
import { systemHooks } from './system-hooks.ts';
import { systemTools } from './system-tools.ts';
import { systemWrites } from './system-writes.ts';
import { templates } from './templates.ts';
import { toldWrites } from './told-writes.ts';
import { uploads } from './uploads.ts';
import { upserts } from './upsert.ts';
import { values } from './values.ts';
import { webhooks } from './webhooks.ts';
import { writeMatching } from './write-matching.ts';
import { writesThatWait } from './writes-that-wait.ts';
import { writingConcurrency } from './writing-concurrency.ts';
import { writingFaults } from './writing-faults.ts';
import { writingHistory } from './writing-history.ts';
import { writingItems } from './writing-items.ts';
import { writingMerged } from './writing-merged.ts';
import { writingNested } from './writing-nested.ts';
import { writingOddTables } from './writing-odd-tables.ts';
import { writingProperty } from './writing-property.ts';
import { writingRequiredLists } from './writing-required-lists.ts';
import { writingRights } from './writing-rights.ts';
import { writingRightsNested } from './writing-rights-nested.ts';
import { writingStorm } from './writing-storm.ts';
import { writingValues } from './writing-values.ts';

export const features: readonly Feature[] = [
  envelope,
  refusals,
  fields,
  filter,
  filterJson,
  orderAndPages,
  relationalSort,
  status,
  search,
  aggregate,
  aggregateGroups,
  aggregateRules,
  aggregateValues,
  aggregateProperty,
  assets,
  meta,
  relations,
  deep,
  limits,
  cursors,
  cursorProperty,
  cursorCost,
  exporting,
  exportStreams,
  extensions,
  values,
  oddTables,
  permissions,
  permissionHoles,
  permissionsProperty,
  signInFeature,
  everyDoor,
  addresses,
  sessions,
  signInLimits,
  lockout,
  secondFactor,
  lostPasswords,
  adminAppCalls,
  directusSdk,
  directusSdkSurface,
  endpointTable,
  badInput,
  oneStatement,
  statementTime,
  counts,
  rememberedCallers,
  fullText,
  history,
  comments,
  entityTags,
  idempotency,
  doneOnceEverywhere,
  doneOnceTables,
  doneOnceAccounts,
  refusedDryRuns,
  upserts,
  writeMatching,
  askingFirst,
  askingGraphql,
  askingSchema,
  batch,
  writingItems,
  writingNested,
  writingMerged,
  writingRequiredLists,
  writingRights,
  writingRightsNested,
  writingOddTables,
  ownColumns,
  repeatedKeys,
  ownTriggers,
  writingValues,
  writingHistory,
  revertRights,
  writingProperty,
  writingFaults,
  writingStorm,
  writingConcurrency,
  hookedWrites,
  toldWrites,
  systemWrites,
  becomingAdministrator,
  lastAdministrator,
  systemTools,
  systemHooks,
  events,
  answerEvents,
  webhooks,
  uploads,
  itemFiles,
  scim,
  sso,
  ssoCode,
  schemaEditing,
  schemaEditingApart,
  schemaEditingFaults,
  schemaEditingRelations,
  schemaEditingLinks,
  strapiFilters,
  rowsForEach,
  strapiReads,
  strapiSending,
  strapiWrites,
  templates,
  graphqlReads,
  graphqlHttp,
  graphqlWrites,
  changes,
  subscriptions,
  openConnections,
  instances,
  contract,
  payloadEndpoints,
  statusOfSystemTables,
  writesThatWait,
  payloadFirstUser,
  payloadMail,
  payloadMedia,
  payloadOperations,
  payloadReads,
  payloadWrites,
  places,
  postgisPlaces,
  doorsClosed,
  contractCalls,
  contractDialectCalls,
  contractDialects,
  databaseDown,
];
