/** Promise: whatever a collection or field is called, GraphQL has a name for it, and the way back is found. */
import fc from 'fast-check';
import t from 'tap';
import { graphqlName, nameOfGraphql, pascalName } from '../../src/schema/names.ts';

const legal = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;

t.test('names of GraphQL', async (t) => {
  for (const name of ['artists', 'boat_trips', '_x', 'title']) t.equal(graphqlName(name), name, 'what is allowed stays');
  t.equal(graphqlName('2fa_secret'), '_x32_fa_secret');
  t.equal(graphqlName('order-by'), 'order_x2d_by');
  t.equal(nameOfGraphql(graphqlName('_xd-_')), '_xd-_', 'a name that reads as a spelled character only where the next one is spelled');
  t.equal(pascalName('boat_trips'), 'BoatTrips');
  const names = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.string({ minLength: 1, unit: fc.constantFrom('_', 'x', '2', 'd', '-', 'é', '🌳') }),
  );
  fc.assert(
    fc.property(names, (name) => {
      const made = graphqlName(name);
      return legal.test(made) && nameOfGraphql(made) === name && /^[_A-Za-z]\w*$/.test(pascalName(name));
    }),
  );
});
