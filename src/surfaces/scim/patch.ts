/** Operations of a SCIM PATCH, applied to a resource by the rules of RFC 7644 §3.5.2. */
import SCIMMY from 'scimmy';
import { GatewayError } from '../../lib/errors.ts';
import { isScimObject, type ScimBody } from './body.ts';

/** In one request. */
const mostOperations = 1000;

/** What a library finds wrong with a resource is the client's fault, told in its sentence. */
export function validated<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof Error)) return new GatewayError('internal', {}, error);
  const scimType = 'scimType' in error && typeof error.scimType === 'string' ? error.scimType : 'invalidValue';
  return new GatewayError('bad_request', { message: error.message, scimType }, error);
}

/** Clients differ in the case of `op`, send truth as text, and leave the schema out. */
function tidy(body: ScimBody): { schemas: [typeof SCIMMY.Messages.PatchOp.id]; Operations: object[] } {
  const operations: unknown[] = Array.isArray(body['Operations']) ? body['Operations'] : [];
  if (operations.length > mostOperations) {
    throw new GatewayError('validation', { message: `Operations: at most ${mostOperations} in one request` });
  }
  const Operations = operations.map((one) => {
    if (!isScimObject(one)) throw new GatewayError('validation', { message: 'Operations: each should be an object' });
    return { ...one, ...('value' in one ? { value: truthOf(one['path'], one['value']) } : {}) };
  });
  return { schemas: [SCIMMY.Messages.PatchOp.id], Operations };
}

function truthOf(path: unknown, value: unknown): unknown {
  if (path === undefined && isScimObject(value)) {
    // Without a path the value names attributes; what a client may not set is passed over.
    const { id: _, externalId: __, schemas: ___, meta: ____, ...rest } = value;
    return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, truthOf(key, inner)]));
  }
  const isActive = typeof path === 'string' && path.toLowerCase() === 'active';
  if (!isActive || typeof value !== 'string' || !/^(?:true|false)$/i.test(value)) return value;
  return value.toLowerCase() === 'true';
}

/** The resource as the operations leave it; undefined where they change nothing. */
export async function patched<T extends InstanceType<typeof SCIMMY.Types.Schema>>(resource: T, body: ScimBody): Promise<T | undefined> {
  const request = tidy(body);
  try {
    return (await new SCIMMY.Messages.PatchOp(request as ConstructorParameters<typeof SCIMMY.Messages.PatchOp>[0]).apply(resource)) as
      | T
      | undefined;
  } catch (error) {
    throw refused(error);
  }
}
