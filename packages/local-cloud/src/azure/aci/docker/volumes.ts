import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VolumeBody } from '../body.ts';
import type { GroupOrder } from '../runtime.ts';

/** Folders of this machine that stand for volumes. */
export class Volumes implements AsyncDisposable {
  readonly #root: string;
  readonly #shares: Set<string>;

  private constructor(root: string, shares: readonly string[]) {
    this.#root = root;
    this.#shares = new Set(shares);
  }

  /** @param shares that there are in Azure Files: `account/share` */
  static async open(shares: readonly string[]): Promise<Volumes> {
    return new Volumes(await mkdtemp(join(tmpdir(), 'slipway-aci-')), shares);
  }

  folderOf({ uid }: GroupOrder, { azureFile, name }: VolumeBody): string {
    const part = azureFile
      ? join('shares', azureFile.storageAccountName, azureFile.shareName)
      : join('groups', uid, name);
    return join(this.#root, part);
  }

  /** @returns what a mount that fails says */
  async mount(group: GroupOrder, volume: VolumeBody): Promise<string | undefined> {
    const { azureFile, emptyDir, secret, secretReference } = volume;
    if (azureFile) {
      const { shareName, storageAccountName } = azureFile;
      if (!this.#shares.has(`${storageAccountName}/${shareName}`)) {
        return 'mount error(2): No such file or directory';
      }
    } else if (!emptyDir && !secret && !secretReference) {
      return 'the local cloud has no volumes of this kind';
    }
    const folder = this.folderOf(group, volume);
    await mkdir(folder, { recursive: true, mode: 0o777 });
    for (const [file, value] of Object.entries(secret ?? {})) {
      await writeFile(join(folder, file), Buffer.from(value, 'base64'));
    }
    for (const [file, reference] of Object.entries(secretReference ?? {})) {
      await writeFile(join(folder, file), reference);
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }
}
