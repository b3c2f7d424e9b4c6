/** Answers of endpoints that are more than a JSON value. */
import type { EndpointAnswer } from './types.ts';

const answers = new WeakSet<object>();

/** An answer with a status, headers or a body of its own. Throws RangeError for a status that is none. */
export function respond(answer: EndpointAnswer): EndpointAnswer {
  const { status } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError(`${status} is no status of an answer`);
  answers.add(answer);
  return answer;
}

/** Whether `respond` made it: any other object is a body. */
export function isAnswer(value: unknown): value is EndpointAnswer {
  return typeof value === 'object' && value !== null && answers.has(value);
}
