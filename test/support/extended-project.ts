/** The garden's project once more, under a key of its own and with extensions, for as long as something runs. */
import { extensionFolder } from '../extensions/support.ts';
import type { World } from './garden.ts';
import { project } from './gateway.ts';

/** `files` by their paths in the folder of extensions, which `run` is given. */
export async function withExtensions(
  { gateway: { registry } }: World,
  key: string,
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<unknown>,
): Promise<void> {
  const { folder, remove } = await extensionFolder(files);
  const lease = await registry.lease(project);
  await registry.set({ ...lease.project.config, key, extensions: folder });
  lease.release();
  try {
    await run(folder);
  } finally {
    await registry.remove(key);
    await remove();
  }
}
