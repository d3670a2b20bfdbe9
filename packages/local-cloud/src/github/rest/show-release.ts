import { createHash } from 'node:crypto';
import type { components } from '@octokit/openapi-types';
import { numberedNode } from '../node-id.ts';
import type { Asset, Release } from '../releases.ts';
import { pageUrl, repositoryUrl, timestamp, type World } from '../world.ts';
import { showUser } from './user.ts';

const bot = 'github-actions[bot]';

export function showRelease(world: World, release: Release): components['schemas']['release'] {
  const { id, tagName, draft, immutable, name, body, prerelease, target } = release;
  const url = `${repositoryUrl(world)}/releases/${id}`;
  const tag = encodeURIComponent(tagName);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${world.urls.uploads}/repos/${world.owner}/${world.name}/releases/${id}/assets{?name,label}`,
    html_url: `${pageUrl(world)}/releases/tag/${pageOf(release)}`,
    id,
    author: showUser(world, bot, 'Bot'),
    node_id: numberedNode(world.id, 'RE', id),
    tag_name: tagName,
    target_commitish: target,
    name,
    draft,
    immutable,
    prerelease,
    created_at: timestamp(release.createdAt),
    updated_at: timestamp(release.updatedAt),
    published_at: release.publishedAt === null ? null : timestamp(release.publishedAt),
    assets: release.assets.map((asset) => showAsset(world, release, asset)),
    tarball_url: draft ? null : `${repositoryUrl(world)}/tarball/${tag}`,
    zipball_url: draft ? null : `${repositoryUrl(world)}/zipball/${tag}`,
    body,
  };
}

export function showAsset(
  world: World,
  release: Release,
  asset: Asset,
): components['schemas']['release-asset'] {
  const { id, name, label, contentType, content, createdAt } = asset;
  return {
    url: `${repositoryUrl(world)}/releases/assets/${id}`,
    id,
    node_id: numberedNode(world.id, 'RA', id),
    name,
    label,
    uploader: showUser(world, bot, 'Bot'),
    content_type: contentType,
    state: 'uploaded',
    size: content.length,
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    download_count: 0,
    created_at: timestamp(createdAt),
    updated_at: timestamp(createdAt),
    browser_download_url: `${pageUrl(world)}/releases/download/${pageOf(release)}/${encodeURIComponent(name)}`,
  };
}

/** The page of a draft does not have its tag's name: the tag may not be there. */
function pageOf({ draft, id, tagName }: Release): string {
  if (!draft) return encodeURIComponent(tagName);
  return `untagged-${createHash('sha1').update(`${id}`).digest('hex').slice(0, 20)}`;
}
