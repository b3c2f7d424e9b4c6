/** What the page for browsers is made of: its text, its style, and the script that signs in and asks. */

const escaped: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The page of a project. Assets are named from the project's own address. */
export function pageText(project: string): string {
  const key = project.replace(/[&<>"']/g, (character) => escaped[character] ?? '');
  const at = `${encodeURIComponent(project)}/gql/assets`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${key}: GraphQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/${at}/graphiql.css">
<link rel="stylesheet" href="/${at}/page.css">
</head>
<body data-project="${key}">
<header>
<strong>${key}</strong>
<a href="/${encodeURIComponent(project)}/docs">API explorer</a>
<output id="who" aria-live="polite">…</output>
<form id="sign-in">
<input name="email" type="email" autocomplete="username" placeholder="Email" aria-label="Email" required>
<input name="password" type="password" autocomplete="current-password" placeholder="Password" aria-label="Password" required>
<input name="otp" inputmode="numeric" autocomplete="one-time-code" placeholder="Code, if any" aria-label="One-time code">
<button>Sign in</button>
</form>
<button id="sign-out" hidden>Sign out</button>
</header>
<main id="graphiql"></main>
<script src="/${at}/react.js"></script>
<script src="/${at}/react-dom.js"></script>
<script src="/${at}/graphiql.js"></script>
<script src="/${at}/page.js"></script>
</body>
</html>
`;
}

export const pageStyle = `html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 14px system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; padding: 8px 16px; border-bottom: 1px solid #ccd; }
header output { flex: 1; color: #445; }
header form { display: flex; gap: 6px; margin: 0; }
header form[hidden] { display: none; }
header input, header button { font: inherit; padding: 4px 8px; border: 1px solid #aab; border-radius: 4px; background: #fff; }
header button { cursor: pointer; }
header input[name=otp] { width: 7em; }
main { flex: 1; min-height: 0; }
`;

/** Tokens are kept as long as the browser's tab. */
export const pageScript = `'use strict';
(() => {
  const project = document.body.dataset.project;
  const base = '/' + encodeURIComponent(project);
  const kept = 'sallyport token ' + project;
  const who = document.getElementById('who');
  const form = document.getElementById('sign-in');
  const out = document.getElementById('sign-out');
  const authorized = () => {
    const token = sessionStorage.getItem(kept);
    return token ? { authorization: 'Bearer ' + token } : {};
  };
  const root = ReactDOM.createRoot(document.getElementById('graphiql'));
  let times = 0;
  const fetcher = async (asked, options) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorized(), ...(options && options.headers) };
    const answer = await fetch(base + '/gql', { method: 'POST', headers, body: JSON.stringify(asked) });
    return answer.json();
  };
  const render = () => {
    times += 1;
    root.render(React.createElement(GraphiQL, { key: times, fetcher, defaultQuery: '# Rows of a collection, as you may see them:\\n# { articles(limit: 10) { data { id } meta { total_count } } }\\n' }));
  };
  const show = async () => {
    const answer = await fetch(base + '/users/me?fields=email,role.name', { headers: authorized() });
    const user = answer.ok ? (await answer.json()).data : undefined;
    form.hidden = Boolean(user);
    out.hidden = !user;
    if (user) who.textContent = user.email + (user.role && user.role.name ? ', acting as ' + user.role.name : '');
    else who.textContent = 'Nobody is signed in: acting as the public';
    render();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].filter((entry) => entry[1] !== ''));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(base + '/auth/authenticate', { method: 'POST', headers, body: JSON.stringify(given) });
    const body = await answer.json();
    if (!answer.ok) {
      who.textContent = body.error ? body.error.message : 'The sign-in failed';
      return;
    }
    sessionStorage.setItem(kept, body.data.token);
    form.reset();
    await show();
  });
  out.addEventListener('click', async () => {
    sessionStorage.removeItem(kept);
    await fetch(base + '/auth/logout', { method: 'POST' }).catch(() => undefined);
    await show();
  });
  show();
})();
`;
