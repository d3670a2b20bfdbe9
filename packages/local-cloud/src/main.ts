// Runs the local cloud by hand: `node packages/local-cloud/src/main.ts > cloud.env`.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startLocalCloud } from './cloud.ts';
import { demoSeed } from './seed.ts';

const { values } = parseArgs({
  options: {
    repository: { type: 'string', default: 'org/app' },
    git: { type: 'string' },
    subject: { type: 'string' },
    'registry-password': { type: 'string' },
  },
});
const seed = demoSeed(values.repository);
const { git, 'registry-password': registryPassword, subject } = values;
const handedOut = registryPassword === undefined ? {} : { registryPassword };
await using cloud = await startLocalCloud({
  seed: {
    ...seed,
    run: { ...seed.run, ...(subject !== undefined && { subject }) },
    aws: { ...seed.aws, ...handedOut },
    azure: { ...seed.azure, ...handedOut },
  },
  ...(git !== undefined && { git }),
});
for (const [name, value] of Object.entries(cloud.env)) console.log(`${name}=${value}`);
console.log(`LOCAL_CLOUD_ACR=${cloud.azure.acrHost}`);
console.log(`LOCAL_CLOUD_GITHUB_TOKEN=${cloud.github.settings.token}`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
