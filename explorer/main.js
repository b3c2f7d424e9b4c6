/** The explorer: who is signed in, which collection and operation is looked at, the request and its answer. */

import { answerView, nothingView, unreachableView, waitingView } from './answer.js';
import { actAs, actingAs, base, call, curlOf, dataOf, isSignedIn, renew, signIn, signOut } from './api.js';
import { collectionsOf, operations } from './contract.js';
import { byId, copyButton, h } from './dom.js';
import { formOf, loadOperators } from './form.js';
import { requestOf } from './request.js';

const state = { administrator: false, collections: [], collection: undefined, operation: 'list' };

/** Counts up with every choice, so that what arrives late is dropped. */
let turn = 0;

async function showWho() {
  const user = isSignedIn() ? await dataOf('/users/me?fields=id,email,first_name,role', { own: true }) : undefined;
  const role = user && String(user.role?.id ?? user.role);
  state.administrator = role === '1';
  byId('sign-in').hidden = Boolean(user);
  byId('sign-out').hidden = !user;
  const roles = state.administrator ? ((await dataOf('/roles?fields=id,name&limit=-1&sort=id', { own: true })) ?? []) : [];
  const name = roles.find(({ id }) => String(id) === role)?.name ?? (role && `role ${role}`);
  byId('who').textContent = user ? `${user.email}, ${name}` : 'Public';
  byId('act').hidden = roles.length === 0;
  const options = roles.filter(({ id }) => String(id) !== role).map((one) => h('option', { value: String(one.id) }, one.name));
  byId('role').replaceChildren(h('option', { value: '' }, 'yourself'), ...options);
  showActing();
}

function showActing() {
  const select = byId('role');
  select.value = actingAs() ?? '';
  const name = select.selectedOptions[0]?.textContent ?? '';
  byId('acting').hidden = actingAs() === undefined;
  byId('acting').textContent = `You see what the role ${name} sees. Writes are tried and never done.`;
}

async function showCollections() {
  const list = byId('collections');
  list.replaceChildren(h('li', { class: 'empty' }, 'Loading…'));
  const now = ++turn;
  state.collections = await collectionsOf().catch(() => []);
  if (now !== turn) return;
  const known = state.collections.find(({ name }) => name === (state.collection?.name ?? decodeURIComponent(location.hash.slice(1))));
  state.collection = known ?? state.collections[0];
  listCollections();
  showRequest();
}

