/** For authors of extensions: the export of a file, for editors to check. */
import type { PayloadExport } from './payload-endpoints.ts';
import type { EndpointExport, HookExport } from './types.ts';

/** Gives back the hook. */
export function defineHook(hook: HookExport): HookExport {
  return hook;
}

/** Gives back the endpoints. */
export function defineEndpoint(endpoint: EndpointExport): EndpointExport {
  return endpoint;
}

/** Gives back the endpoints of the Payload surface. */
export function definePayload(endpoints: PayloadExport): PayloadExport {
  return endpoints;
}
