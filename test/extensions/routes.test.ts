import t from 'tap';
import { findRoute, patternOf, readEndpoint } from '../../src/extensions/routes.ts';

const handler = () => undefined;

function params(path: string, asked: string): unknown {
  const found = findRoute(readEndpoint('test', { [path]: { handler } }), 'GET', asked);
  return 'route' in found ? { ...found.params } : undefined;
}

t.test('paths', async (t) => {
  t.same(params('/', '/'), {});
  t.same(params('', '/'), {});
  t.equal(params('/', '/a'), undefined);
  t.same(params('/a.b/', '/a.b'), {});
  t.equal(params('/a.b', '/axb'), undefined);
  t.same(params('/{id}', '/a%2Fb%20c'), { id: 'a/b c' });
  t.equal(params('/{id}', '/a/b'), undefined);
  t.same(params('/{id}', '/a/'), { id: 'a' });
  t.same(params('/{id:\\d{2,4}}/x', '/123/x'), { id: '123' });
  t.equal(params('/{id:\\d{2,4}}/x', '/1/x'), undefined);
  t.same(params('/{year}[/{month}]', '/2026'), { year: '2026' });
  t.same(params('/{year}[/{month}[/{day}]]', '/2026/11/21'), { year: '2026', month: '11', day: '21' });
  for (const wrong of ['a', '/{', '/a]', '/[a', '/{a}/{a}', '/{a:(}', '/{a b}']) t.throws(() => patternOf(wrong), TypeError, wrong);
  t.throws(() => params('/{id}', '/%E4'), URIError);
});

t.test('methods and groups', async (t) => {
  const routes = readEndpoint('test', {
    '/': [{ handler }, { method: 'post', handler }],
    '/in': { group: true, endpoints: { '/{a}': { method: ['PUT', 'PATCH'], handler } } },
  });
  t.ok('route' in findRoute(routes, 'POST', '/'));
  t.same(findRoute(routes, 'DELETE', '/'), { methods: ['GET', 'POST'] });
  t.ok('route' in findRoute(routes, 'PATCH', '/in/x'));
  t.same(findRoute(routes, 'GET', '/out'), { methods: [] });
});

t.test('what is wrong is told', async (t) => {
  const told = (exported: unknown) => t.throws(() => readEndpoint('test', exported), TypeError);
  for (const exported of [undefined, null, [], 'x', { '/': handler }, { '/': {} }, { '/': { handler, method: 'TRACE' } }]) told(exported);
  t.throws(() => readEndpoint('test', { '/a': { handler: 1 } }), { message: '"/a" has no handler' });
});
