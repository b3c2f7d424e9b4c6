/** The OpenAPI document of a caller: the collections, fields and operations that the caller may use, and nothing that tells of anything else. */
import type { Sliced } from '../../../lib/slices.ts';
import { apiVersion } from '../../directus/project-info.ts';
import type { Define } from '../definitions.ts';
import type { View } from '../view.ts';
import { assembled } from './assemble.ts';
import { fixedHeaders, fixedParameters, fixedResponses, fixedSchemas, securitySchemes } from './components.ts';
import type { PathItem, Paths } from './operations.ts';
import { rowPaths } from './row-paths.ts';
import { componentName, type Refer, rowMakers } from './row-schemas.ts';
import { specialPaths } from './special-paths.ts';

/** Rows of collections first, each path with what is special about it. */
function* pathsOf(view: View, define: Define): Iterable<Paths> {
  const refer: Refer = (served, part) => define(componentName(served, part), () => rowMakers[part](served, view, refer));
  const special = new Map<string, PathItem>(specialPaths(view, refer));
  for (const served of view.served.values()) {
    yield rowPaths(served, view, refer).map(([path, item]) => {
      const more = special.get(path);
      special.delete(path);
      return [path, { ...item, ...more }] as const;
    });
  }
  yield [...special];
}

/** What tags say that are of no collection. */
const tagDescriptions: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  'Signing in': 'Who one is',
  Users: 'What is more than a row of a user',
  Files: 'Files with their content',
  Comments: 'What people say about rows',
  Schema: 'Tables and columns',
  Rights: 'What the caller may do',
  Tools: 'What belongs to no collection',
  Documents: 'What there is, told to programs',
});

/** The document's text. */
export function openApiText(view: View): Sliced<string> {
  const open = view.who === 'public' ? [{}] : [];
  return assembled({
    title: view.key,
    version: apiVersion,
    description: 'What the caller may use, in the dialect of Directus 8.',
    server: `/${encodeURIComponent(view.key)}`,
    security: [...open, { token: [] }, { tokenInUrl: [] }, { session: [] }],
    securitySchemes: securitySchemes(view.key),
    tags: tagDescriptions,
    paths: (define) => pathsOf(view, define),
    fixed: { schemas: fixedSchemas(), parameters: fixedParameters, responses: fixedResponses, headers: fixedHeaders },
  });
}
