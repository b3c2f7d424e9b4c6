/** What met a table or column which is gone, or one that is just being read, is done once more with the schema of now (architecture §9). */
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import type { CallerContext } from './caller.ts';

/** `again` is what to do with the schema of now. A write that met one has changed nothing. */
export async function retryOnSchemaChange<T>(
  project: Project,
  schema: Schema,
  run: () => Promise<T>,
  again: () => Promise<T> = run,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(await project.renewed(schema, error))) throw error;
    return again();
  }
}

/** The same of a request, which keeps the schema and rules that it started with. */
export async function retryRequestOnSchemaChange<Context extends CallerContext, T>(
  context: Context,
  run: (context: Context) => Promise<T>,
): Promise<T> {
  try {
    return await run(context);
  } catch (error) {
    const { project, schema } = context;
    if (!(await project.renewed(schema, error))) throw error;
    return run({ ...context, schema: project.schemas.current, rules: project.rules.current });
  }
}
