/** Promise: a browser finds pages that sign in, show who acts, and need nothing from anywhere else: GraphiQL, and the API explorer. */
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import t from 'tap';
import type { Tester } from '../support/expect.ts';
import { startGarden, type World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const html = { accept: 'text/html,application/xhtml+xml' };

/** Everything that a page names is there, and stands on this server. */
async function complete(t: Tester, world: World, path: string): Promise<void> {
  const page = await world.raw(path, { headers: html });
  t.equal(page.status, 200, path);
  t.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
  for (const [, asset = ''] of page.text.matchAll(/(?:src|href)="(\/server\/[^"]+|\/[^"]+\/assets\/[^"]+)"/g)) {
    t.equal((await world.raw(asset)).status, 200, asset);
  }
}

async function signInTo(tab: Page, form: string): Promise<void> {
  await tab.fill(`${form} [name=email]`, 'admin@example.com');
  await tab.fill(`${form} [name=password]`, 'password');
  await tab.keyboard.press('Enter');
}

async function graphiql(tab: Page, world: World): Promise<void> {
  await tab.goto(`${world.gateway.url}/${project}/gql`);
  await tab.waitForSelector('text=acting as the public');
  await signInTo(tab, '#sign-in');
  await tab.waitForSelector('text=admin@example.com, acting as Administrator');
  await tab.locator('.graphiql-query-editor .CodeMirror').click();
  await tab.keyboard.press('Control+a');
  await tab.keyboard.insertText('{ zones_by_id(id: 8) { name } }');
  await tab.click('.graphiql-execute-button');
  await tab.waitForSelector('.result-window >> text=South');
}

const choose = (tab: Page, name: string) => tab.locator('#collections').getByRole('button', { name, exact: true }).click();
const operation = (tab: Page, name: string) => tab.locator('.operations').getByText(name, { exact: true }).click();
const send = (tab: Page) =>
  tab
    .locator('#request')
    .getByRole('button', { name: /^(Send|Try)$/ })
    .click();

async function explorer(t: Tester, tab: Page, world: World): Promise<void> {
  await tab.goto(`${world.gateway.url}/${project}/docs`);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.fill('#dialog [name=email]', 'admin@example.com');
  await tab.fill('#dialog [name=password]', 'wrong');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#sign-in-fault >> text=Invalid user credentials');
  await signInTo(tab, '#dialog');
  await tab.waitForSelector('text=admin@example.com, Administrator');

  await choose(tab, 'zones');
  await tab.waitForSelector('h1 >> text=zones');
  await tab.getByRole('button', { name: 'Add a condition' }).click();
  await tab.getByLabel('Field', { exact: true }).fill('name');
  await tab.getByLabel('Operator').selectOption('eq');
  await tab.getByLabel('Value').fill('South');
  await tab.getByLabel('Fields', { exact: true }).fill('name,parent.name');
  t.match(await tab.locator('.url').textContent(), '/items/zones?fields=name,parent.name&filter[name][eq]=South&limit=10', 'the address');
  await send(tab);
  await tab.waitForSelector('.pill >> text=200');
  t.strictSame(await tab.locator('#answer tbody td').allTextContents(), ['South', 'Garden'], 'the rows');
  await tab.getByRole('tab', { name: 'curl' }).click();
  t.match(await tab.locator('#answer .code').textContent(), 'Authorization: Bearer $TOKEN', 'a command line without the token');

  await operation(tab, 'Update');
  await tab.getByLabel('Key').fill('8');
  await tab.locator('textarea').fill('{"name": "Tried"}');
  await send(tab);
  await tab.waitForSelector('text=1 row would change');
  t.strictSame(await tab.locator('#answer tbody td').allTextContents(), ['name', 'South', 'Tried'], 'what a dry run tells');

  await operation(tab, 'List');
  await tab.getByLabel('Explain').check();
  await send(tab);
  await tab.waitForSelector('#answer h3 >> text=Statement');
  await tab.getByLabel('Act as').selectOption({ label: 'Writer' });
  await tab.waitForSelector('text=You see what the role Writer sees');
  await tab.waitForSelector('#collections >> text=sightings');
  t.equal(await tab.locator('#collections').getByRole('button', { name: 'zones', exact: true }).count(), 0, 'collections of the role');
  await choose(tab, 'families');
  await operation(tab, 'Item');
  await tab.getByLabel('Key').fill('ROS');
  await tab.getByLabel('Fields', { exact: true }).fill('nope');
  await send(tab);
  await tab.waitForSelector('.pill.bad >> text=422');
  await tab.waitForSelector('#answer .fault >> text=nope');
  // A session that ends elsewhere is noticed.
  await tab.getByLabel('Act as').selectOption({ label: 'yourself' });
  await tab.waitForSelector('#collections >> text=zones');
  await world.gateway.connection?.execute({ text: 'delete from directus_user_sessions', values: [] });
  await choose(tab, 'families');
  await operation(tab, 'List');
  await send(tab);
  await tab.waitForSelector('#sign-in-fault >> text=The session is over');
  await signInTo(tab, '#dialog');
  await tab.waitForSelector('text=admin@example.com, Administrator');
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await tab.waitForSelector('#who >> text=Public');
  t.equal(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, 'nothing is cut off');
  await tab.setViewportSize({ width: 360, height: 700 });
  t.equal(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, 'nor on a narrow screen');
  await tab.goto(`${world.gateway.url}/`);
  await tab.waitForSelector(`a >> text=${project}`);
}

t.test('the pages for browsers', async (t) => {
  const { world, stop } = await startGarden('sqlite');
  t.setTimeout(300_000);
  t.teardown(stop);
  for (const path of [`/${project}/gql`, `/${project}/docs`, '/']) await complete(t, world, path);
  t.equal((await world.get('gql/assets/nope.js')).status, 404);
  for (const name of ['nope.js', 'explorer.html', '..%2Fpackage.json']) t.equal((await world.raw(`/server/explorer/${name}`)).status, 404);
  t.strictSame((await world.raw('/')).json, { data: [project], public: true }, 'other clients get the list as data');
  t.equal((await world.raw('/nosuch/docs', { headers: html })).status, 401, 'no page of a project that is not there');

  const executablePath = browsers.find((path) => existsSync(path));
  if (executablePath === undefined) return t.comment('No browser is installed here, so nobody looked at the pages');
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'], timeout: 120_000 });
  t.teardown(() => browser.close());
  const foreign: string[] = [];
  const faults: string[] = [];
  for (const look of [graphiql, (tab: Page, on: World) => explorer(t, tab, on)]) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    tab.setDefaultTimeout(120_000);
    tab.on('request', (request) => {
      if (!request.url().startsWith(world.gateway.url) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    tab.on('pageerror', (error) => faults.push(error.message));
    tab.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    await look(tab, world);
    await context.close();
  }
  t.strictSame(foreign, [], 'no other server is asked');
  t.strictSame(faults, []);
});
