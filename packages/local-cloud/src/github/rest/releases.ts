import { jsonAnswer } from '../../http/exchange.ts';
import type { Release } from '../releases.ts';
import { notFound } from './api-error.ts';
import { readBody } from './body.ts';
import { readPage, slice } from './pages.ts';
import { generateNotes } from './release-notes.ts';
import { type Call, pageAnswer, type Route } from './route.ts';
import { saveRelease } from './save-release.ts';
import { showRelease } from './show-release.ts';

const editable = {
  target_commitish: 'string?',
  name: 'string?',
  body: 'string?',
  draft: 'boolean?',
  prerelease: 'boolean?',
  make_latest: 'string?',
  discussion_category_name: 'string?',
} as const;

/**
 * Releases: list, read, create, change, delete, and generated notes.
 * Source: https://docs.github.com/rest/releases/releases
 */
export const releaseRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^releases$/,
    docs: 'releases/releases#list-releases',
    needs: { contents: 'read' },
    run(call) {
      const { mayWrite, query, world } = call;
      const page = readPage(query);
      const newest = world.now() - world.settings.releaseListLag;
      const visible = world.releases
        .all()
        .filter(({ draft, madeAt }) => (mayWrite || !draft) && madeAt <= newest);
      const shown = slice(visible, page).map((release) => showRelease(world, release));
      return pageAnswer(call, page, visible.length, shown);
    },
  },
  {
    method: 'POST',
    path: /^releases$/,
    docs: 'releases/releases#create-a-release',
    needs: { contents: 'write' },
    async run({ world, request }) {
      const fields = {
        tag_name: 'string',
        ...editable,
        generate_release_notes: 'boolean?',
      } as const;
      const release = await saveRelease(world, readBody(request.body, fields));
      const shown = showRelease(world, release);
      const answer = jsonAnswer(201, shown);
      return { ...answer, headers: { ...answer.headers, location: shown.url } };
    },
  },
  {
    method: 'POST',
    path: /^releases\/generate-notes$/,
    docs: 'releases/releases#generate-release-notes-content-for-a-release',
    needs: { contents: 'write' },
    async run({ world, request }) {
      const body = readBody(request.body, {
        tag_name: 'string',
        target_commitish: 'string?',
        previous_tag_name: 'string?',
        configuration_file_path: 'string?',
      });
      const notes = await generateNotes(world, {
        tag: body.string('tag_name') ?? '',
        target: body.string('target_commitish'),
        previousTag: body.string('previous_tag_name'),
      });
      return jsonAnswer(200, notes);
    },
  },
  {
    method: 'GET',
    path: /^releases\/latest$/,
    docs: 'releases/releases#get-the-latest-release',
    needs: { contents: 'read' },
    run: ({ world }) => one(world.releases.latest(), world),
  },
  {
    method: 'GET',
    path: /^releases\/tags\/(?<tag>.+)$/,
    docs: 'releases/releases#get-a-release-by-tag-name',
    needs: { contents: 'read' },
    run: ({ path, world }) => one(world.releases.ofTag(path['tag'] ?? ''), world),
  },
  {
    method: 'GET',
    path: /^releases\/(?<id>\d+)$/,
    docs: 'releases/releases#get-a-release',
    needs: { contents: 'read' },
    run(call) {
      const release = knownRelease(call);
      if (release.draft && !call.mayWrite) throw notFound();
      return one(release, call.world);
    },
  },
  {
    method: 'PATCH',
    path: /^releases\/(?<id>\d+)$/,
    docs: 'releases/releases#update-a-release',
    needs: { contents: 'write' },
    async run(call) {
      const body = readBody(call.request.body, { tag_name: 'string?', ...editable });
      return one(await saveRelease(call.world, body, knownRelease(call)), call.world);
    },
  },
  {
    method: 'DELETE',
    path: /^releases\/(?<id>\d+)$/,
    docs: 'releases/releases#delete-a-release',
    needs: { contents: 'write' },
    run(call) {
      call.world.releases.remove(knownRelease(call).id);
      return { status: 204, body: '' };
    },
  },
];

/** The release that the path names. */
export function knownRelease({ path, world }: Call): Release {
  const release = world.releases.get(Number(path['id']));
  if (!release) throw notFound();
  return release;
}

function one(release: Release | undefined, world: Call['world']) {
  if (!release) throw notFound();
  return jsonAnswer(200, showRelease(world, release));
}
