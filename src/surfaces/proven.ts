/** Answers of reads to callers who are known from before: what such a read finds is theirs; nothing found, or a refusal, is looked at again. */
import type { CallerContext } from './caller.ts';
import { sameActor } from './caller.ts';

export interface Proving<Context extends CallerContext, Answer> {
  /** The caller without asking who that is, where it is known. */
  recall(): Context | undefined;
  identify(): Promise<Context>;
  read(context: Context): Promise<Answer>;
  /** Whether the answer could only come about if the caller is who he was taken for. */
  isProven(answer: Answer): boolean;
}

/** The answer, and as whom. Throws what the read refuses to the caller as identified. */
export async function provenAnswer<Context extends CallerContext, Answer>(
  proving: Proving<Context, Answer>,
): Promise<{ readonly context: Context; readonly answer: Answer }> {
  const { recall, identify, read, isProven } = proving;
  const recalled = recall();
  if (!recalled) {
    const context = await identify();
    return { context, answer: await read(context) };
  }
  let found: { readonly answer: Answer } | undefined;
  let refusal: unknown;
  try {
    found = { answer: await read(recalled) };
    if (isProven(found.answer)) return { context: recalled, ...found };
  } catch (error) {
    refusal = error;
  }
  // It stands if the caller is who he was taken for, to the last thing that the proof looks at.
  const context = recalled.proof ? await identify() : recalled;
  const holds = context === recalled || (sameActor(context, recalled) && recall()?.serial === recalled.serial);
  if (!holds) return { context, answer: await read(context) };
  if (!found) throw refusal;
  return { context, ...found };
}
