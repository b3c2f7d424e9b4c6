/** Every promise to users; each is kept on every vendor. */
import type { Feature } from '../support/expect.ts';
import { badInput } from './bad-input.ts';
import { databaseDown } from './database-down.ts';
import { directusSdk } from './directus-sdk.ts';
import { envelope } from './envelope.ts';
import { fields } from './fields.ts';
import { filter } from './filter.ts';
import { meta } from './meta.ts';
import { oddTables } from './odd-tables.ts';
import { oneStatement } from './one-statement.ts';
import { orderAndPages } from './order-and-pages.ts';
import { permissionHoles } from './permission-holes.ts';
import { permissions } from './permissions.ts';
import { permissionsProperty } from './permissions-property.ts';
import { refusals } from './refusals.ts';
import { relations } from './relations.ts';
import { search } from './search.ts';
import { signInFeature } from './sign-in.ts';
import { status } from './status.ts';
import { values } from './values.ts';

export const features: readonly Feature[] = [
  envelope,
  refusals,
  fields,
  filter,
  orderAndPages,
  status,
  search,
  meta,
  relations,
  values,
  oddTables,
  permissions,
  permissionHoles,
  permissionsProperty,
  signInFeature,
  directusSdk,
  badInput,
  oneStatement,
  databaseDown,
];
