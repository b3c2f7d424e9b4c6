/** Requests to the project, as who is signed in and in the role that is acted as. The token lives as long as the tab. */

export const base = document.body.dataset.base ?? '';
const kept = `sallyport token ${decodeURIComponent(base.slice(1))}`;

let acting;

/** The role that requests act as; undefined for one's own. */
export const actingAs = () => acting;

export function actAs(role) {
  acting = role;
}

export const isSignedIn = () => sessionStorage.getItem(kept) !== null;

function headersOf({ own = false, body } = {}) {
  const token = sessionStorage.getItem(kept);
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(acting === undefined || own ? {} : { 'x-act-as-role': acting }),
  };
}

/** Sends and reads all of the answer. `own`: as oneself, whatever role is acted as. Rejects only where no answer came. */
export async function call(method, path, { body, own } = {}) {
  const started = performance.now();
  const answer = await fetch(base + path, { method, headers: headersOf({ own, body }), body });
  const text = await answer.text();
  const milliseconds = performance.now() - started;
  return { status: answer.status, statusText: answer.statusText, headers: [...answer.headers], text, milliseconds, path };
}

/** The value of `data`, or undefined for a refusal. */
export async function dataOf(path, options) {
  const { status, text } = await call('GET', path, options);
  return status === 200 ? JSON.parse(text).data : undefined;
}

/** Undefined when it worked, else the error's code and sentence. */
export async function signIn(credentials) {
  const { status, text } = await call('POST', '/auth/authenticate', { body: JSON.stringify(credentials), own: true });
  const answer = JSON.parse(text);
  if (status !== 200) return answer.error ?? { message: 'The sign-in failed' };
  sessionStorage.setItem(kept, answer.data.token);
  return undefined;
}

export async function signOut() {
  acting = undefined;
  await call('POST', '/auth/logout', { own: true }).catch(() => undefined);
  sessionStorage.removeItem(kept);
}

/** Tokens are good for some minutes; as long as the page is open they are renewed. False when the session is over. */
export async function renew() {
  const token = sessionStorage.getItem(kept);
  if (token === null) return true;
  const { status, text } = await call('POST', '/auth/refresh', { body: JSON.stringify({ token }), own: true });
  if (status === 200) sessionStorage.setItem(kept, JSON.parse(text).data.token);
  else if (status >= 400 && status < 500) sessionStorage.removeItem(kept);
  return status === 200 || status >= 500;
}

/** The same request as a command line, the token as a variable of the shell. */
export function curlOf({ method, path, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -g ${method === 'GET' ? '' : `-X ${method} `}${quoted(location.origin + base + path)}`];
  if (isSignedIn()) lines.push('-H "Authorization: Bearer $TOKEN"');
  if (acting !== undefined) lines.push(`-H ${quoted(`X-Act-As-Role: ${acting}`)}`);
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(body)}`);
  return lines.join(' \\\n  ');
}
