import { jsonAnswer } from '../../http/exchange.ts';
import type { Asset, Release } from '../releases.ts';
import { ApiError, notFound, validationFailed } from './api-error.ts';
import { readBody } from './body.ts';
import { readPage, slice } from './pages.ts';
import { knownRelease } from './releases.ts';
import { type Call, pageAnswer, type Route } from './route.ts';
import { showAsset } from './show-release.ts';

/**
 * Files of releases.
 * Source: https://docs.github.com/rest/releases/assets
 */
export const assetRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^releases\/(?<id>\d+)\/assets$/,
    docs: 'releases/assets#list-release-assets',
    needs: { contents: 'read' },
    run(call) {
      const release = knownRelease(call);
      const page = readPage(call.query);
      const shown = slice(release.assets, page).map((asset) =>
        showAsset(call.world, release, asset),
      );
      return pageAnswer(call, page, release.assets.length, shown);
    },
  },
  {
    method: 'POST',
    path: /^releases\/(?<id>\d+)\/assets$/,
    docs: 'releases/assets#upload-a-release-asset',
    needs: { contents: 'write' },
    uploads: true,
    run(call) {
      const { query, request, world } = call;
      const release = knownRelease(call);
      const contentType = request.headers['content-type'];
      const name = storedName(query.get('name') ?? '');
      if (name === '') throw new ApiError(400, 'Invalid name for request');
      if (contentType === undefined) throw new ApiError(400, 'Content-Type header is required');
      if (request.body.length === 0) throw new ApiError(400, 'Bad Content-Length: 0');
      if (release.immutable) {
        throw new ApiError(422, 'Cannot upload assets to an immutable release.');
      }
      refuseTaken(release, name);
      const asset: Asset = {
        id: world.releases.nextId(),
        name,
        label: query.get('label'),
        contentType,
        content: request.body,
        createdAt: world.now(),
      };
      release.assets.push(asset);
      return jsonAnswer(201, showAsset(world, release, asset));
    },
  },
  {
    method: 'GET',
    path: /^releases\/assets\/(?<id>\d+)$/,
    docs: 'releases/assets#get-a-release-asset',
    needs: { contents: 'read' },
    run(call) {
      const { asset, release } = knownAsset(call);
      if (call.request.headers['accept'] !== 'application/octet-stream') {
        return jsonAnswer(200, showAsset(call.world, release, asset));
      }
      return { status: 200, headers: { 'content-type': asset.contentType }, body: asset.content };
    },
  },
  {
    method: 'PATCH',
    path: /^releases\/assets\/(?<id>\d+)$/,
    docs: 'releases/assets#update-a-release-asset',
    needs: { contents: 'write' },
    run(call) {
      const { asset, release } = knownAsset(call);
      const body = readBody(call.request.body, {
        name: 'string?',
        label: 'string?',
        state: 'string?',
      });
      if (release.immutable) throw immutable();
      const name = storedName(body.string('name') ?? asset.name);
      if (name !== asset.name) refuseTaken(release, name);
      asset.name = name;
      asset.label = body.string('label') ?? asset.label;
      return jsonAnswer(200, showAsset(call.world, release, asset));
    },
  },
  {
    method: 'DELETE',
    path: /^releases\/assets\/(?<id>\d+)$/,
    docs: 'releases/assets#delete-a-release-asset',
    needs: { contents: 'write' },
    run(call) {
      const { asset, release } = knownAsset(call);
      if (release.immutable) throw immutable();
      release.assets.splice(release.assets.indexOf(asset), 1);
      return { status: 204, body: '' };
    },
  },
];

function knownAsset({ path, world }: Call): { release: Release; asset: Asset } {
  const found = world.releases.asset(Number(path['id']));
  if (!found) throw notFound();
  return found;
}

function refuseTaken(release: Release, name: string): void {
  if (release.assets.every((other) => other.name !== name)) return;
  throw validationFailed({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
}

function immutable(): ApiError {
  return new ApiError(422, 'Cannot change assets of an immutable release.');
}

/** GitHub keeps letters, digits and a few signs of a file's name, and dots for the rest. */
function storedName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._+@-]+/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|\.$/g, '');
}
