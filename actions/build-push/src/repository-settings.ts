import { BadInput, boolean, count, type Input } from '@slipway/shared/action/input';
import { map } from '@slipway/shared/action/key-values';
import {
  type EcrRepositorySettings,
  usualRepositorySettings,
} from '@slipway/shared/identity/ecr-repository';

const example = 'keep=100';
const keys = ['scan-on-push', 'immutable-tags', 'keep', 'kms-key'];
const keyArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/;
const images = count(0, 10_000);

/** What a repository that is created gets; what is not said is as usual. */
export const repositorySettings: Input<EcrRepositorySettings> = {
  ...map({ example }),
  parse(text) {
    const given = map({ keys: /^[a-z-]+$/, example }).parse(text);
    for (const key of given.keys()) {
      if (!keys.includes(key))
        throw new BadInput(`has ${key}, but knows ${keys.join(', ')}`, example);
    }
    const kmsKey = given.get('kms-key');
    if (kmsKey !== undefined && !keyArn.test(kmsKey)) {
      const key = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd';
      throw new BadInput('has kms-key that is not the ARN of a key', `kms-key=${key}`);
    }
    const usual = usualRepositorySettings;
    return {
      scanOnPush: value(given, 'scan-on-push', boolean) ?? usual.scanOnPush,
      immutableTags: value(given, 'immutable-tags', boolean) ?? usual.immutableTags,
      keep: value(given, 'keep', images) ?? usual.keep,
      kmsKey,
    };
  },
};

function value<T>(given: ReadonlyMap<string, string>, key: string, input: Input<T>): T | undefined {
  const text = given.get(key);
  if (text === undefined) return undefined;
  try {
    return input.parse(text);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`has ${key} that ${error.message}`, `${key}=${error.example}`);
  }
}
