/** Takes secrets out of text that is about to be logged or shown. */

/** A token that is a part of the path. */
const invitation = /(\/users\/invite\/)[^/?#\s]+/gi;
const parameter = /([?&])([^=&#\s]{1,200})=([^&#\s]*)/g;
/** Parameters that let their bearer in: tokens, what a provider sends a browser back with, one-time passwords. */
const secretName = /^(?:(?:\w+_)?token|password|secret|otp|code|state|signature)(?:\[.*)?$/i;
// A scheme is short, and so are names and passwords; without bounds a long text would be searched from each of its characters to its end.
const credentials = /([a-z][a-z0-9+.-]{0,31}:\/\/[^\s:@/]{0,256}):[^\s"'<>]{0,512}@/gi;
const keyValue = /\b(password|pwd)(\s?=\s?)('[^']*'|"[^"]*"|[^\s'",;&]+)/gi;

/** A name as its reader will see it, however it is spelled. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const withoutSecret = (all: string, before: string, name: string): string =>
  secretName.test(decoded(name)) ? `${before}${name}=***` : all;

/** A URL or a sentence without the values of secret parameters and without passwords of connection URLs. */
export function redact(text: string): string {
  return text.replace(parameter, withoutSecret).replace(invitation, '$1***').replace(credentials, '$1:***@').replace(keyValue, '$1$2***');
}

/** What an error may show in the log: its kind, message and place, never the properties drivers hang on it (SQL, rows, parameters). */
export function describeForLog(error: unknown): { type: string; message: string; code?: string; stack?: string; cause?: string } {
  if (!(error instanceof Error)) return { type: typeof error, message: redact(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: error.name,
    message: redact(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: redact(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause instanceof Error ? error.cause.message : String(error.cause)) }),
  };
}

/** The shortest honest reason of a failure, for one line of the log or the terminal. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return redact(String(error));
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return redact(`${error.message === '' ? code : error.message}${cause}`);
}
