import type { components } from '@octokit/openapi-types';
import { jsonAnswer } from '../../http/exchange.ts';
import { type Tag, utc } from '../git/object.ts';
import { git } from '../git/run.ts';
import { objectNode, refNode } from '../node-id.ts';
import { repositoryUrl, type World } from '../world.ts';
import { ApiError, notFound } from './api-error.ts';
import { type Body, readBody } from './body.ts';
import { readPage, slice } from './pages.ts';
import { readOid } from './refs.ts';
import { pageAnswer, type Route } from './route.ts';

/**
 * Tags of a repository, and annotated tag objects.
 * Source: https://docs.github.com/rest/repos/repos#list-repository-tags,
 * https://docs.github.com/rest/git/tags
 */
export const tagRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^tags$/,
    docs: 'repos/repos#list-repository-tags',
    needs: { contents: 'read' },
    async run(call) {
      const { world, query } = call;
      const page = readPage(query);
      // By name from Z to A, so v9 comes before v10.
      const tags = (await world.git.refs.startingWith('refs/tags/')).toReversed();
      const entries = await Promise.all(
        slice(tags, page).map(async ({ name, oid, type }) =>
          showTag(world, name, (await world.git.objects.peel(oid, type)).oid),
        ),
      );
      return pageAnswer(call, page, tags.length, entries);
    },
  },
  {
    method: 'GET',
    path: /^git\/tags\/(?<sha>[^/]+)$/,
    docs: 'git/tags#get-a-tag',
    needs: { contents: 'read' },
    async run({ world, path }) {
      const found = await world.git.objects.look(path['sha'] ?? '');
      if (found?.type !== 'tag' || found.oid !== path['sha']) throw notFound();
      return jsonAnswer(200, showTagObject(world, await world.git.objects.tag(found.oid)));
    },
  },
  {
    method: 'POST',
    path: /^git\/tags$/,
    docs: 'git/tags#create-a-tag-object',
    needs: { contents: 'write' },
    async run({ world, request }) {
      const body = readBody(request.body, {
        tag: 'string',
        message: 'string',
        object: 'string',
        type: 'string',
        tagger: 'object?',
      });
      const oid = await makeTag(world, body);
      const shown = showTagObject(world, await world.git.objects.tag(oid));
      const answer = jsonAnswer(201, shown);
      return { ...answer, headers: { ...answer.headers, location: shown.url } };
    },
  },
];

async function makeTag(world: World, body: Body): Promise<string> {
  const object = readOid(body.string('object') ?? '');
  const type = body.string('type') ?? '';
  if (!['commit', 'tree', 'blob'].includes(type)) {
    throw new ApiError(
      422,
      `Invalid request.\n\nFor 'properties/type', "${type}" is not a member of ["commit", "tree", "blob"].`,
    );
  }
  const found = await world.git.objects.look(object);
  if (found?.type !== type) throw new ApiError(422, 'Object does not exist');
  const tagger = body.object('tagger', { name: 'string', email: 'string', date: 'string?' });
  const date = tagger?.string('date');
  const time = date === undefined ? world.now() : Date.parse(date);
  if (Number.isNaN(time)) {
    throw new ApiError(422, `Invalid request.\n\n"${date}" is not a valid date-time.`);
  }
  const name = tagger?.string('name') ?? 'github-actions[bot]';
  const email = tagger?.string('email') ?? '41898282+github-actions[bot]@users.noreply.github.com';
  const person = `${clean(name)} <${clean(email)}> ${Math.floor(time / 1_000)} +0000`;
  const text = `object ${object}\ntype ${type}\ntag ${clean(body.string('tag') ?? '')}\ntagger ${person}\n\n${body.string('message')}\n`;
  const printed = await git(world.git.folder, ['hash-object', '-t', 'tag', '-w', '--stdin'], text);
  return printed.toString('utf8').trim();
}

/** Text that stays in its line of an object. */
function clean(text: string): string {
  return text.replace(/[<>\n\0]/g, '');
}

function showTag(world: World, ref: string, commit: string): components['schemas']['tag'] {
  const name = ref.replace('refs/tags/', '');
  const url = repositoryUrl(world);
  return {
    name,
    zipball_url: `${url}/zipball/${ref}`,
    tarball_url: `${url}/tarball/${ref}`,
    commit: { sha: commit, url: `${url}/commits/${commit}` },
    node_id: refNode(world.id, ref),
  };
}

function showTagObject(world: World, tag: Tag): components['schemas']['git-tag'] {
  const url = repositoryUrl(world);
  const { tagger } = tag;
  return {
    node_id: objectNode(world.id, 'TA', tag.oid),
    sha: tag.oid,
    url: `${url}/git/tags/${tag.oid}`,
    tagger: tagger
      ? { name: tagger.name, email: tagger.email, date: utc(tagger) }
      : { name: '', email: '', date: '' },
    object: {
      sha: tag.target,
      type: tag.targetType,
      url: `${url}/git/${tag.targetType}s/${tag.target}`,
    },
    tag: tag.name,
    message: tag.message,
    verification: {
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}