function listCollections() {
  const wanted = byId('search').value.trim().toLowerCase();
  const found = state.collections.filter(({ name }) => name.toLowerCase().includes(wanted));
  const line = (one) => {
    const current = one.name === state.collection?.name;
    const choose = () => chooseCollection(one);
    return h('li', {}, h('button', { type: 'button', 'aria-current': current && 'true', onclick: choose }, one.name));
  };
  const parts = [...found.filter(({ system }) => !system).map(line)];
  const system = found.filter((one) => one.system);
  if (system.length > 0) parts.push(h('li', { class: 'heading' }, 'System'), ...system.map(line));
  const none = isSignedIn() ? 'This role may use no collection.' : 'The public may use no collection. Sign in to see more.';
  if (parts.length === 0) parts.push(h('li', { class: 'empty' }, wanted === '' ? none : 'Nothing has that name.'));
  byId('collections').replaceChildren(...parts);
  byId('collections').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

function chooseCollection(collection) {
  state.collection = collection;
  location.hash = encodeURIComponent(collection.name);
  listCollections();
  showRequest();
}

function operationBar() {
  const { may } = state.collection;
  const options = operations.filter(({ needs }) => may.has(needs));
  if (!options.some(({ id }) => id === state.operation)) state.operation = options[0]?.id ?? 'list';
  return h(
    'fieldset',
    { class: 'operations' },
    h('legend', {}, 'Operation'),
    ...options.map(({ id, label }) => {
      const radio = h('input', { type: 'radio', name: 'operation', value: id, checked: id === state.operation });
      radio.addEventListener('change', () => {
        state.operation = id;
        showRequest(true);
      });
      return h('label', {}, radio, h('span', {}, label));
    }),
  );
}

function showRequest(keepsFocus = false) {
  const place = byId('request');
  byId('answer').replaceChildren(...nothingView());
  const { collection } = state;
  if (!collection) {
    place.replaceChildren(h('p', { class: 'empty' }, 'Choose a collection.'));
    return;
  }
  turn += 1;
  const bar = operationBar();
  const acting = actingAs() !== undefined;
  const { parts, read } = formOf(state.operation, collection.fields, { explainable: state.administrator, acting });
  const method = h('span', { class: 'method' });
  const url = h('output', { class: 'url mono', 'aria-label': 'Address' });
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  const send = h('button', { type: 'submit', class: 'primary' }, 'Send');
  const asked = () => requestOf(collection, state.operation, read());
  const form = h('form', { class: 'grid', autocomplete: 'off' }, ...parts);
  const line = h(
    'div',
    { class: 'line' },
    method,
    url,
    copyButton('Copy curl', () => curlOf(asked())),
    send,
  );
  form.append(fault, line);
  const refresh = () => {
    const request = asked();
    fault.hidden = true;
    if (request.missing) return;
    method.textContent = request.method;
    url.textContent = base + request.path;
    send.textContent = request.method === 'GET' ? 'Send' : read().dryRun ? 'Try' : 'Send';
    send.classList.toggle('danger', request.method !== 'GET' && !read().dryRun);
  };
  form.addEventListener('input', refresh);
  form.addEventListener('change', refresh);
  form.addEventListener('keydown', (event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form.requestSubmit());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = asked();
    fault.hidden = !request.missing;
    fault.textContent = request.missing ?? '';
    if (!request.missing) void ask(request, send);
  });
  place.replaceChildren(h('h1', { class: 'mono' }, collection.name), bar, form);
  refresh();
  if (keepsFocus) bar.querySelector('input:checked')?.focus();
}

async function ask(request, send) {
  const place = byId('answer');
  const now = ++turn;
  send.disabled = true;
  const wait = setTimeout(() => place.replaceChildren(...waitingView()), 150);
  try {
    const answer = await call(request.method, request.path, { body: request.body });
    if (now === turn) place.replaceChildren(...answerView(request, answer));
    // Whose session is over is answered as the public.
    if (isSignedIn() && actingAs() === undefined && answer.text.endsWith('"public":true}')) await checkSession();
  } catch (error) {
    if (now === turn) place.replaceChildren(...unreachableView(error));
  } finally {
    clearTimeout(wait);
    send.disabled = false;
  }
}

async function showAll() {
  await showWho();
  await showCollections();
}

/** Renews the token; when the session is over, says so and asks for another. */
async function checkSession() {
  if (await renew().catch(() => true)) return;
  actAs(undefined);
  await showAll();
  openSignIn();
  byId('sign-in-fault').hidden = false;
  byId('sign-in-fault').textContent = 'The session is over. Sign in again to go on.';
}

function openSignIn() {
  byId('sign-in-fault').hidden = true;
  byId('dialog').showModal();
}

byId('sign-in').addEventListener('click', openSignIn);
byId('cancel').addEventListener('click', () => byId('dialog').close());
byId('sign-in-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
  const refusal = await signIn(given).catch((error) => ({ message: `No answer came: ${error.message}` }));
  if (refusal?.code === 111 || refusal?.code === 112) byId('otp').hidden = false;
  byId('sign-in-fault').hidden = !refusal;
  byId('sign-in-fault').textContent = refusal?.message ?? '';
  if (refusal) return;
  form.reset();
  byId('dialog').close();
  await showAll();
});
byId('sign-out').addEventListener('click', async () => {
  await signOut();
  await showAll();
});
byId('role').addEventListener('change', async (event) => {
  actAs(event.currentTarget.value === '' ? undefined : event.currentTarget.value);
  showActing();
  await showCollections();
});
byId('search').addEventListener('input', listCollections);
setInterval(checkSession, 240_000);

await loadOperators();
await showAll();
