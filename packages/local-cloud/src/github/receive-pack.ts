import type { Answer, Request } from '../http/exchange.ts';
import { banded, flush, pktLine, readPktLines } from './git/pkt-line.ts';
import { git } from './git/run.ts';
import { pageUrl, type World } from './world.ts';
import { type Refusal, type WantedChange, writeRefs } from './write-refs.ts';

/**
 * Takes a push. Its objects go into the repository; its refs go the same way as those of the API,
 * so the same rules hold for both, and a client is told what GitHub would tell it.
 * Source: https://git-scm.com/docs/pack-protocol, "Pushing Data To a Server"
 */
export async function receivePack(world: World, request: Request): Promise<Answer> {
  const { lines, rest } = readPktLines(request.body);
  const { changes, capabilities } = readCommands(lines);
  // Before a large push git asks once with nothing, to find out whether it may.
  if (changes.length === 0) return answer(Buffer.alloc(0));
  if (rest.length > 0) await unpack(world.git.folder, rest);
  const outcomes = await write(world, changes, capabilities.has('atomic'));
  const report = Buffer.concat([
    pktLine('unpack ok\n'),
    ...outcomes.map(({ name, refusal }) =>
      pktLine(refusal ? `ng ${name} ${reason(refusal)}\n` : `ok ${name}\n`),
    ),
    flush,
  ]);
  if (!capabilities.has('side-band-64k')) return answer(report);
  const spoken = outcomes.map(({ refusal }) => (refusal ? speech(world, refusal) : '')).join('');
  return answer(
    Buffer.concat([
      ...(spoken === '' ? [] : [banded(2, Buffer.from(spoken))]),
      banded(1, report),
      flush,
    ]),
  );
}

interface Outcome {
  name: string;
  refusal: Refusal | undefined;
}

async function write(
  world: World,
  changes: readonly WantedChange[],
  atomic: boolean,
): Promise<Outcome[]> {
  if (!atomic) {
    const outcomes: Outcome[] = [];
    for (const change of changes) {
      outcomes.push({ name: change.name, refusal: await writeRefs(world, [change]) });
    }
    return outcomes;
  }
  const refusal = await writeRefs(world, changes);
  return changes.map(({ name }) => ({
    name,
    refusal: refusal && name !== refusal.name ? { because: 'refused', name } : refusal,
  }));
}

function readCommands(lines: readonly string[]): {
  changes: WantedChange[];
  capabilities: ReadonlySet<string>;
} {
  const changes: WantedChange[] = [];
  const capabilities = new Set<string>();
  for (const line of lines) {
    const [command = '', offered = ''] = line.split('\0');
    for (const capability of offered.trim().split(' ')) capabilities.add(capability);
    const [, before, after, name] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/.exec(command) ?? [];
    if (before === undefined || after === undefined || name === undefined) continue;
    // Whether it was forced is not said: the client itself refuses to lose commits.
    changes.push({ name, before, after, force: true });
  }
  return { changes, capabilities };
}

const fewObjects = 100;

/** Puts the objects of a pack into the repository, as loose ones when they are few. */
async function unpack(folder: string, pack: Buffer): Promise<void> {
  const objects = pack.readUInt32BE(8);
  const command =
    objects < fewObjects ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin'];
  await git(folder, command, pack);
}

function reason(refusal: Refusal): string {
  const { name } = refusal;
  switch (refusal.because) {
    case 'rules':
      return 'push declined due to repository rule violations';
    case 'workflows':
      return `refusing to allow a GitHub App to create or update workflow \`${refusal.file}\` without \`workflows\` permission`;
    case 'exists':
      return `cannot lock ref '${name}': reference already exists`;
    case 'moved':
    case 'missing':
      return `cannot lock ref '${name}': is not at what was expected`;
    case 'default-branch':
      return `refusing to delete the current branch: ${name}`;
    case 'no-object':
      return 'missing necessary objects';
    case 'invalid-name':
      return 'funny refname';
    case 'not-fast-forward':
      return 'non-fast-forward';
    case 'refused':
      return 'atomic transaction failed';
  }
}

/** What is shown on the user's terminal, each line after `remote: `. */
function speech(world: World, refusal: Refusal): string {
  if (refusal.because !== 'rules') return '';
  const { name, sentences } = refusal;
  return [
    `error: GH013: Repository rule violations found for ${name}.`,
    `Review all repository rules at ${pageUrl(world)}/rules?ref=${encodeURIComponent(name)}`,
    '',
    ...sentences.map((sentence) => `- ${sentence}`),
    '',
    '',
  ].join('\n');
}

function answer(body: Buffer): Answer {
  const headers = {
    'content-type': 'application/x-git-receive-pack-result',
    'cache-control': 'no-cache',
  };
  return { status: 200, headers, body };
}
