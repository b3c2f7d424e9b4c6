/** Errors in the shape of SCIM (RFC 7644 §3.12; directus8-system §17). */
import { describeError, type ErrorName, type GatewayError } from '../../lib/errors.ts';

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const scimType = 'application/scim+json;charset=utf-8';

/** Keywords of RFC 7644 that follow from the kind alone. */
const keywords: Partial<Record<ErrorName, string>> = {
  duplicate: 'uniqueness',
  invalid_payload: 'invalidSyntax',
  validation: 'invalidValue',
  unprocessable: 'invalidValue',
  too_many_rows: 'tooMany',
};

/** Whether a path is below the SCIM base of a project, so that its errors are SCIM's. */
export function isScimPath(path: string): boolean {
  return /^\/[^/]+\/scim\/v2(?:\/|$)/.test(path);
}

/** Status and body of the answer to an error. */
export function renderScimError(error: GatewayError): { readonly status: number; readonly body: object } {
  const { status } = describeError(error);
  const keyword = error.details['scimType'] ?? keywords[error.kind];
  const kind = keyword === undefined ? {} : { scimType: keyword };
  return { status, body: { schemas: [errorSchema], ...kind, status, detail: error.message } };
}
