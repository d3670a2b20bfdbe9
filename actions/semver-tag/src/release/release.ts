import { field, listField, textField } from '@slipway/shared/http/json';

/** A release as GitHub shows it. */
export interface GitHubRelease {
  id: number;
  tag: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  url: string;
  uploadUrl: string;
  assets: ReadonlyArray<ReleaseAsset>;
}

export interface ReleaseAsset {
  id: number;
  name: string;
  /** False for one whose upload broke off. */
  uploaded: boolean;
  size: number;
  /** Empty where the server gives none. */
  sha256: string;
}

/** Reads a release. @returns undefined when it is none */
export function readRelease(value: unknown): GitHubRelease | undefined {
  const id = field(value, 'id');
  const tag = textField(value, 'tag_name');
  if (typeof id !== 'number' || tag === undefined) return undefined;
  return {
    id,
    tag,
    name: textField(value, 'name') ?? '',
    body: textField(value, 'body') ?? '',
    draft: field(value, 'draft') === true,
    prerelease: field(value, 'prerelease') === true,
    immutable: field(value, 'immutable') === true,
    url: textField(value, 'html_url') ?? '',
    uploadUrl: (textField(value, 'upload_url') ?? '').replace(/\{.*$/, ''),
    assets: listField(value, 'assets').flatMap((asset) => readAsset(asset) ?? []),
  };
}

function readAsset(value: unknown): ReleaseAsset | undefined {
  const [id, size] = [field(value, 'id'), field(value, 'size')];
  const name = textField(value, 'name');
  if (typeof id !== 'number' || typeof size !== 'number' || name === undefined) return undefined;
  return {
    id,
    name,
    size,
    uploaded: (textField(value, 'state') ?? 'uploaded') === 'uploaded',
    sha256: (textField(value, 'digest') ?? '').replace(/^sha256:/, ''),
  };
}
