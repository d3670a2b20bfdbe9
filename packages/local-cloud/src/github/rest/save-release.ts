import { noOid, validRefName } from '../git/refs.ts';
import type { Release } from '../releases.ts';
import { newWorkflow, violationText } from '../rules.ts';
import type { World } from '../world.ts';
import { writeRefs } from '../write-refs.ts';
import { ApiError, type FieldError, notAccessible, validationFailed } from './api-error.ts';
import type { Body } from './body.ts';
import { workflowsNeeded } from './refs.ts';
import { generateNotes } from './release-notes.ts';

const longestBody = 125_000;
const resource = 'Release';
const noTag: FieldError = {
  resource,
  code: 'custom',
  message: 'Published releases must have a valid tag',
};

/**
 * Creates or changes a release. One that is published gets its tag when there is none; a draft
 * does not.
 * @param old the release to change; undefined to create one
 * @throws ApiError 422 for what GitHub refuses; then neither a tag nor a release was made
 */
export async function saveRelease(world: World, body: Body, old?: Release): Promise<Release> {
  const now = world.now();
  const target = body.string('target_commitish');
  const tagName = body.string('tag_name') ?? old?.tagName ?? '';
  const release: Release = {
    id: old?.id ?? world.releases.nextId(),
    tagName,
    target: target ?? old?.target ?? (await world.git.defaultBranch()),
    name: body.string('name') ?? old?.name ?? null,
    body: body.string('body') ?? old?.body ?? null,
    draft: body.boolean('draft') ?? old?.draft ?? false,
    prerelease: body.boolean('prerelease') ?? old?.prerelease ?? false,
    immutable: old?.immutable ?? false,
    madeAt: old?.madeAt ?? now,
    createdAt: old?.createdAt ?? now,
    publishedAt: old?.publishedAt ?? null,
    updatedAt: now,
    assets: old?.assets ?? [],
  };
  const latest = readLatest(body);
  refuseImmutable(release, old);
  refuseBadFields(release, latest);
  await refuseWorkflows(world, target);
  if (body.boolean('generate_release_notes')) {
    const notes = await generateNotes(world, { tag: tagName, target });
    release.name ??= notes.name;
    release.body = release.body === null ? notes.body : `${release.body}\n\n${notes.body}`;
  }
  const isNew = !release.draft && (old === undefined || old.draft);
  if (!release.draft) await publish(world, release, isNew);
  world.releases.keep(release);
  const full = !release.draft && !release.prerelease;
  if (full && (latest === 'true' || (latest === undefined && isNew))) {
    world.releases.choose(release.id);
  }
  if (full && latest === 'legacy') world.releases.choose(undefined);
  return release;
}

function readLatest(body: Body): string | undefined {
  const latest = body.string('make_latest');
  if (latest === undefined || ['true', 'false', 'legacy'].includes(latest)) return latest;
  throw new ApiError(
    422,
    `Invalid request.\n\nFor 'properties/make_latest', "${latest}" is not a member of ["true", "false", "legacy"].`,
  );
}

function refuseImmutable(release: Release, old: Release | undefined): void {
  if (!old?.immutable) return;
  const changed = (field: string): FieldError => ({
    resource,
    code: 'custom',
    field,
    message: `${field} cannot be changed on an immutable release`,
  });
  if (release.tagName !== old.tagName) throw validationFailed(changed('tag_name'));
  if (release.target !== old.target) throw validationFailed(changed('target_commitish'));
  if (release.draft) throw validationFailed(changed('draft'));
}

function refuseBadFields(release: Release, latest: string | undefined): void {
  if (!validRefName(`refs/tags/${release.tagName}`)) {
    const message = 'tag_name is not a valid tag';
    throw validationFailed({ resource, code: 'custom', field: 'tag_name', message }, noTag);
  }
  if (release.body !== null && release.body.length > longestBody) {
    const message = `body is too long (maximum is ${longestBody} characters)`;
    throw validationFailed({ resource, code: 'custom', field: 'body', message });
  }
  if (latest === 'true' && (release.draft || release.prerelease)) {
    const message = 'Latest release cannot be draft or prerelease.';
    throw validationFailed({ resource, code: 'custom', message });
  }
}

// Only a target that is given is looked at: without one it is the default branch, which has
// nothing that is new to itself.
async function refuseWorkflows(
  { git, settings }: World,
  target: string | undefined,
): Promise<void> {
  if (target === undefined || settings.permissions.workflows === 'write') return;
  const [commit, branch] = await Promise.all([
    git.commitOf(target),
    git.commitOf(await git.defaultBranch()),
  ]);
  if (commit === undefined || branch === undefined) return;
  if (await newWorkflow(git, commit, [branch])) throw notAccessible(workflowsNeeded);
}

async function publish(world: World, release: Release, isNew: boolean): Promise<void> {
  const { git, releases, settings } = world;
  const { id, tagName } = release;
  const other = releases.ofTag(tagName);
  if (other && other.id !== id) {
    throw validationFailed({ resource, code: 'already_exists', field: 'tag_name' });
  }
  const ref = `refs/tags/${tagName}`;
  if (!(await git.ref(ref))) await makeTag(world, ref, release);
  const commit = await git.commitOf(ref);
  if (commit !== undefined) {
    release.createdAt = (await git.objects.commit(commit)).committer.time * 1_000;
  }
  if (isNew) {
    release.publishedAt = world.now();
    release.immutable = settings.immutableReleases;
  }
}

async function makeTag(world: World, ref: string, { tagName, target }: Release): Promise<void> {
  const commit = await world.git.commitOf(target);
  if (commit === undefined) {
    throw validationFailed({ resource, code: 'invalid', field: 'target_commitish' });
  }
  const change = { name: ref, after: commit, before: noOid, force: false };
  const refusal = await writeRefs(world, [change]);
  // Another client made the tag in the meantime: then the release is for that tag.
  if (refusal === undefined || refusal.because === 'exists') return;
  if (refusal.because === 'workflows') throw notAccessible(workflowsNeeded);
  const sentences = refusal.because === 'rules' ? refusal.sentences : ['Cannot create ref.'];
  const burned: FieldError[] = world.releases.held().burned.has(tagName)
    ? [
        {
          resource,
          code: 'custom',
          field: 'tag_name',
          message: 'tag_name was used by an immutable release',
        },
      ]
    : [];
  const message = `pre_receive ${violationText(sentences)}`;
  throw validationFailed(
    { resource, code: 'custom', field: 'pre_receive', message },
    ...burned,
    noTag,
  );
}
