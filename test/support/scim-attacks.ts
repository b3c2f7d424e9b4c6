/** What a SCIM client must not be able to do, and how it is told. */

import type { Scim } from '../features/scim.ts';
import { adminToken, tokens } from '../fixtures/garden-people.ts';
import { type Tester, told } from './expect.ts';
import { type Answer, at } from './http.ts';
import type { OwnGarden } from './own-garden.ts';

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

function refused(t: Tester, answer: Answer, status: number, what: string, keyword?: string): void {
  const said = [answer.status, at(answer.json, 'status'), at(answer.json, 'schemas', 0), at(answer.json, 'scimType')];
  t.strictSame(said, [status, status, errorSchema, keyword], `${what}: ${told(answer)}`);
  t.match(String(answer.headers['content-type']), /^application\/scim\+json/, what);
  t.ok(String(at(answer.json, 'detail')).length > 3, what);
}

const operation = (op: string, path: string, value?: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path, ...(value === undefined ? {} : { value }) }],
});

/** External ids of the garden's people and roles are their numbers. */
export async function scimAttacks(t: Tester, scim: Scim, garden: OwnGarden): Promise<void> {
  const before = JSON.stringify([await garden.rows('directus_users'), await garden.rows('directus_roles')]);
  refused(t, await scim('PATCH', 'Users/1', { active: false }), 403, 'the last administrator stays active');
  refused(t, await scim('DELETE', 'Users/1'), 403, 'the last administrator stays');
  refused(t, await scim('PATCH', 'Groups/1', operation('remove', 'members')), 403, 'the last administrator stays one');
  refused(t, await scim('PATCH', 'Groups/4', operation('add', 'members', [{ value: '1' }])), 403, 'nor moves to another group');
  refused(t, await scim('DELETE', 'Groups/1'), 401, 'the role of administrators stays');
  refused(t, await scim('DELETE', 'Groups/2'), 401, 'the role of the public stays');
  refused(t, await scim('PATCH', 'Groups/2', operation('add', 'members', [{ value: '2' }])), 403, 'the public has no members');

  refused(t, await scim('PATCH', 'Users/2', { active: false }, 'the token of the SCIM clienT'), 401, 'a wrong token');
  refused(t, await scim('PATCH', 'Users/2', { active: false }, null), 401, 'no token');
  refused(t, await scim('PATCH', 'Users/2', { active: false }, tokens.editor), 403, 'a user who is no administrator');
  refused(t, await scim('POST', 'Groups', { displayName: 'Mine' }, tokens.otherWriter), 403, 'nor makes groups');
  refused(t, await scim('GET', 'Users', undefined, null), 401, 'the public is asked to sign in');

  const taken = { userName: 'edda@garden.test' };
  refused(t, await scim('POST', 'Users', taken), 409, 'an e-mail address that is taken', 'uniqueness');
  refused(t, await scim('POST', 'Users', { userName: 'no address' }), 422, 'no e-mail address', 'invalidValue');
  refused(t, await scim('POST', 'Users', { userName: 7 }), 400, 'a number for a name', 'invalidValue');
  refused(t, await scim('POST', 'Users', [1]), 400, 'a list', 'invalidSyntax');
  refused(t, await scim('PATCH', 'Users/2', operation('replace', 'nope', 1)), 400, 'an unknown path', 'invalidPath');
  refused(t, await scim('PATCH', 'Users/2', operation('burn', 'active')), 400, 'an unknown operation', 'invalidSyntax');
  refused(t, await scim('PATCH', 'Groups/4', operation('add', 'members', [{ value: 'nobody' }])), 422, 'an unknown member', 'invalidValue');
  for (const filter of ['nonsense', 'password eq "x"', 'userName eq', 'userName xx "a"', `userName eq "${'a'.repeat(3000)}"`]) {
    refused(t, await scim('GET', `Users?filter=${filter}`), 422, filter.slice(0, 40), 'invalidFilter');
  }
  const or = Array.from({ length: 30 }, () => '(userName eq "a" or userName eq "b")').join(' and ');
  refused(t, await scim('GET', `Users?filter=${or}`), 422, 'a filter that multiplies', 'invalidFilter');
  refused(t, await scim('GET', 'Users?count=x'), 422, 'no number', 'invalidValue');
  refused(t, await scim('GET', 'Users/nobody'), 404, 'nobody');
  refused(t, await scim('GET', 'Nothing'), 404, 'no such resource');
  refused(t, await scim('DELETE', 'Users'), 405, 'not everybody at once');
  t.same(JSON.stringify([await garden.rows('directus_users'), await garden.rows('directus_roles')]), before, 'nothing has changed');

  const second = await scim('PATCH', 'Groups/1', operation('add', 'members', [{ value: '2' }]), adminToken);
  t.equal(second.status, 200, `an administrator may: ${told(second)}`);
  const both = await Promise.all([scim('PATCH', 'Users/1', { active: false }), scim('PATCH', 'Users/2', { active: false })]);
  t.strictSame(both.map(({ status }) => status).sort(), [200, 403], 'two at once leave one');
}
