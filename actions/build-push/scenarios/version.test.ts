import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { blobOf, bundle, defaults, makeBuildRunner, manifestOf, tagsOf } from './world.ts';

const sha = '860c1904a1ce19322e91ac35af1ab07466440c37';
const dockerfile = `FROM scratch
ARG NODE_VERSION
ARG VERSION
LABEL node="$NODE_VERSION" own="$VERSION"
COPY files/hello.txt /hello.txt
`;

describe('the version of an image, before its tags move', () => {
  let registry: LocalRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
  }, 30_000);
  afterAll(async () => registry[Symbol.asyncDispose]());

  async function labels(repository: string, tag: string): Promise<Record<string, string>> {
    const { config } = await manifestOf(registry.host, repository, tag);
    const read: { config?: { Labels?: Record<string, string> } } = Object(
      await blobOf(registry.host, repository, config.digest),
    );
    return read.config?.Labels ?? {};
  }

  it.each([
    ['beside an argument whose name ends in it', 'NODE_VERSION=24', '1.2.3', '24', '1.2.3'],
    ['beside one whose value has it', 'NODE_VERSION=VERSION=7', '1.2.3', 'VERSION=7', '1.2.3'],
    ['after one of build-args', 'VERSION=9.9.9', '1.2.3', '', '9.9.9'],
    ['not at all, where there is none', 'NODE_VERSION=24', '', '24', ''],
  ])(
    'reaches the Dockerfile, %s',
    async (_, args, version, node, own) => {
      await using runner = await makeBuildRunner({ sha }, dockerfile);
      const image = `${registry.host}/versioned/app`;
      const step = await runner.start(bundle, { ...defaults, image, version, 'build-args': args })
        .done;
      expect(step.errors).toEqual([]);
      expect(await labels('versioned/app', 'main')).toMatchObject({ node, own });
    },
    60_000,
  );

  it('gives its tags to an image that was brought here without any', async () => {
    await using runner = await makeBuildRunner({ sha }, dockerfile);
    const origin = `${registry.host}/origin/app`;
    const built = await runner.start(bundle, { ...defaults, image: origin }).done;
    const from = built.outputs['image'] ?? '';
    const image = `${registry.host}/judged/app`;
    const asked = { ...defaults, image, from, version: '1.2.3' };
    const brought = await runner.start(bundle, { ...asked, 'move-tags': 'false' }).done;
    expect(brought.errors).toEqual([]);
    expect(brought.outputs).toMatchObject({
      image: `${image}@${built.outputs['digest']}`,
      tags: '',
    });
    expect(await tagsOf(registry.host, 'judged/app')).not.toContain('1.2.3');
    const tagged = await runner.start(bundle, asked).done;
    expect(tagged.errors).toEqual([]);
    expect(await tagsOf(registry.host, 'judged/app')).toEqual(
      expect.arrayContaining(['1.2.3', '1.2', '1', 'latest', 'main']),
    );
  }, 60_000);
});
