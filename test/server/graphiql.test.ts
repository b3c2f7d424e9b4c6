/** Promise: a browser finds a page at the endpoint that signs in, shows who acts, and needs nothing from anywhere else. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import t from 'tap';
import { startGarden } from '../support/garden.ts';
import { project } from '../support/gateway.ts';

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

t.test('the page for browsers', async (t) => {
  const { world, stop } = await startGarden('sqlite');
  t.teardown(stop);
  const page = await world.get('gql', undefined, { headers: { accept: 'text/html' } });
  t.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
  for (const [, path = ''] of page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    const asset = await world.raw(path);
    t.equal(asset.status, 200, path);
  }
  t.equal((await world.get('gql/assets/nope.js')).status, 404);

  const executablePath = browsers.find((path) => existsSync(path));
  if (executablePath === undefined) return t.comment('No browser is installed here, so nobody looked at the page');
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'], timeout: 120_000 });
  t.teardown(() => browser.close());
  const tab = await browser.newPage();
  tab.setDefaultTimeout(120_000);
  const foreign: string[] = [];
  const faults: string[] = [];
  tab.on(
    'request',
    (request) => !request.url().startsWith(world.gateway.url) && !request.url().startsWith('data:') && foreign.push(request.url()),
  );
  tab.on('pageerror', (error) => faults.push(error.message));
  await tab.goto(`${world.gateway.url}/${project}/gql`);
  await tab.waitForSelector('text=acting as the public');
  await tab.fill('[name=email]', 'admin@example.com');
  await tab.fill('[name=password]', 'password');
  await tab.click('#sign-in button');
  await tab.waitForSelector('text=admin@example.com, acting as Administrator');
  await tab.locator('.graphiql-query-editor .CodeMirror').click();
  await tab.keyboard.press('Control+a');
  await tab.keyboard.insertText('{ zones_by_id(id: 8) { name } }');
  await tab.click('.graphiql-execute-button');
  await tab.waitForSelector('.result-window >> text=South');
  t.strictSame(foreign, [], 'no other server is asked');
  t.strictSame(faults, []);
});
