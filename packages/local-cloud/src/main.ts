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
await using cloud = await startLocalCloud({
  seed: {
    ...seed,
    github: { ...seed.github, ...(subject !== undefined && { subject }) },
    ...(registryPassword !== undefined && { registryPassword }),
  },
  ...(git !== undefined && { github: { git } }),
});
for (const [name, value] of Object.entries(cloud.env)) console.log(`${name}=${value}`);
console.log(`LOCAL_CLOUD_ACR=${cloud.acrHost}`);
if (cloud.github) console.log(`LOCAL_CLOUD_GITHUB_TOKEN=${cloud.github.settings.token}`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
