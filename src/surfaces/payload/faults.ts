/** Refusals that name the paths at fault, as the convention tells them (payload-rest P-54). */
import { GatewayError } from '../../lib/errors.ts';

/** Paths that do not exist for the caller, or do not take what is asked of them: which of these is not told. */
export function queryFault(paths: readonly string[]): GatewayError {
  return new GatewayError('unknown_path', { field: paths[0], paths: JSON.stringify(paths) });
}

/** The paths of such a refusal; of one that the core made, the name that it speaks of. */
export function pathsOf({ details }: GatewayError): readonly string[] {
  const { paths, field, operator } = details;
  if (typeof paths !== 'string') return [String(field ?? operator ?? '')];
  const list: unknown = JSON.parse(paths);
  return Array.isArray(list) ? list.map(String) : [];
}
