import { startGarden } from './support/garden.ts';

const { world, stop } = await startGarden('sqlite');
const show = async (path: string, who?: never) => {
  const a = await world.get(path, who);
  console.log(path, a.status, a.text.length, a.text.slice(0, 1800), '\n');
};
await show('collections/plants', 'editor' as never);
await show('collections/plants');
await show('permissions/me', 'admin' as never);
await show('relations?limit=2', 'editor' as never);
await show('roles?fields=id,name', 'admin' as never);
await show('users/me?fields=*,role.*', 'editor' as never);
await show('permissions/me');
await stop();
