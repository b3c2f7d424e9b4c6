/** Inputs of the hand-written routes, read as a careful author would: bound as parameters later, refused here when they are nonsense. */

/** A fault of the request; Fastify answers with the status. */
class BadInput extends Error {
  readonly statusCode = 400;
}

/** A whole number from 0 on. */
export function whole(text: string | undefined, name: string): number {
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new BadInput(`${name} must be a whole number`);
  return number;
}

/** A text that has to be there. */
export function word(text: string | undefined, name: string): string {
  if (text === undefined || text === '') throw new BadInput(`${name} is missing`);
  return text;
}

/** Rows to skip before a page, as the text in which numbers are bound. */
export function offset(page: string | undefined, size: number): string {
  return String((Math.max(1, whole(page ?? '1', 'page')) - 1) * size);
}

export interface ListQuery {
  readonly status?: string;
  readonly views?: string;
  readonly page?: string;
}

export interface DeepQuery {
  readonly country?: string;
  readonly tag?: string;
  readonly page?: string;
}
