import type { components } from '@octokit/openapi-types';
import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import type { ObjectType } from '../git/object.ts';
import { noOid, type Ref } from '../git/refs.ts';
import { refNode } from '../node-id.ts';
import { violationText } from '../rules.ts';
import { repositoryUrl, type World } from '../world.ts';
import { type Refusal, writeRefs } from '../write-refs.ts';
import { ApiError, notAccessible, notFound } from './api-error.ts';
import { readBody } from './body.ts';
import type { Route } from './route.ts';

/**
 * References: read, list, create, move, delete.
 * Source: https://docs.github.com/rest/git/refs
 */
export const refRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^git\/ref\/(?<ref>.+)$/,
    docs: 'git/refs#get-a-reference',
    needs: { contents: 'read' },
    async run({ world, path }) {
      const name = `refs/${path['ref']}`;
      const found = await world.git.ref(name);
      if (!found) throw notFound();
      return jsonAnswer(200, showRef(world, name, found.oid, found.type));
    },
  },
  {
    method: 'GET',
    path: /^git\/matching-refs\/(?<ref>.*)$/,
    docs: 'git/refs#list-matching-references',
    needs: { contents: 'read' },
    // Not paged: it ignores per_page and page, and always answers everything.
    run: ({ world, path }) => listRefs(world, `refs/${path['ref']}`),
  },
  {
    method: 'POST',
    path: /^git\/refs$/,
    docs: 'git/refs#create-a-reference',
    needs: { contents: 'write' },
    async run({ world, request }) {
      const body = readBody(request.body, { ref: 'string', sha: 'string' });
      const name = body.string('ref') ?? '';
      const after = readOid(body.string('sha') ?? '');
      if (name.split('/').length < 3) {
        throw new ApiError(
          422,
          'Reference name must contain at least three slash-separated components.',
        );
      }
      if (!name.startsWith('refs/')) throw new ApiError(422, `${name} is not a valid ref name.`);
      const refusal = await writeRefs(world, [{ name, after, before: noOid, force: false }]);
      if (refusal) throw refusalError(refusal, world.settings.bareRefusals);
      return shown(world, name, 201);
    },
  },
  {
    method: 'PATCH',
    path: /^git\/refs\/(?<ref>.+)$/,
    docs: 'git/refs#update-a-reference',
    needs: { contents: 'write' },
    async run({ world, path, request }) {
      const body = readBody(request.body, { sha: 'string', force: 'boolean?' });
      const name = `refs/${path['ref']}`;
      const after = readOid(body.string('sha') ?? '');
      if (!(await world.git.ref(name))) throw new ApiError(422, 'Reference does not exist');
      const refusal = await writeRefs(world, [
        { name, after, force: body.boolean('force') ?? false },
      ]);
      if (refusal) throw refusalError(refusal);
      return shown(world, name, 200);
    },
  },
  {
    method: 'DELETE',
    path: /^git\/refs\/(?<ref>.+)$/,
    docs: 'git/refs#delete-a-reference',
    needs: { contents: 'write' },
    async run({ world, path }) {
      const name = `refs/${path['ref']}`;
      const refusal = await writeRefs(world, [{ name, after: noOid, force: true }]);
      if (refusal) throw refusalError(refusal);
      return { status: 204, body: '' };
    },
  },
];

// Ten thousand refs take a while to write down, so the text is kept for as long as no ref moves.
const written = new WeakMap<readonly Ref[], Map<string, Answer>>();

async function listRefs(world: World, prefix: string): Promise<Answer> {
  const all = await world.git.refs.all();
  const kept = written.get(all) ?? new Map<string, Answer>();
  written.set(all, kept);
  const found = all.filter(({ name }) => name.startsWith(prefix));
  const answer =
    kept.get(prefix) ??
    jsonAnswer(
      200,
      found.map(({ name, oid, type }) => showRef(world, name, oid, type)),
    );
  kept.set(prefix, answer);
  return answer;
}

/** The id of an object as a body must have it. */
export function readOid(text: string): string {
  if (text.length < 40) {
    const message = `At least 40 characters are required; only ${text.length} were supplied.`;
    throw new ApiError(422, `Invalid request.\n\n${message}`);
  }
  if (!/^[0-9a-f]{40}$/.test(text)) {
    throw new ApiError(
      422,
      'The sha parameter must be exactly 40 characters and contain only [0-9a-f].',
    );
  }
  return text;
}

/** The answer to a client whose change of a ref was refused. */
export function refusalError(refusal: Refusal, bare = false): ApiError {
  switch (refusal.because) {
    case 'invalid-name':
      return new ApiError(422, `${refusal.name} is not a valid ref name.`);
    case 'no-object':
      return new ApiError(422, 'Object does not exist');
    case 'exists':
      return new ApiError(422, 'Reference already exists');
    case 'missing':
      return new ApiError(422, 'Reference does not exist');
    case 'not-fast-forward':
      return new ApiError(422, 'Update is not a fast forward');
    case 'default-branch':
      return new ApiError(422, 'Cannot delete the default branch');
    case 'rules':
      return new ApiError(422, bare ? 'Reference update failed' : violationText(refusal.sentences));
    case 'workflows':
      return notAccessible(workflowsNeeded);
    case 'moved':
    case 'refused':
      return new ApiError(422, 'Reference update failed');
  }
}

/** The header that tells a missing `contents: write` from a missing `workflows: write`. */
export const workflowsNeeded = {
  'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write',
};

async function shown(world: World, name: string, status: number): Promise<Answer> {
  const found = await world.git.ref(name);
  // Another client may have deleted it since.
  if (!found) throw new ApiError(422, 'Reference does not exist');
  const ref = showRef(world, name, found.oid, found.type);
  const answer = jsonAnswer(status, ref);
  return status === 201 ? { ...answer, headers: { ...answer.headers, location: ref.url } } : answer;
}

function showRef(
  world: World,
  name: string,
  oid: string,
  type: ObjectType,
): components['schemas']['git-ref'] {
  const url = repositoryUrl(world);
  return {
    ref: name,
    node_id: refNode(world.id, name),
    url: `${url}/git/${name}`,
    object: { sha: oid, type, url: `${url}/git/${type}s/${oid}` },
  };
}
