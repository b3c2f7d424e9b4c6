/** For authors of extensions: the export of a file, for editors to check. */
import type { EndpointExport, HookExport } from './types.ts';

/** Gives back the hook. */
export function defineHook(hook: HookExport): HookExport {
  return hook;
}

/** Gives back the endpoints. */
export function defineEndpoint(endpoint: EndpointExport): EndpointExport {
  return endpoint;
}
